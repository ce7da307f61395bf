"""The machine, Python, and the settings that it was started with."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator

from styleplug import __version__
from styleplug.doctor.finding import Finding
from styleplug.runtime.threads import available_cores


def check() -> Iterator[Finding]:
    """Versions, cores and memory, and our environment variables."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    yield Finding("ok", f"styleplug {__version__} on {python}, {platform.platform()}")
    yield Finding("ok", f"{available_cores()} of {os.cpu_count()} cores usable, {_memory()}")
    if sys.maxsize < 2**32:
        yield Finding(
            "note",
            "this Python has 32 bits, and so at most 4 GB of memory",
            "install a Python of 64 bits",
        )
    for name in sorted(name for name in os.environ if name.startswith("STYLEPLUG_")):
        yield Finding("ok", f'{name}="{os.environ[name]}"')


def _memory() -> str:
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        # Windows has no such call, and another system may not know the names.
        return "memory unknown"
    return f"{size / 1e9:.1f} GB of memory"
