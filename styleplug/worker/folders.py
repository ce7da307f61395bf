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
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

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


def _claim() -> tuple[Path, FileLock]:
    """A new folder and its lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        # Before it is locked, a worker that starts just now may take it for a dead one's.
        lock = FileLock(folder / _LOCK)
        with suppress(FileNotFoundError, Timeout):
            lock.acquire(timeout=0)
            if (folder / _LOCK).exists():
                return folder, lock


def _sweep() -> None:
    """Remove the folders of this user's workers that are dead."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = FileLock(folder / _LOCK)
        with suppress(OSError):  # its worker lives, or another has removed it
            if _is_ours(folder):
                lock.acquire(timeout=0)
                _remove_locked(folder, lock)


def _remove_locked(folder: Path, lock: FileLock) -> None:
    """Remove a worker's folder; the lock last, for without it nobody would try again."""
    for entry in folder.iterdir():
        if entry.name != _LOCK:
            remove(entry)
    lock.release()  # Windows removes no open file
    remove(folder)


def _is_ours(folder: Path) -> bool:
    """Whether a worker of this user made it: others can write there, and make links."""
    if folder.is_symlink() or not (folder / _LOCK).is_file():
        return False
    return sys.platform == "win32" or folder.lstat().st_uid == os.getuid()


def _impossible(error: OSError) -> StyleplugError:
    return StyleplugError(
        f"no folder for pictures can be made where temporary files belong ({error.strerror});"
        f" {write_remedy(error, 'set TMPDIR to another place')}"
    )
