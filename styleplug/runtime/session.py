"""Opening ONNX Runtime sessions on a provider that really starts, quietly."""

from __future__ import annotations

import contextlib
import functools
import io
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import ConfigError
from styleplug.runtime.probe import probe_model
from styleplug.runtime.providers import (
    CPU,
    PROVIDERS,
    Provider,
    device_name,
    import_onnxruntime,
    providers_for,
)
from styleplug.runtime.threads import available_cores

_FATAL = 4
_log = logging.getLogger("styleplug")


class Session:
    """What is used of an `onnxruntime.InferenceSession`, with results that are copies.

    Its own results hold on to all memory that it ever took, even when the session is gone.
    """

    def __init__(self, session: Any) -> None:
        self._session = session

    def run(
        self, outputs: Sequence[str] | None, feeds: Mapping[str, Any], options: Any = None
    ) -> list[NDArray[Any]]:
        return [np.array(one) for one in self._session.run(outputs, feeds, options)]

    def get_providers(self) -> list[str]:
        return list(self._session.get_providers())

    @property
    def device(self) -> str:
        """What it runs on, for people: "CPU", or the provider's name, such as "CUDA"."""
        return device_name(self.get_providers()[0])


def open_session(model_bytes: bytes, device: str) -> Session:
    """A session for an ONNX model, on the best provider that starts for the device.

    It uses as many threads as there are cores available. Where device is "auto", a provider that is
    listed but doesn't start is passed over, with one warning.

    Raises:
        ConfigError: the device was asked for by name, and isn't there or doesn't start.
        MissingDependencyError: ONNX Runtime isn't installed.
    """
    provider = working_provider(device)
    try:
        return _session(model_bytes, provider)
    except Exception as error:
        if provider.name == CPU:
            raise
        # A provider that passed its probe can still reject this model, or lack the memory for it.
        problem = f"{provider.name} can't run this model: {_first_line(error)}"
        if device != "auto":
            raise ConfigError("device", device, f"one that works ({problem}); try cpu") from error
        _log.warning("%s; using the CPU", problem)
        return _session(model_bytes, Provider(CPU))


def keeping_no_memory() -> Any:
    """Options of a run after which the session gives back what it took on the CPU.

    Otherwise it keeps the most that it ever took for its next run, while other sessions want some.

    Raises:
        MissingDependencyError: ONNX Runtime isn't installed.
    """
    options = import_onnxruntime().RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


@functools.cache
def working_provider(device: str) -> Provider:
    """The first provider for the device that passes its probe; each is probed once per process.

    Errors and the warning as in `open_session`.
    """
    problems = []
    for provider in providers_for(device):
        problem = None if provider.name == CPU else problem_with(provider)
        if problem is None:
            break
        problems.append(f"{provider.name} doesn't start: {problem}")
        if device != "auto":
            raise ConfigError("device", device, f"one that works ({problems[0]}); try auto or cpu")
    if problems:
        _log.warning("%s; using %s", "; ".join(problems), provider.name)
    return provider


def problem_with(provider: Provider) -> str | None:
    """What keeps a provider from running one convolution; None where nothing does."""
    try:
        _preload(provider)
        session = _session(probe_model(), provider)
        one = np.ones((1, 1, 1, 1), np.float32)
        session.run(None, {"image": one, "weight": one})
    except Exception as error:
        # ONNX Runtime's exceptions have no base of their own; whatever is wrong, it doesn't work.
        return _first_line(error)
    return None


def _preload(provider: Provider) -> None:
    """Load the CUDA libraries that other packages, such as torch, have brought."""
    onnxruntime = import_onnxruntime()
    if provider.name in (PROVIDERS["cuda"], PROVIDERS["tensorrt"]) and hasattr(
        onnxruntime, "preload_dlls"
    ):
        # It prints what it misses; the probe that follows will tell.
        with contextlib.redirect_stdout(io.StringIO()):
            onnxruntime.preload_dlls()


def _session(model_bytes: bytes, provider: Provider) -> Session:
    """A session that runs on this provider, and on the CPU where the provider lacks an operator.

    Raises:
        Exception: one of ONNX Runtime's many; RuntimeError where it left the provider out.
    """
    onnxruntime = import_onnxruntime()
    onnxruntime.set_default_logger_severity(_FATAL)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL
    options.intra_op_num_threads = available_cores()
    # Otherwise four bytes in the file have it taken for another format, which nobody has checked.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    # DirectML can't work with planned memory; elsewhere it comes on top of that of the first run,
    # which is a third more for the gradients of a picture, and no faster.
    options.enable_mem_pattern = False
    providers = [(provider.name, dict(provider.options))]
    if provider.name != CPU:
        providers.append((CPU, {}))
    # Its own fallback would print to standard output.
    session = Session(
        onnxruntime.InferenceSession(
            model_bytes, options, providers=providers, enable_fallback=False
        )
    )
    if provider.name not in session.get_providers():
        raise RuntimeError("its libraries or its hardware are missing")
    return session


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
