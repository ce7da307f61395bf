"""Where a user's files belong, and writing so that nobody ever sees half of one."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import IO

import platformdirs

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


def write_atomically(path: Path, data: bytes, *, executable: bool = False) -> None:
    """Write to a temporary file beside `path`, then rename it; folders are made as needed.

    With `executable`, whoever may read the file may run it.

    Raises:
        OSError: the place can't be written; nothing is left behind, and what was there stays.
    """
    make_folder(path.parent)
    with written_atomically(path, executable=executable) as file:
        file.write(data)


@contextmanager
def written_atomically(path: Path, *, executable: bool = False) -> Iterator[IO[bytes]]:
    """A file to write to, which takes the place of `path` when the context ends without an error.

    Errors and `executable` as in `write_atomically`, but that the folder must be there.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    mode = 0o777 if executable else 0o666  # less what the process's mask takes away
    try:
        with open(temporary, "xb", opener=lambda name, how: os.open(name, how, mode)) as file:
            yield file
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove_leftovers(path: Path) -> None:
    """Remove what processes left that were killed while they wrote to `path` atomically.

    One that still writes finds its temporary file gone, and what was there before stays.
    """
    for leftover in path.parent.glob(f".{escape(path.name)}.????????"):
        leftover.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Make sure that a file of this name can be written atomically.

    Raises:
        OSError: the folder isn't there or can't be written to, or the name is too long.
    """
    # The only test that holds for every system, file system and user is to write, and under a
    # name as long as the one that a temporary file will take.
    tempfile.NamedTemporaryFile(prefix=f".{path.name}.", dir=path.parent).close()


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
