"""Pictures as hosts hand them over: raw pixels in a file, or a picture file."""

from __future__ import annotations

import os
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import styleplug
from styleplug.api import check_output
from styleplug.disk import write_remedy
from styleplug.errors import ConfigError, UnreadableImageError, UnwritableImageError
from styleplug.image.luma import luma
from styleplug.image.picture import Picture
from styleplug.image.samples import check_size
from styleplug.worker.messages import DTYPES, LAYOUTS, PictureSource, PixelFormat


def read_source(source: PictureSource) -> Picture:
    """The picture that a host names.

    Raises:
        ImageError: there is no such file, it isn't what the host says, or it has more pixels than
            are safe to open.
    """
    if source.raw is None:
        return styleplug.read_image(source.path)
    dtype = np.dtype(DTYPES[source.raw.dtype])
    shape = (source.height, source.width, LAYOUTS[source.raw.layout])
    path, needed = Path(source.path), dtype.itemsize * int(np.prod(shape, dtype=object))
    check_size(source.width, source.height, path)
    try:
        # A pipe or a device has no bytes of its own, and so isn't opened.
        found = path.stat().st_size
        if found == needed:
            values = np.fromfile(path, dtype)
            found = values.nbytes  # it may have been cut off meanwhile
    except OSError as error:
        raise UnreadableImageError(path, f"can't be read ({error.strerror})") from error
    except ValueError as error:
        raise UnreadableImageError(path, "no file can have this name; check the path") from error
    if found != needed:
        raise UnreadableImageError(
            path,
            f"has {found} bytes, but {source.width}×{source.height} pixels, {source.raw.layout}"
            f" as {source.raw.dtype}, are {needed}",
        )
    channels = _as_floats(values.reshape(shape))
    has_alpha = source.raw.layout.endswith("A")
    colours = channels[..., :-1] if has_alpha else channels
    pixels = np.broadcast_to(colours, (*shape[:2], 3))
    return Picture(
        np.ascontiguousarray(pixels), np.ascontiguousarray(channels[..., -1]) if has_alpha else None
    )


def check_form(form: PixelFormat | str, folder: Path) -> None:
    """Make sure, before any work is done, that `write_result` can give a result in this form.

    Raises:
        ConfigError: no format of this name is written.
        UnwritableImageError: its library isn't installed, or the folder can't be written to.
    """
    if isinstance(form, str):
        check_output(_free(folder, _extension(form)), inputs=(), overwrite=False)


def write_result(picture: Picture, form: PixelFormat | str, folder: Path) -> Path:
    """Write the picture as the host wants it, whole or not at all; returns the file's path.

    It has a name that nothing in the folder has: the host's own files lie there, too.

    A layout without A leaves the transparency out; with one, an opaque picture is opaque. Y is the
    luma of Rec. 709.

    Raises:
        UnwritableImageError: the disk is full, or the format can't hold the picture.
    """
    if isinstance(form, str):
        path = _free(folder, _extension(form))
        styleplug.write_image(picture, path)
        return path
    path = _free(folder, ".raw")
    values = _as_type(_channels(picture, form.layout), np.dtype(DTYPES[form.dtype]))
    try:
        # No NumPy method: it says nothing of why it couldn't write.
        with path.open("xb") as file:
            file.write(values.data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UnwritableImageError(
            path,
            f"can't be written ({error.strerror}); {write_remedy(error, 'set TMPDIR elsewhere')}",
        ) from error
    return path


def _extension(format: str) -> str:
    """The usual one of the files of a format."""
    written = {known.name: known.writes[0] for known in styleplug.list_formats() if known.writes}
    if format not in written:
        raise ConfigError("format", format, f"one of {', '.join(written)}")
    return written[format]


def _free(folder: Path, extension: str) -> Path:
    names = chain(["result"], (f"result-{number}" for number in count(2)))
    return next(
        path for name in names if not os.path.lexists(path := folder / f"{name}{extension}")
    )


def _as_floats(values: NDArray[Any]) -> NDArray[np.float32]:
    """Values in [0, 1]: a host's floats may leave the range, or be no numbers at all."""
    floats = values.astype(np.float32)
    if values.dtype.kind == "u":
        return floats / np.float32(np.iinfo(values.dtype).max)
    return np.nan_to_num(floats, copy=False, nan=0).clip(0, 1)


def _channels(picture: Picture, layout: str) -> NDArray[np.float32]:
    """(H, W, C) as the layout has them."""
    colours = picture.pixels
    if layout.startswith("Y"):
        colours = luma(colours)[..., np.newaxis]
    if not layout.endswith("A"):
        return colours
    alpha = np.ones(colours.shape[:2], np.float32) if picture.alpha is None else picture.alpha
    return np.dstack([colours, alpha])


def _as_type(channels: NDArray[np.float32], dtype: np.dtype[Any]) -> NDArray[Any]:
    values = np.ascontiguousarray(channels.clip(0, 1))
    if dtype.kind == "u":
        values = np.rint(values * np.float32(np.iinfo(dtype).max))
    return values.astype(dtype)
