"""Files that sub-commands write beside pictures: features, networks, drawings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from styleplug.errors import ConfigError


def check_output(
    path: Path,
    *extensions: str,
    source: Path | None = None,
    overwrite: bool,
    option: str = "output",
) -> None:
    """Make sure, before any work is done, that a file may be written to the path of an option.

    Raises:
        ConfigError: the extension is none of those; the folder is missing or can't be written to;
            the name is too long, or a folder's; or a file is there that may not be replaced,
            because it is the source or `overwrite` is false.
    """
    if path.suffix.lower() not in extensions:
        raise ConfigError(option, str(path), f"a name that ends in {' or '.join(extensions)}")
    # Functions of os.path answer no where those of Path raise, as for a name that is too long.
    if not os.path.isdir(path.parent):
        raise ConfigError(option, str(path), "in a folder that exists")
    if os.path.isdir(path):
        raise ConfigError(option, str(path), "a file, and this is a folder")
    if source and os.path.exists(path) and os.path.exists(source) and path.samefile(source):
        raise ConfigError(option, str(path), "another file than the one that is read")
    check_place(path, option)
    # A link that leads nowhere is something that is there, too.
    if os.path.lexists(path) and not overwrite:
        raise ConfigError(option, str(path), "a new file, unless --overwrite is given")


def write_output(path: Path, data: bytes, option: str = "output") -> None:
    """Write a file whole or not at all.

    Raises:
        ConfigError: the place can't be written.
    """
    from styleplug.runtime.files import write_atomically

    with writing(path, option):
        write_atomically(path, data)


def check_place(path: Path, option: str) -> None:
    """Make sure that something of this name can be made.

    Raises:
        ConfigError: the folder can't be written to, or the name is too long.
    """
    from styleplug.atomic import check_writable

    with writing(path, option):
        check_writable(path)


@contextmanager
def writing(path: Path, option: str = "output") -> Iterator[None]:
    """A context that ends in an error of the option if the path can't be written.

    Raises:
        ConfigError: it can't.
    """
    try:
        yield
    except OSError as error:
        allowed = f"a place to write to ({error.strerror})"
        raise ConfigError(option, str(path), allowed) from error
