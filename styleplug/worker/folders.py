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
from typing import TYPE_CHECKING

from styleplug.disk import write_remedy
from styleplug.errors import StyleplugError
from styleplug.runtime.locks import try_lock

if TYPE_CHECKING:
    from filelock import BaseFileLock

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


def _claim() -> tuple[Path, BaseFileLock]:
    """A new folder and its lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        # Before it is locked, a worker that starts just now may take it for a dead one's.
        with suppress(FileNotFoundError):
            lock = try_lock(folder / _LOCK)
            if lock is not None and (folder / _LOCK).exists():
                return folder, lock


def _sweep() -> None:
    """Remove the folders of this user's workers that are dead."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # it was removed meanwhile
            if _is_ours(folder) and (lock := try_lock(folder / _LOCK)):
                _remove_locked(folder, lock)


def _remove_locked(folder: Path, lock: BaseFileLock) -> None:
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
