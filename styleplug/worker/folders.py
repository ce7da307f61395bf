"""Private folders for pixels, none of which outlives its worker for long.

A worker's folder lies where temporary files belong (TMPDIR moves it), belongs to the user alone,
and holds a file that the worker keeps locked as long as it lives. The lock goes with the process,
however that ends; so whoever can take it may remove the folder. A process number in the folder's
name would say less: numbers are used again, and mean something else in each container.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from styleplug.disk import write_remedy
from styleplug.errors import StyleplugError

PREFIX = "styleplug-worker-"
_LOCK = "lock"


class Folders:
    """A worker's folder, with one inside for each job. Those of dead workers are removed first.

    Raises:
        StyleplugError: no folder can be made.
    """

    def __init__(self) -> None:
        try:
            _sweep()
            self._root, self._lock = _claim()
        except OSError as error:
            raise _impossible(error) from error
        self._count = 0

    def new(self) -> Path:
        """An empty folder that nobody else can look into.

        Raises:
            StyleplugError: it can't be made.
        """
        self._count += 1
        folder = self._root / str(self._count)
        try:
            folder.mkdir(mode=0o700)
        except OSError as error:
            raise _impossible(error) from error
        return folder

    def remove(self) -> None:
        """Remove everything."""
        _remove_locked(self._root, self._lock)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as the system allows."""
    shutil.rmtree(folder, ignore_errors=True)


def _claim() -> tuple[Path, int]:
    """A new folder and the handle of its lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        handle = _locked(folder, os.O_CREAT)
        # Before it was locked, a worker that starts just now may have taken it for a dead one's.
        if handle is not None:
            if (folder / _LOCK).exists():
                return folder, handle
            os.close(handle)


def _sweep() -> None:
    """Remove the folders of this user's workers that are dead."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            handle = _locked(folder) if _is_ours(folder) else None
        except OSError:  # no lock in it: it was removed meanwhile, or no worker made it
            continue
        if handle is not None:
            _remove_locked(folder, handle)


def _remove_locked(folder: Path, handle: int) -> None:
    """Remove a worker's folder; the lock last, for without it nobody would try again."""
    for entry in folder.iterdir():
        if entry.name != _LOCK:
            remove(entry)
    os.close(handle)  # Windows removes no open file
    remove(folder)


def _is_ours(folder: Path) -> bool:
    """Whether it is a real folder of this user: others can write there, and make links."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    return sys.platform == "win32" or folder.lstat().st_uid == os.getuid()


def _locked(folder: Path, flags: int = 0) -> int | None:
    """The handle of the folder's lock, which lasts until it is closed; None if another has it."""
    handle = os.open(folder / _LOCK, os.O_RDWR | flags, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return handle


def _impossible(error: OSError) -> StyleplugError:
    return StyleplugError(
        f"no folder for pictures can be made where temporary files belong ({error.strerror});"
        f" {write_remedy(error, 'set TMPDIR to another place')}"
    )
