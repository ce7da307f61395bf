"""What file systems refuse, and what that means for whoever writes a file."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import IO

_UNKNOWN = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What those say that can't be told to put a file on the disk at once, as some in user space."""

_FULL = (errno.ENOSPC, errno.EDQUOT)


def synchronise(file: IO[bytes]) -> None:
    """Have on the disk what was written to a file, where its file system can be told so.

    Raises:
        OSError: the disk is full, or failed.
    """
    file.flush()
    try:
        os.fsync(file.fileno())
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise


def can_synchronise(folder: Path) -> bool:
    """Whether the file system of a folder can be told to have on the disk what was written."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno not in _UNKNOWN
    return True


def write_remedy(error: OSError, otherwise: str = "choose another place") -> str:
    """What a person should do who can't write a file; to make room helps only on a full disk."""
    return f"free some space, or {otherwise}" if error.errno in _FULL else otherwise
