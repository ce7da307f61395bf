"""Where a user's files belong, and writing so that nobody ever sees half of one."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from io import BufferedReader
from pathlib import Path
from typing import IO

import platformdirs


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


def write_atomically(path: Path, data: bytes, *, executable: bool = False) -> None:
    """Write to a temporary file beside `path`, then rename it; folders are made as needed.

    With `executable`, whoever may read the file may run it.

    Raises:
        OSError: the place can't be written; nothing is left behind, and what was there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_atomically(path, executable=executable) as file:
        file.write(data)


@contextmanager
def written_atomically(path: Path, *, executable: bool = False) -> Iterator[IO[bytes]]:
    """A file to write to, which takes the place of `path` when the context ends without an error.

    Errors and `executable` as in `write_atomically`, but that the folder must be there.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        # mkstemp makes private files; this one is to have the mode of any other new file.
        os.chmod(temporary, (0o777 if executable else 0o666) & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
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


def _umask() -> int:
    """The process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
