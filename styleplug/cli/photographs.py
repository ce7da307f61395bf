"""Photographs to train on, as a command is given them."""

from __future__ import annotations

from pathlib import Path

from styleplug.errors import ConfigError


def files_in(folder: Path, option: str) -> list[Path]:
    """All files in a folder and in the folders in it, by name; whether they are pictures shows
    when they are read.

    Raises:
        ConfigError: it is no folder, or there is no file in it.
    """
    if not folder.is_dir():
        raise ConfigError(option, str(folder), "a folder that exists")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise ConfigError(option, str(folder), "a folder with pictures in it")
    return files
