"""Temporary files beside what they are to replace, of which a killed process leaves none for long.

A process holds a lock on the file that it writes, which ends with the process, however it ends. So
the next one to write there tells what is left from what is on its way.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

LETTERS = "????????"
"""The middle, or the end, of a temporary file's name."""


@contextmanager
def temporary_beside(
    path: Path, prefix: str | None = None, suffix: str = ""
) -> Iterator[tuple[IO[bytes], Path]]:
    """A new file in the folder of `path`, and where it is; gone in the end, unless it was renamed.

    Its name is the prefix, by default a dot and that of `path` and a dot, eight letters, and the
    suffix. Files of such names that killed processes left are removed first.

    Raises:
        OSError: the file can't be made.
    """
    prefix = f".{path.name}." if prefix is None else prefix
    remove_leftovers(path.parent, f"{escape(prefix)}{LETTERS}{escape(suffix)}")
    file, temporary = _created(path.parent, prefix, suffix)
    try:
        with file:
            yield file, temporary
    finally:
        temporary.unlink(missing_ok=True)


def rename(file: IO[bytes], temporary: Path, path: Path) -> None:
    """Give a file of `temporary_beside`, all of which is written, the name of `path`."""
    file.flush()
    if sys.platform == "win32":
        file.close()  # it renames no open file; elsewhere the lock is held to the end
    os.replace(temporary, path)


def remove_leftovers(folder: Path, pattern: str) -> None:
    """Remove the files of a folder whose names are of a pattern, and that no process writes."""
    for path in folder.glob(pattern):
        with suppress(OSError):
            _remove_unless_held(path)


def _created(folder: Path, prefix: str, suffix: str) -> tuple[IO[bytes], Path]:
    while True:
        path = folder / f"{prefix}{secrets.token_hex(len(LETTERS) // 2)}{suffix}"
        file = path.open("xb")
        # Another process may have taken it for left before it was held.
        if _hold(file.fileno()) and path.exists():
            return file, path
        file.close()


def _remove_unless_held(path: Path) -> None:
    if sys.platform == "win32":
        path.unlink()  # which is refused while another process has it open
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if _hold(handle, or_else=False):
            path.unlink()
    finally:
        os.close(handle)


def _hold(handle: int, *, or_else: bool = True) -> bool:
    """Whether nobody else holds a file; from now on this process does, until it closes it.

    Args:
        handle: of the file.
        or_else: the answer where the file system has no locks.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return or_else
    return True
