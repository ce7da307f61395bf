"""CUDA, where one of the two frameworks was built for it: do the versions match?"""

from __future__ import annotations

from collections.abc import Iterator

from styleplug.doctor.finding import Finding
from styleplug.errors import MissingDependencyError
from styleplug.runtime.providers import import_onnxruntime
from styleplug.vgg.sources import import_torch


def check() -> Iterator[Finding]:
    """What each was built for; nothing where neither was, or one isn't there."""
    try:
        torch, runtime = import_torch(), import_onnxruntime()
    except MissingDependencyError:
        return
    # Neither an older ONNX Runtime nor one for the CPU tells a version.
    yield from compared(torch.version.cuda or "", getattr(runtime, "cuda_version", ""))
    if torch.version.cuda and not torch.cuda.is_available():
        yield Finding(
            "note",
            "PyTorch was built for CUDA, but sees no card that it can use",
            "where there is one, install NVIDIA's driver, or one as new as this CUDA needs",
        )


def compared(torch: str, runtime: str) -> Iterator[Finding]:
    """Findings on the CUDA versions of PyTorch and ONNX Runtime; "" is a build without CUDA."""
    if not torch and not runtime:
        return
    text = f"PyTorch was built for {_named(torch)}, ONNX Runtime for {_named(runtime)}"
    if torch.partition(".")[0] == runtime.partition(".")[0]:
        yield Finding("ok", text)
    elif not runtime:
        yield Finding(
            "note",
            f"{text}: the network's features are computed on the CPU",
            "pip uninstall onnxruntime, then pip install 'styleplug[gpu]'",
        )
    else:
        yield Finding(
            "note",
            f"{text}: ONNX Runtime doesn't find in PyTorch the CUDA libraries that it needs",
            f"install a PyTorch for CUDA {runtime.partition('.')[0]}, or an onnxruntime-gpu for "
            f"{_named(torch)}",
        )


def _named(version: str) -> str:
    return f"CUDA {version}" if version else "no CUDA"
