"""Pixels of arrays and of Pillow images, whatever their depth, mode or orientation."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from styleplug.errors import (
    ImageError,
    ImageTooLargeError,
    UnreadableImageError,
    UnsupportedImageError,
)

Array: TypeAlias = NDArray[np.float32]
PathOrNone: TypeAlias = str | os.PathLike[str] | None

CHANNELS = {1: "grey", 3: "RGB", 4: "RGBA"}
OVERSHOOT = 0.1
"""How far floats may leave [0, 1], as a filter's overshoot does, and be clipped."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Python's warning filters belong to the whole process: two threads that change them at once would
# restore each other's.
_warning_filters = threading.Lock()


def from_array(array: NDArray[Any], path: PathOrNone = None) -> tuple[Array, Array | None]:
    """Pixels and alpha of an array, copied.

    Args:
        array: (H, W), (H, W, 1), (H, W, 3) or (H, W, 4); uint8 in 0..255, uint16 in 0..65535, or
            floats in 0..1, which are clipped where they leave it by at most `OVERSHOOT`.
        path: the file that an error names.

    Returns:
        (H, W, 3) float32 in [0, 1], and for four channels (H, W) float32 in [0, 1].

    Raises:
        UnsupportedImageError: another shape, dtype or range, or no pixels at all.
    """
    layers = array[..., np.newaxis] if array.ndim == 2 else array
    if layers.ndim != 3 or layers.shape[2] not in CHANNELS:
        allowed = ", ".join(f"(H, W, {n}) for {name}" for n, name in CHANNELS.items())
        raise UnsupportedImageError(
            path, f"an array of shape {array.shape} is no picture; use (H, W) or {allowed}"
        )
    if not layers.size:
        raise UnsupportedImageError(path, f"an array of shape {array.shape} has no pixels")
    scaled = _scaled(layers, path)
    if scaled.shape[2] == 1:
        return np.repeat(scaled, 3, axis=2), None
    if scaled.shape[2] == 3:
        return scaled, None
    return np.ascontiguousarray(scaled[..., :3]), np.ascontiguousarray(scaled[..., 3])


def from_pil(image: Image.Image, path: PathOrNone = None) -> tuple[Array, Array | None]:
    """Pixels and alpha of the current frame of a Pillow image of any mode, upright.

    The EXIF orientation is applied. Modes I;16 and I are read as 16-bit grey, F as grey in 0..1.
    Colours are taken as sRGB, whatever profile is embedded. Call it within `pillow_errors`.

    Returns:
        (H, W, 3) float32 in [0, 1], and (H, W) float32 in [0, 1] where the image has transparency.

    Raises:
        UnsupportedImageError: numbers of mode I or F outside those ranges, or no pixels at all.
        Exception: whatever Pillow raises on damaged data.
    """
    image.load()
    turn = _UPRIGHT.get(_orientation(image))
    if turn is not None:
        image = image.transpose(turn)
    if image.mode == "I":
        return from_array(_as_16_bit(np.asarray(image), path), path)
    if image.mode == "F" or image.mode.startswith("I;16"):
        return from_array(np.asarray(image), path)
    if image.mode == "La":  # Pillow converts it to nothing else
        image = image.convert("LA")
    return from_array(
        np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB")), path
    )


@contextmanager
def pillow_errors(path: PathOrNone) -> Iterator[None]:
    """Turn what Pillow raises or warns of while it reads into errors that name `path`.

    Raises:
        UnreadableImageError: no picture, or a damaged one.
        ImageTooLargeError: more pixels than `PIL.Image.MAX_IMAGE_PIXELS`, or than memory holds.
    """
    try:
        with _warning_filters, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        limit = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise ImageTooLargeError(
            path, f"has more than the {limit} megapixels that are safe to open; use a smaller copy"
        ) from error
    except MemoryError as error:
        raise ImageTooLargeError(
            path, "doesn't fit into memory; use a smaller copy, or close other programs"
        ) from error
    except UnidentifiedImageError as error:
        raise UnreadableImageError(
            path, "is no picture of a known kind, or is damaged; use a JPEG, PNG, TIFF or WebP file"
        ) from error
    except Exception as error:  # Pillow's decoders raise nearly anything on damaged data
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UnreadableImageError(
            path, f"is damaged or incomplete ({reason}); copy it again, or save it anew"
        ) from error


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 where there is none.

    Not `ImageOps.exif_transpose`, which also writes the EXIF data anew and fails where an unrelated
    tag is odd.
    """
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except (SyntaxError, TypeError, ValueError):  # damaged notes about a picture that may be whole
        return 1


def _as_16_bit(values: NDArray[np.int32], path: PathOrNone) -> NDArray[np.uint16]:
    if values.size and (values.min() < 0 or values.max() > 65535):
        raise UnsupportedImageError(
            path,
            f"has 32-bit values from {values.min()} to {values.max()}; save it with 8 or 16 bits",
        )
    return values.astype(np.uint16)


def _scaled(array: NDArray[Any], path: PathOrNone) -> Array:
    """The values of an array as float32 in [0, 1], copied."""
    if array.dtype.kind == "u" and array.dtype.itemsize <= 2:
        return array.astype(np.float32) / np.float32(np.iinfo(array.dtype).max)
    if array.dtype.kind != "f":
        raise UnsupportedImageError(
            path, f"values of type {array.dtype} are not supported; use uint8, uint16 or float32"
        )
    low, high = array.min(), array.max()
    if not np.isfinite([low, high]).all():
        raise UnsupportedImageError(path, "has values that aren't finite; they must be from 0 to 1")
    if low < -OVERSHOOT or high > 1 + OVERSHOOT:
        raise UnsupportedImageError(
            path, f"has floats from {low:.4g} to {high:.4g}; they must be from 0 to 1"
        )
    scaled: Array = np.clip(array, 0, 1).astype(np.float32)
    return scaled
