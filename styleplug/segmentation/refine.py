"""A rough mask's edges brought to those of the photograph, at its full size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from styleplug.image.resize import fitted_size, resized
from styleplug.image.windows import window_means

Array = NDArray[np.float32]

SIDE = 768
"""The longest side, in pixels, at which masks are made and fitted."""
_RADIUS = 1 / 64
"""Of the windows, as a part of that."""
_NOISE = 1e-3
"""The variance, in levels of 0 to 1, below which a window has no edge."""
_CERTAIN = 0.1
"""What a mask is nearer than this to 0 or to 1 is that."""
_ROWS = 256
"""So many at a time are made at full size."""


def working_size(pixels: Array) -> tuple[int, int]:
    """The (height, width) at which a photograph's mask is made."""
    height, width, _ = pixels.shape
    side = max(height, width)
    return (height, width) if side <= SIDE else fitted_size(width, height, SIDE)


def refined(mask: Array, pixels: Array) -> Array:
    """A mask with the edges of the photograph.

    The guided filter of He, Sun and Tang 2010, "Guided Image Filtering"
    (https://arxiv.org/abs/1505.00996 is its faster form, used here): in each window the mask is
    taken for a linear function of the colours, which is found where all is small and then
    applied to the photograph as it is.

    Args:
        mask: (h, w) float32 in [0, 1], at `working_size`.
        pixels: the photograph, (H, W, 3) float32, sRGB in [0, 1].

    Returns:
        (H, W) float32 in [0, 1].
    """
    size = pixels.shape[:2]
    small = pixels if mask.shape == size else resized(pixels, *mask.shape)
    factors = _linear(mask, small)
    found = np.empty(size, np.float32)
    for top in range(0, size[0], _ROWS):
        rows = slice(top, min(top + _ROWS, size[0]))
        at_rows = _rows_of(factors, rows, size)
        values = (at_rows[..., :3] * pixels[rows]).sum(axis=2) + at_rows[..., 3]
        found[rows] = ((values - _CERTAIN) / (1 - 2 * _CERTAIN)).clip(0, 1)
    return found


def _linear(mask: Array, pixels: Array) -> Array:
    """The function of the colours that the mask is around each pixel: three factors and a
    constant, (h, w, 4)."""
    radius = max(2, round(max(mask.shape) * _RADIUS))
    moments = np.concatenate(
        [
            pixels,
            mask[..., np.newaxis],
            pixels * mask[..., np.newaxis],
            *(pixels[..., i:] * pixels[..., i : i + 1] for i in range(3)),
        ],
        axis=2,
    )
    mean = window_means(moments, radius)
    colour, share, both = mean[..., :3], mean[..., 3], mean[..., 4:7]
    covariance = np.empty((*mask.shape, 3, 3))
    for number, (i, j) in enumerate(((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))):
        value = mean[..., 7 + number] - colour[..., i] * colour[..., j]
        covariance[..., i, j] = covariance[..., j, i] = value + _NOISE * (i == j)
    shared = both - colour * share[..., np.newaxis]
    slope = np.linalg.solve(covariance, shared[..., np.newaxis])[..., 0]
    constant = share - (slope * colour).sum(axis=2)
    return window_means(np.concatenate([slope, constant[..., np.newaxis]], axis=2), radius).astype(
        np.float32
    )


def _rows_of(values: Array, rows: slice, size: tuple[int, int]) -> Array:
    """Some rows of what values, (h, w, C), are at another size, (H, W), by linear interpolation."""
    height, width, _ = values.shape
    if (height, width) == size:
        return values[rows]
    y = _places(np.arange(rows.start, rows.stop), size[0], height)
    x = _places(np.arange(size[1]), size[1], width)
    top, left = y.astype(int), x.astype(int)
    down, across = (y - top)[:, np.newaxis, np.newaxis], (x - left)[:, np.newaxis]
    below, right = (top + 1).clip(None, height - 1), (left + 1).clip(None, width - 1)
    upper = values[top] + (values[below] - values[top]) * down.astype(np.float32)
    found: Array = upper[:, left] + (upper[:, right] - upper[:, left]) * across.astype(np.float32)
    return found


def _places(pixels: NDArray[np.int64], many: int, few: int) -> NDArray[np.float64]:
    """Where the middles of pixels lie, of many, among the middles of few."""
    return ((pixels + 0.5) * few / many - 0.5).clip(0, few - 1)
