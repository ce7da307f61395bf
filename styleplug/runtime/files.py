"""Where a user's files belong, and writing so that nobody ever sees half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs


def user_data_folder() -> Path:
    """The folder of what the user keeps; STYLEPLUG_DATA_DIR moves it."""
    data = os.environ.get("STYLEPLUG_DATA_DIR")
    return Path(data) if data else platformdirs.user_data_path("styleplug")


def user_cache_folder() -> Path:
    """The folder of what can be had again; STYLEPLUG_CACHE_DIR moves it."""
    cache = os.environ.get("STYLEPLUG_CACHE_DIR")
    return Path(cache) if cache else platformdirs.user_cache_path("styleplug")


def write_atomically(path: Path, data: bytes, *, executable: bool = False) -> None:
    """Write to a temporary file beside `path`, then rename it; folders are made as needed.

    With `executable`, whoever may read the file may run it.

    Raises:
        OSError: the place can't be written; nothing is left behind, and what was there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp makes private files; this one is to have the mode of any other new file.
        os.chmod(temporary, (0o777 if executable else 0o666) & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    """The process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
