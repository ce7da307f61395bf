"""Names of files as clients give them, made safe, and ids, which nobody can guess."""

from __future__ import annotations

import re
import secrets
import unicodedata
from pathlib import PurePosixPath

from styleplug.names import is_windows_device

_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_ODD = re.compile(r"[^\w .,()+@=~-]")
_LONGEST = 100


def new_id() -> str:
    """An id of 128 random bits."""
    return secrets.token_urlsafe(16)


def is_id(text: str) -> bool:
    """Whether this could be one."""
    return _ID.fullmatch(text) is not None


def safe_name(given: str | None) -> str:
    """The name of a file without folders and characters of which a file system makes more than a
    name; the ending stays, and "picture" stands for a name of which nothing is left.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\\\fakepath\\\\Cat & dog.JPG"), safe_name("..")
    ('passwd', 'Cat _ dog.JPG', 'picture')
    """
    text = unicodedata.normalize("NFC", given or "").replace("\\", "/").rpartition("/")[2]
    text = _ODD.sub("_", text).strip(" .")
    path = PurePosixPath(text or "picture")
    suffix = path.suffix[:12]
    stem = path.name.removesuffix(path.suffix)[:_LONGEST].rstrip(" .") or "picture"
    name = f"{stem}{suffix}"
    return f"_{name}" if is_windows_device(name) else name
