from __future__ import annotations

import sys

import onnxruntime
import pytest

from styleplug.errors import ConfigError, MissingDependencyError
from styleplug.runtime.providers import CPU, available_devices, providers_for

CUDA = "CUDAExecutionProvider"


@pytest.fixture
def listed(monkeypatch) -> list[str]:
    """What ONNX Runtime says it has, to be changed by tests."""
    names = ["AzureExecutionProvider", CPU]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: names)
    return names


def names(device: str) -> list[str]:
    return [provider.name for provider in providers_for(device)]


def test_auto_is_the_cpu_where_there_is_nothing_else(listed) -> None:
    assert names("auto") == names("cpu") == [CPU]


def test_auto_tries_the_fastest_first_and_the_cpu_last(listed) -> None:
    listed[:] = [
        CPU,
        "OpenVINOExecutionProvider",
        "CoreMLExecutionProvider",
        "DmlExecutionProvider",
        "MIGraphXExecutionProvider",
        CUDA,
        "TensorrtExecutionProvider",
    ]
    assert names("auto") == [
        CUDA,
        "MIGraphXExecutionProvider",
        "DmlExecutionProvider",
        "CoreMLExecutionProvider",
        "OpenVINOExecutionProvider",
        CPU,
    ]


@pytest.mark.parametrize(
    ("device", "provider"),
    [
        ("cuda", CUDA),
        ("tensorrt", "TensorrtExecutionProvider"),
        ("rocm", "MIGraphXExecutionProvider"),
        ("directml", "DmlExecutionProvider"),
        ("coreml", "CoreMLExecutionProvider"),
        ("mps", "CoreMLExecutionProvider"),
        ("openvino", "OpenVINOExecutionProvider"),
    ],
)
def test_a_device_is_its_provider_if_that_is_listed(listed, device, provider) -> None:
    with pytest.raises(ConfigError, match=r"offers: auto, cpu"):
        providers_for(device)
    listed.append(provider)
    assert names(device) == [provider]
    assert device in available_devices()


def test_one_of_several_devices_is_chosen_by_its_number(listed) -> None:
    listed.append(CUDA)
    (second,) = providers_for("cuda:1")
    (usual,) = providers_for("cuda")
    assert second.options == {**usual.options, "device_id": "1"}


def test_numbers_are_only_for_devices_that_have_them(listed) -> None:
    listed.append("CoreMLExecutionProvider")
    with pytest.raises(ConfigError):
        providers_for("mps:0")


@pytest.mark.parametrize("device", ["", "gpu", "cuda:", "cuda:x", "cpu:1", "auto:0", "CUDA"])
def test_what_is_no_device_is_refused(listed, device) -> None:
    with pytest.raises(ConfigError) as caught:
        providers_for(device)
    assert caught.value.field == "device"


@pytest.mark.parametrize("device", ["cuda", "cuda:1", "tensorrt"])
def test_where_cuda_is_lacking_the_remedy_is_named(listed, device) -> None:
    with pytest.raises(ConfigError, match=r"pip install 'styleplug\[gpu\]' instead of \[cpu\]$"):
        providers_for(device)


@pytest.mark.parametrize("device", ["rocm", "cuda:x", "gpu"])
def test_where_the_gpu_extra_would_be_of_no_use_it_is_not_named(listed, device) -> None:
    with pytest.raises(ConfigError, match=r"offers: auto, cpu$"):
        providers_for(device)


def test_gpus_compute_in_full_float32(listed) -> None:
    listed += [CUDA, "CoreMLExecutionProvider", "OpenVINOExecutionProvider"]
    assert providers_for("cuda")[0].options["use_tf32"] == "0"
    assert providers_for("coreml")[0].options["MLComputeUnits"] == "CPUAndGPU"
    assert providers_for("openvino")[0].options["precision"] == "FP32"


def test_without_onnx_runtime_the_message_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'styleplug\[cpu\]'"):
        providers_for("auto")


def test_an_onnx_runtime_that_cant_be_loaded_is_not_told_as_missing(tmp_path, monkeypatch) -> None:
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('DLL load failed')")
    monkeypatch.delitem(sys.modules, "onnxruntime")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingDependencyError, match=r"can't be loaded \(DLL load failed\)"):
        providers_for("auto")
