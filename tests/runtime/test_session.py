from __future__ import annotations

import logging

import numpy as np
import onnxruntime
import pytest

from styleplug.errors import ConfigError
from styleplug.runtime import session as session_module
from styleplug.runtime.probe import probe_model
from styleplug.runtime.providers import CPU, Provider
from styleplug.runtime.session import open_session, working_provider
from styleplug.runtime.threads import available_cores

CUDA = "CUDAExecutionProvider"


class Runtime:
    """An ONNX Runtime that lists CUDA; `fails` decides where a session of it fails."""

    def __init__(self, fails: str) -> None:
        self.fails = fails
        self.opened: list[tuple[bytes, str]] = []

    def get_available_providers(self) -> list[str]:
        return [CUDA, CPU]

    def preload_dlls(self) -> None:
        print("Failed to load libcudnn.so.9")

    def set_default_logger_severity(self, severity: int) -> None:
        self.severity = severity

    SessionOptions = onnxruntime.SessionOptions

    def InferenceSession(self, data, options, providers, enable_fallback):
        name = providers[0][0]
        self.opened.append((data, name))
        if name == CPU:
            return onnxruntime.InferenceSession(data, options, providers=[CPU])
        if self.fails == "opening" or (self.fails == "the model" and data != probe_model()):
            raise RuntimeError("no CUDA-capable device\nis detected")
        return Session(self.fails)


class Session:
    def __init__(self, fails: str) -> None:
        self.fails = fails

    def run(self, outputs, feeds, options=None):
        if self.fails == "running":
            raise RuntimeError("no kernel image is available")
        return [feeds["image"]]

    def get_providers(self) -> list[str]:
        return [CPU] if self.fails == "silently" else [CUDA, CPU]


@pytest.fixture
def runtime(request, monkeypatch) -> Runtime:
    runtime = Runtime(request.param)
    monkeypatch.setattr(session_module, "import_onnxruntime", lambda: runtime)
    monkeypatch.setattr("styleplug.runtime.providers.import_onnxruntime", lambda: runtime)
    return runtime


@pytest.fixture(autouse=True)
def forget_probes():
    working_provider.cache_clear()
    yield
    working_provider.cache_clear()


fails_at = pytest.mark.parametrize("runtime", ["opening", "running", "silently"], indirect=True)


def test_a_session_runs_on_the_cpu() -> None:
    session = open_session(probe_model(), "cpu")
    assert session.get_providers() == [CPU]
    two = np.full((1, 1, 1, 1), 2, np.float32)
    assert session.run(None, {"image": two, "weight": two})[0].item() == 4


def test_threads_follow_the_cores_available() -> None:
    session = open_session(probe_model(), "cpu")
    options = session._session.get_session_options()
    assert options.intra_op_num_threads == available_cores()
    assert options.log_severity_level == 4


@pytest.mark.parametrize("runtime", ["never"], indirect=True)
def test_a_provider_that_works_is_taken(runtime, caplog) -> None:
    assert open_session(b"model", "auto").device == "CUDA"
    assert open_session(b"model", "cuda").get_providers()[0] == CUDA
    assert not caplog.records


@fails_at
def test_auto_passes_over_what_doesnt_start_with_one_line(runtime, caplog, capfd) -> None:
    for _ in range(3):
        assert open_session(probe_model(), "auto").get_providers() == [CPU]
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("styleplug", logging.WARNING)
    message = record.getMessage()
    assert CUDA in message
    assert message.endswith("using CPUExecutionProvider")
    assert "\n" not in message
    assert capfd.readouterr() == ("", "")


@fails_at
def test_a_provider_is_probed_once(runtime) -> None:
    for _ in range(3):
        open_session(probe_model(), "auto")
    assert [name for _, name in runtime.opened].count(CUDA) == 1


@fails_at
@pytest.mark.parametrize("device", ["cuda", "cuda:3"])
def test_a_device_asked_for_by_name_must_start(runtime, device, caplog) -> None:
    with pytest.raises(ConfigError, match="doesn't start") as caught:
        open_session(probe_model(), device)
    assert (caught.value.field, caught.value.value) == ("device", device)
    assert not caplog.records


@pytest.mark.parametrize("runtime", ["the model"], indirect=True)
def test_a_model_that_the_provider_rejects_runs_on_the_cpu(runtime, tiny_model, caplog) -> None:
    assert open_session(tiny_model.read(), "auto").device == "CPU"
    assert "can't run this model: no CUDA-capable device; using the CPU" in caplog.text
    with pytest.raises(ConfigError, match="can't run this model"):
        open_session(tiny_model.read(), "cuda")


def test_a_model_that_is_none_fails_quietly(capfd) -> None:
    with pytest.raises(Exception, match=r"INVALID_PROTOBUF|INVALID_GRAPH|ModelProto"):
        open_session(b"no model", "auto")
    assert capfd.readouterr() == ("", "")


def test_the_device_that_isnt_there_is_a_config_error() -> None:
    with pytest.raises(ConfigError):
        open_session(probe_model(), "nonsense")


def test_the_cpu_needs_no_probe() -> None:
    assert working_provider("cpu") == Provider(CPU)


def test_results_do_not_hold_on_to_the_session() -> None:
    """Those of ONNX Runtime are views of memory that goes only when all of them are gone."""
    session = open_session(probe_model(), "cpu")
    one = np.ones((1, 1, 1, 1), np.float32)
    [result] = session.run(None, {"image": one, "weight": one})
    assert result.flags.owndata
