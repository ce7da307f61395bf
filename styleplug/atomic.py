"""Files that are written whole or not at all, of which a killed process leaves nothing for long.

Each is written under a temporary name beside its own, and then gets that. A process holds a lock on
the file that it writes, which ends with the process, however it ends. So the next one to write
there tells what is left from what is on its way.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

_PREFIX, _LETTERS, _SUFFIX = ".styleplug-", 8, ".tmp"
"""Of temporary names, in which the file's own has no place: it may be as long as names can be."""


@contextmanager
def written_atomically(
    path: Path, *, overwrite: bool = True, executable: bool = False, mode: int | None = None
) -> Iterator[IO[bytes]]:
    """A file to write to, which takes the place of `path` when the context ends without an error.

    With `executable`, whoever may read the file may run it; its mode is otherwise that of any other
    new file, or the one that is given. A symbolic link is replaced.

    Raises:
        FileExistsError: there is a file, and `overwrite` is false.
        OSError: the place can't be written; nothing is left behind, and what was there stays.
    """
    remove_leftovers(path.parent)
    file, temporary = _created(path.parent)
    try:
        with file:
            yield file
            if executable:
                mode = temporary.stat().st_mode
                mode |= (mode & 0o444) >> 2
            if mode is not None:
                temporary.chmod(stat.S_IMODE(mode))
            if overwrite:
                _rename(file, temporary, path)
            else:
                _publish_new(file, temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Make sure that a file of this name can be written atomically.

    Raises:
        OSError: the folder isn't there or can't be written to, or the name is too long.
    """
    with suppress(FileNotFoundError):
        os.lstat(path)
    # The only test that holds for every system, file system and user is to write.
    tempfile.TemporaryFile(dir=path.parent).close()


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes have left of files in a folder."""
    for path in folder.glob(f"{_PREFIX}{'?' * _LETTERS}{_SUFFIX}"):
        with suppress(OSError):
            _remove_unless_held(path)


def _rename(file: IO[bytes], temporary: Path, path: Path) -> None:
    file.flush()
    if sys.platform == "win32":
        file.close()  # it renames no open file; elsewhere the lock is held to the end
    os.replace(temporary, path)


def _publish_new(file: IO[bytes], temporary: Path, path: Path) -> None:
    """Give a file a name that none has.

    Raises:
        FileExistsError: one has it.
    """
    file.flush()
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # The FAT file systems of memory cards have no links: an empty file claims the name.
        path.open("xb").close()
        try:
            _rename(file, temporary, path)
        except BaseException:
            path.unlink()
            raise


def _created(folder: Path) -> tuple[IO[bytes], Path]:
    while True:
        path = folder / f"{_PREFIX}{secrets.token_hex(_LETTERS // 2)}{_SUFFIX}"
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
