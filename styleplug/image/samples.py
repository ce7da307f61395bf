"""Samples as a decoder or a caller gives them, of any depth, and what becomes of them as floats."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import ImageTooLargeError, UnsupportedImageError
from styleplug.image.turn import AXES

Array: TypeAlias = NDArray[np.float32]
PathOrNone: TypeAlias = str | os.PathLike[str] | None

CHANNELS = {1: "grey", 3: "RGB", 4: "RGBA"}
OVERSHOOT = 0.1
"""How far floats may leave [0, 1], as a filter's overshoot does, and be clipped."""
MAX_PIXELS = 2**27
"""The largest picture that is opened, 134 megapixels: 1.5 GiB as (H, W, 3) float32."""
SEVERAL = "holds several pictures; only the first is used"


@dataclass(frozen=True, eq=False)
class Samples:
    """A picture as it is stored: before its colours are converted.

    Args:
        colours: (H, W, C), C being 1 for grey, 3 for RGB and 4 for CMYK, whose 0 is no ink; uint8,
            uint16, or floats in 0..1.
        alpha: (H, W), uint8, uint16 or floats, straight; None for an opaque picture.
        profile: the ICC profile of the colours; None where the file has none.
        warnings: what a person should know of how the file was read, each the rest of a sentence
            that begins with the file's name.
        orientation: the EXIF orientation, 1 to 8, that was applied to them; None for samples that
            come of no file.
    """

    colours: NDArray[Any]
    alpha: NDArray[Any] | None = None
    profile: bytes | None = None
    warnings: tuple[str, ...] = ()
    orientation: int | None = None

    @property
    def depth(self) -> int:
        """The bits a channel that hold them, 8 or 16; 8 for floats, which may hold anything."""
        return 16 if self.colours.dtype == np.uint16 else 8


def from_array(array: NDArray[Any], path: PathOrNone = None) -> Samples:
    """The samples of an array, (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), the last being RGBA.

    Raises:
        UnsupportedImageError: another shape, or no pixels at all.
    """
    layers = array[..., np.newaxis] if array.ndim == 2 else array
    if layers.ndim != 3 or layers.shape[2] not in CHANNELS:
        allowed = ", ".join(f"(H, W, {n}) for {name}" for n, name in CHANNELS.items())
        raise UnsupportedImageError(
            path, f"an array of shape {array.shape} is no picture; use (H, W) or {allowed}"
        )
    return with_alpha(layers, min(3, layers.shape[2]))


def with_alpha(layers: NDArray[Any], colours: int) -> Samples:
    """Samples of (H, W, C): the first channels are the colours, and one more is alpha."""
    alpha = layers[..., colours] if layers.shape[2] > colours else None
    return Samples(layers[..., :colours], alpha)


def upright(array: NDArray[Any], orientation: int) -> NDArray[Any]:
    """(H, W) or (H, W, C) as its EXIF orientation wants it seen; an unknown one is ignored."""
    is_swapped, *reverses = AXES.get(orientation, AXES[1])
    across, down = (slice(None, None, -1 if is_reversed else 1) for is_reversed in reverses)
    return (array.swapaxes(0, 1) if is_swapped else array)[down, across]


def check_size(width: int, height: int, path: PathOrNone) -> None:
    """Refuse a picture before it is decoded.

    Raises:
        ImageTooLargeError: more than `MAX_PIXELS`.
    """
    if width * height > MAX_PIXELS:
        raise ImageTooLargeError(
            path,
            f"has more than the {MAX_PIXELS // 10**6} megapixels that are safe to open;"
            " use a smaller copy",
        )


def check_memory(width: int, height: int, pixel: int, path: PathOrNone) -> None:
    """Refuse a picture whose pixels take so many bytes each that it is as large as too large ones.

    Raises:
        ImageTooLargeError: more bytes than `MAX_PIXELS` take as (H, W, 3) float32.
    """
    if width * height * pixel > 12 * MAX_PIXELS:
        raise ImageTooLargeError(
            path,
            f"takes {pixel} bytes a pixel, which are too many for its size; use a smaller copy",
        )


def room(height: int, width: int, channels: int, dtype: type[np.generic]) -> NDArray[Any]:
    """Where to decode to: a file that says one size here and another there can't fill it."""
    return np.empty((height, width, channels)[: 2 + (channels > 1)], dtype)


def stretched(values: NDArray[Any], bits: int, new_bits: int) -> NDArray[Any]:
    """Whole numbers of so many bits as others of as many, white staying white, copied.

    Returns:
        uint8 for up to 8 new bits, else uint16.
    """
    dtype = np.uint8 if new_bits <= 8 else np.uint16
    if bits == new_bits:
        return values.astype(dtype)
    levels = np.rint(np.arange(2**bits) * ((2**new_bits - 1) / (2**bits - 1))).astype(dtype)
    whole: NDArray[Any] = levels[values.astype(np.uint8) if bits == 1 else values]
    return whole


def straightened(colours: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Colours, uint8 or uint16, that were stored multiplied by alpha, (H, W)."""
    most = np.iinfo(colours.dtype).max
    straight = colours.astype(np.float32)
    straight *= np.float32(most) / np.maximum(alpha, 1)[..., np.newaxis].astype(np.float32)
    return np.minimum(straight, most, out=straight).round().astype(colours.dtype)


def scaled(array: NDArray[Any], path: PathOrNone = None) -> Array:
    """The values of an array as float32 in [0, 1], copied.

    Args:
        array: uint8 in 0..255, uint16 in 0..65535, or floats in 0..1, which are clipped where they
            leave it by at most `OVERSHOOT`.
        path: the file that an error names.

    Raises:
        UnsupportedImageError: another dtype or range, or no values at all.
    """
    if not array.size:
        raise UnsupportedImageError(path, f"an array of shape {array.shape} has no pixels")
    if array.dtype.kind == "u" and array.dtype.itemsize <= 2:
        values = array.astype(np.float32)
        values /= np.iinfo(array.dtype).max  # in place, for pictures may be large
        return values
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
    values = array.astype(np.float32)
    return np.clip(values, 0, 1, out=values)


def quantised(array: Array, depth: int) -> NDArray[Any]:
    """Floats as whole numbers of 8 or 16 bits, uint8 or uint16 in C order, clipped and rounded."""
    values = np.clip(array, 0, 1)
    values *= np.float32(2**depth - 1)  # in place, for pictures may be large
    np.rint(values, out=values)
    whole: NDArray[Any] = values.astype(np.uint16 if depth == 16 else np.uint8, order="C")
    return whole
