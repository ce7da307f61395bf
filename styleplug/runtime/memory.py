"""The memory that there is and that is taken; and a lack of it, by whatever name it comes."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from styleplug.errors import OutOfMemoryError
from styleplug.runtime.control_groups import control_groups

_WORDS = re.compile(
    r"out of memory|can't allocate memory|not enough memory|AllocateRaw|bad_alloc"
    r"|[Ff]ailed to allocate memory|could not create a primitive"
)
"""PyTorch and ONNX Runtime raise errors of many classes for it, but say one of these; the last is
oneDNN's, when there is no room for the code that it makes."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_MMAP_MAX = -1, -3, -4
"""Of glibc's malloc.h."""
_MOST = 2**31 - 1
_USUAL_MMAP_MAX, _USUAL_THRESHOLD = 2**16, 2**25
"""glibc's own, but that its thresholds rise to this by and by."""


@contextmanager
def memory_errors() -> Iterator[None]:
    """Turn what NumPy, PyTorch and ONNX Runtime raise for lack of memory into one error.

    Raises:
        OutOfMemoryError: there was too little memory.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, MemoryError) or _WORDS.search(str(error)):
            raise OutOfMemoryError from error
        raise


def resident_memory() -> int:
    """The bytes of the machine's memory that this process takes now."""
    import psutil

    return int(psutil.Process().memory_info().rss)


def free_memory(root: Path = Path("/")) -> int:
    """The bytes that this process may take besides, no more than its control groups allow.

    Args:
        root: where `proc` and `sys` are, as far as groups are concerned; tests point it elsewhere.
    """
    import psutil

    rooms = [room for folder in control_groups("memory", root) for room in _rooms(folder)]
    return max(0, min([int(psutil.virtual_memory().available), *rooms]))


def return_freed_memory() -> None:
    """Give freed memory back to the system; glibc would keep much of it, others keep little."""
    with suppress(AttributeError, OSError, TypeError):  # not glibc, or not even Unix
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Within this context the process uses freed memory again, however large the pieces are.

    glibc gives large pieces back at once; to get them again, page by page and cleared, took a third
    of an evaluation's time. Pieces of changing sizes leave gaps, though: ONNX Runtime's would make
    the process several times as large.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # as above
        yield
        return
    mallopt(_M_MMAP_MAX, 0)
    mallopt(_M_TRIM_THRESHOLD, _MOST)
    try:
        yield
    finally:
        mallopt(_M_MMAP_MAX, _USUAL_MMAP_MAX)
        mallopt(_M_TRIM_THRESHOLD, _USUAL_THRESHOLD)
        mallopt(_M_MMAP_THRESHOLD, _USUAL_THRESHOLD)


def _rooms(folder: Path) -> Iterator[int]:
    """What a control group has left, from the files of version 2 or 1; none where it has no limit.

    Files that were only read stay in memory while there is room, and count as if taken.
    """
    for limit, taken, read_files in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        # A ValueError: the limit is the word "max".
        with suppress(OSError, ValueError, KeyError):
            bytes_allowed = int((folder / limit).read_text())
            statistics = dict(
                line.split(" ", 1) for line in (folder / "memory.stat").read_text().splitlines()
            )
            bytes_taken = int((folder / taken).read_text()) - int(statistics[read_files])
            yield bytes_allowed - bytes_taken
