"""Letting one process at a time do what two at once would spoil."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from styleplug.runtime.files import make_folder

_log = logging.getLogger("styleplug")


@contextmanager
def exclusive(path: Path, work: str) -> Iterator[None]:
    """Hold the lock file at `path`, which stays; wait for whoever holds it, and say so once.

    Args:
        path: its folder is made as needed.
        work: what the lock is for, as in "another styleplug is busy with ...".

    Raises:
        OSError: the file can't be made.
    """
    from filelock import FileLock, Timeout

    make_folder(path.parent)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _log.warning("another styleplug is busy with %s; waiting for it", work)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
