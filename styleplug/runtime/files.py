"""Where a user's files belong, and writing so that nobody ever sees half of one."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO

import platformdirs

from styleplug.leftovers import rename, temporary_beside


def user_data_folder() -> Path:
    """The folder of what the user keeps; STYLEPLUG_DATA_DIR moves it."""
    data = os.environ.get("STYLEPLUG_DATA_DIR")
    return Path(data) if data else platformdirs.user_data_path("styleplug")


def user_cache_folder() -> Path:
    """The folder of what can be had again; STYLEPLUG_CACHE_DIR moves it."""
    cache = os.environ.get("STYLEPLUG_CACHE_DIR")
    return Path(cache) if cache else platformdirs.user_cache_path("styleplug")


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
    """Write to a temporary file beside `path`, then rename it; folders are made as needed.

    With `executable`, whoever may read the file may run it; its mode is otherwise that of any other
    new file, or the one that is given.

    Raises:
        OSError: the place can't be written; nothing is left behind, and what was there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_atomically(path, executable=executable, mode=mode) as file:
        file.write(data)


@contextmanager
def written_atomically(
    path: Path, *, executable: bool = False, mode: int | None = None
) -> Iterator[IO[bytes]]:
    """A file to write to, which takes the place of `path` when the context ends without an error.

    Errors and modes as in `write_atomically`, but that the folder must be there.
    """
    with temporary_beside(path) as (file, temporary):
        yield file
        if executable:
            mode = temporary.stat().st_mode
            mode |= (mode & 0o444) >> 2
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        rename(file, temporary, path)


def check_writable(path: Path) -> None:
    """Make sure that a file of this name can be written atomically.

    Raises:
        OSError: the folder isn't there or can't be written to, or the name is too long.
    """
    # The only test that holds for every system, file system and user is to write, and under a
    # name as long as the one that a temporary file will take.
    tempfile.NamedTemporaryFile(prefix=f".{path.name}.", dir=path.parent).close()
