"""Photographs to train on and to look at meanwhile: what a command is given, and what there is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from styleplug.errors import ConfigError

if TYPE_CHECKING:
    from styleplug.vgg.tensors import Pixels


def files_in(folder: Path, option: str) -> list[Path]:
    """The files in a folder and in the folders in it, by name, without hidden ones; whether they
    are pictures shows when they are read.

    Raises:
        ConfigError: it is no folder, or there is no file in it.
    """
    if not folder.is_dir():
        raise ConfigError(option, str(folder), "a folder that exists")
    files = sorted(path for path in folder.rglob("[!.]*") if path.is_file())
    if not files:
        raise ConfigError(option, str(folder), "a folder with pictures in it")
    return files


def bundled() -> list[Path]:
    """The pictures that come with styleplug."""
    from styleplug.pictures import PAINTINGS, path

    return [path("photograph.jpg"), *(path(file) for file, _ in PAINTINGS.values())]


def photograph(side: int) -> Pixels:
    """The photograph that comes with styleplug, its longest side as given."""
    from styleplug.image.read import read_picture
    from styleplug.image.resize import fitted

    return fitted(read_picture(bundled()[0]).pixels, side)
