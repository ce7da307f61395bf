"""A lack of memory, by whatever name it comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from styleplug.errors import OutOfMemoryError

_WORDS = re.compile(
    r"out of memory|can't allocate memory|not enough memory|AllocateRaw|bad_alloc"
    r"|[Ff]ailed to allocate memory"
)
"""PyTorch and ONNX Runtime raise errors of many classes for it, but say one of these."""


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
