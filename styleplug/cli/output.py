"""Files that sub-commands write beside pictures: `.npz` and `.onnx`."""

from __future__ import annotations

from pathlib import Path

from styleplug.errors import ConfigError


def check_output(path: Path, extension: str, *, source: Path, overwrite: bool) -> None:
    """Make sure, before any work is done, that a file may be written to `path`.

    Raises:
        ConfigError: the extension is another, there is no such folder, or a file is there that may
            not be replaced, because it is the source or `overwrite` is false.
    """
    if path.suffix.lower() != extension:
        raise ConfigError("output", str(path), f"a name that ends in {extension}")
    if not path.parent.is_dir():
        raise ConfigError("output", str(path), "in a folder that exists")
    if path.exists() and source.exists() and path.samefile(source):
        raise ConfigError("output", str(path), "another file than the one that is read")
    if path.exists() and not overwrite:
        raise ConfigError("output", str(path), "a new file, unless --overwrite is given")


def write_output(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        ConfigError: the place can't be written.
    """
    from styleplug.runtime.files import write_atomically

    try:
        write_atomically(path, data)
    except OSError as error:
        raise ConfigError("output", str(path), f"a place to write to ({error.strerror})") from error
