"""The processor of this machine, of which another one may round otherwise, and its GPU."""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path

_BFLOAT16 = re.compile(r"^(?:flags|Features)\s*:.*\b(?:amx_bf16|avx512_bf16|bf16)\b", re.MULTILINE)
_GPU_FILES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
"""Of NVIDIA's and AMD's drivers, and of Windows' in WSL."""


def processor_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """What the processor is called, or at least its kind.

    Args:
        cpuinfo: Linux's file of it; tests point it elsewhere.
    """
    try:
        for line in cpuinfo.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def knows_bfloat16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor has instructions for bfloat16; where nobody tells, it has none."""
    try:
        return bool(_BFLOAT16.search(cpuinfo.read_text()))
    except OSError:
        return False


def may_have_gpu() -> bool:
    """Whether there may be a GPU that PyTorch computes on, found without loading it."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    if sys.platform == "win32":
        return os.path.exists(os.path.expandvars(r"%SystemRoot%\System32\nvcuda.dll"))
    return any(map(os.path.exists, _GPU_FILES))
