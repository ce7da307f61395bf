"""Pixels at another size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from PIL import Image

from styleplug.image.samples import Array

USUAL_ASPECT = 2
"""Longer side over shorter one up to which a size means the longer side."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def resized(pixels: Array, height: int, width: int) -> Array:
    """Pixels or alpha at another size, by an antialiased Lanczos filter.

    Args:
        pixels: (H, W, C) or (H, W) float32 in [0, 1].
        height: of the result, at least 1.
        width: of the result, at least 1.

    Returns:
        (height, width, C) or (height, width) float32; the filter's overshoot is clipped to [0, 1].
    """
    return lanczos(pixels, height, width).clip(0, 1)


def lanczos(pixels: Array, height: int, width: int) -> Array:
    """As `resized`, with the overshoot left in: a linear operation, for pixels of any range."""
    if pixels.ndim == 3:
        channels = np.moveaxis(pixels, 2, 0)
        return np.stack(in_turns(lambda one: lanczos(one, height, width), channels), axis=2)
    return _filtered(pixels, height, width, Image.Resampling.LANCZOS)


def in_turns(work: Callable[[Item], Result], channels: Iterable[Item]) -> list[Result]:
    """What a function gives for each channel of a picture, of which two are worked on at a time.

    Pillow lets other threads run meanwhile; a third at once would take more memory than time.
    """
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(work, channels))


def averaged(alpha: Array, height: int, width: int) -> Array:
    """Alpha, (H, W) float32, at a smaller size: each value the mean over the area it stands for."""
    return _filtered(alpha, height, width, Image.Resampling.BOX)


def fitted_size(width: int, height: int, longest: int) -> tuple[int, int]:
    """(height, width) of a picture whose longest side becomes `longest`, smaller or larger.

    The aspect is kept but for the rounding to whole pixels; no side is less than 1.
    """
    side = max(width, height)
    return (
        max(1, (height * longest + side // 2) // side),
        max(1, (width * longest + side // 2) // side),
    )


def elongation(height: int, width: int) -> float:
    """The longest side of a picture of this shape over the size that it is worked on at.

    That is 1 up to `USUAL_ASPECT`. A panorama is made as large in area as a picture of that aspect,
    or its short side would keep too few pixels to show anything.

    >>> elongation(300, 400), elongation(512, 1024), elongation(1000, 8000)
    (1.0, 1.0, 2.0)
    """
    return max(1.0, math.sqrt(max(height, width) / min(height, width) / USUAL_ASPECT))


def fitted(pixels: Array, longest: int) -> Array:
    """Pixels or alpha, (H, W, C) or (H, W) float32 in [0, 1], with the longest side as given."""
    height, width = pixels.shape[:2]
    return resized(pixels, *fitted_size(width, height, longest))


def _filtered(values: Array, height: int, width: int, filter: Image.Resampling) -> Array:
    image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(image.resize((width, height), filter), dtype=np.float32)
