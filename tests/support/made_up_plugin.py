"""A plug-in with a format of its own, and a filter that needs no network."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from styleplug import Filter, FilterRequest, FilterResult, Format, Picture, hookimpl

EXTENSION = ".made"
MARK = b"made up "


@hookimpl
def styleplug_register_formats() -> Iterable[Format]:
    return [Format("made-up", "Made up", reads=(EXTENSION,), writes=(EXTENSION,))]


@hookimpl
def styleplug_read_image(path: Path) -> Picture | None:
    if path.suffix != EXTENSION:
        return None
    data = path.read_bytes()
    height, width = np.frombuffer(data, "<u4", 2, len(MARK))
    pixels = np.frombuffer(data, "<f4", offset=len(MARK) + 8)
    return Picture(pixels.reshape(height, width, 3).copy(), path=path)


@hookimpl
def styleplug_write_image(image: Picture, path: Path, overwrite: bool) -> bool | None:
    if path.suffix != EXTENSION:
        return None
    size = np.array(image.pixels.shape[:2], "<u4").tobytes()
    with path.open("wb" if overwrite else "xb") as file:
        file.write(MARK + size + image.pixels.astype("<f4").tobytes())
    return True


@hookimpl
def styleplug_register_filters() -> Iterable[Filter]:
    return [Filter("negative", "Light for dark")]


@hookimpl
def styleplug_apply_filter(request: FilterRequest) -> FilterResult | None:
    return FilterResult(1 - request.image) if request.filter == "negative" else None
