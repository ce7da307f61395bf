"""The folders of a user's files, and reading and writing files there."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path

import platformdirs

from styleplug.atomic import written_atomically

NO_HOME = Path("/nonexistent")
"""Stands for the home folder where none is known, as for some users of containers: there is nothing
in it, and `make_folder` makes nothing there."""


def home_folder() -> Path:
    """The user's; `NO_HOME` where none is known."""
    try:
        return Path.home()
    except RuntimeError:
        return NO_HOME


def user_data_folder() -> Path:
    """The folder of what the user keeps; STYLEPLUG_DATA_DIR moves it."""
    return _user_folder("STYLEPLUG_DATA_DIR", platformdirs.user_data_path)


def user_cache_folder() -> Path:
    """The folder of what can be had again; STYLEPLUG_CACHE_DIR moves it."""
    return _user_folder("STYLEPLUG_CACHE_DIR", platformdirs.user_cache_path)


def make_folder(path: Path) -> None:
    """Make a folder, with those above it, where it isn't there.

    Raises:
        OSError: it can't be made, or would be in the home folder of a user who has none.
    """
    if path.is_relative_to(NO_HOME):
        unknown = "no home folder is known; set HOME, or STYLEPLUG_DATA_DIR and STYLEPLUG_CACHE_DIR"
        raise NotADirectoryError(errno.ENOTDIR, unknown, str(path))
    path.mkdir(parents=True, exist_ok=True)


def open_regular(path: Path) -> BufferedReader:
    """A file to be read, if it is one: a pipe would be waited for, and a device may have no end.

    Raises:
        OSError: it can't be read, or is none.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # of a folder, the system says it better
        raise OSError(errno.EINVAL, "it is a device or a pipe", str(path))
    return path.open("rb")


def read_whole(path: Path, most: int) -> bytes:
    """A file's content.

    Args:
        path: of the file.
        most: bytes that it may have.

    Raises:
        OSError: as of `open_regular`, or it has more.
    """
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise OSError(errno.EFBIG, f"it has more than {most / 1e6:.0f} MB", str(path))
        return file.read(most)


def write_atomically(
    path: Path, data: bytes, *, executable: bool = False, mode: int | None = None
) -> None:
    """Write a file as `written_atomically` does; folders are made as needed.

    Raises:
        OSError: the place can't be written; nothing is left behind, and what was there stays.
    """
    make_folder(path.parent)
    with written_atomically(path, executable=executable, mode=mode) as file:
        file.write(data)


def _user_folder(variable: str, of_platform: Callable[[str], Path]) -> Path:
    moved = os.environ.get(variable)
    if moved:
        return Path(moved)
    try:
        path = of_platform("styleplug")
    except RuntimeError:
        return NO_HOME / "styleplug"
    # Some versions of the package give what is unknown as "~".
    return path if path.is_absolute() else NO_HOME / "styleplug"
