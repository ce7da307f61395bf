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
    text = f"PyTorch was built {_named(torch)}, ONNX Runtime {_named(runtime)}"
    wanted = runtime.partition(".")[0]
    if torch.partition(".")[0] == wanted:
        yield Finding("ok", text)
    elif not runtime:
        yield Finding(
            "note",
            f"{text}, so that it computes on the CPU",
            "pip uninstall onnxruntime, then pip install 'styleplug[gpu]'",
        )
    else:
        yield Finding(
            "note",
            f"{text}, which has to find CUDA {wanted} elsewhere",
            f"unless CUDAExecutionProvider starts: install a PyTorch for CUDA {wanted}; or, where "
            "there is no NVIDIA card, pip uninstall onnxruntime-gpu, then pip install "
            "'styleplug[cpu]'",
        )


def _named(version: str) -> str:
    return f"for CUDA {version}" if version else "without CUDA"
