"""The execution providers of ONNX Runtime that a `--device` name stands for.

This file only knows what the installed ONNX Runtime lists; whether a listed provider starts is
found out by `styleplug.runtime.session`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from styleplug.errors import ConfigError
from styleplug.extras import import_extra
from styleplug.options import DEVICE

CPU = "CPUExecutionProvider"
PROVIDERS: Mapping[str, str] = MappingProxyType(
    {
        "cuda": "CUDAExecutionProvider",
        "rocm": "MIGraphXExecutionProvider",
        "directml": "DmlExecutionProvider",
        "coreml": "CoreMLExecutionProvider",
        "openvino": "OpenVINOExecutionProvider",
        "cpu": CPU,
        "mps": "CoreMLExecutionProvider",
        "tensorrt": "TensorrtExecutionProvider",
    }
)
"""The provider's name in ONNX Runtime, by device."""

_AUTO = ("cuda", "rocm", "directml", "coreml", "openvino", "cpu")
"""Best first. Without TensorRT, which builds an engine for minutes for each new size of picture."""

_INDEXED = ("cuda", "rocm", "directml", "tensorrt")
"""Devices of which a machine may have several, and whose providers take a `device_id`."""

_GPU_EXTRA = ("cuda", "tensorrt")
"""Devices whose providers are in the ONNX Runtime of the extra `gpu`."""

# Both packages hold the same module, so the one has to go before the other comes.
_GPU_REMEDY = "pip uninstall onnxruntime, then pip install 'styleplug[gpu]' instead of [cpu]"

_OPTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # TensorFloat-32 keeps 10 bits of a number. Each size of picture is seen once or twice, so
        # trying out every algorithm of a convolution doesn't pay.
        "CUDAExecutionProvider": {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"},
        # By default these work in float16 where the hardware can; Gram matrices overflow in it.
        "CoreMLExecutionProvider": {"ModelFormat": "MLProgram", "MLComputeUnits": "CPUAndGPU"},
        "OpenVINOExecutionProvider": {"precision": "FP32"},
    }
)


@dataclass(frozen=True)
class Provider:
    """An execution provider, by ONNX Runtime's name for it, and the options to start it with."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)


def providers_for(device: str) -> tuple[Provider, ...]:
    """The providers to try for a device name, best first; for "auto" the CPU is the last of them.

    Raises:
        ConfigError: there is no such device, or the installed ONNX Runtime has no provider for it.
        MissingDependencyError: ONNX Runtime isn't installed.
    """
    kind, _, index = device.partition(":")
    listed = _listed()
    is_known = DEVICE.fullmatch(device) is not None
    is_listed = kind == "auto" or PROVIDERS.get(kind) in listed
    if not is_known or not is_listed or (index and kind not in _INDEXED):
        needs_gpu_extra = is_known and not is_listed and kind in _GPU_EXTRA
        allowed = f"one that the installed ONNX Runtime offers: {', '.join(available_devices())}"
        remedy = f"; for {kind}: {_GPU_REMEDY}" if needs_gpu_extra else ""
        raise ConfigError("device", device, allowed + remedy)
    if kind == "auto":
        return tuple(_provider(name) for name in _AUTO if PROVIDERS[name] in listed)
    return (_provider(kind, **({"device_id": index} if index else {})),)


def available_devices() -> tuple[str, ...]:
    """The device names, "auto" first, that the installed ONNX Runtime has a provider for.

    Raises:
        MissingDependencyError: ONNX Runtime isn't installed.
    """
    listed = _listed()
    return ("auto", *(device for device, name in PROVIDERS.items() if name in listed))


def device_name(provider: str) -> str:
    """What to call a provider where people are told on what something runs."""
    return provider.removesuffix("ExecutionProvider")


def import_onnxruntime() -> Any:
    """The module `onnxruntime`.

    Raises:
        MissingDependencyError: it isn't installed, or can't be loaded.
    """
    onnxruntime = import_extra("onnxruntime", "cpu")
    # On Windows, or where the program loaded it before styleplug, the variable that
    # `styleplug.native` sets does nothing, and this lessens what is told.
    onnxruntime.disable_telemetry_events()
    return onnxruntime


def _provider(device: str, **options: str) -> Provider:
    name = PROVIDERS[device]
    return Provider(name, {**_OPTIONS.get(name, {}), **options})


def _listed() -> list[str]:
    return list(import_onnxruntime().get_available_providers())
