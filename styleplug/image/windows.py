"""Means over square windows, whatever their size, by sums along rows and columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def window_means(values: NDArray[np.floating[Any]], radius: int) -> NDArray[np.float64]:
    """The mean of the window around each place, as far as it lies in the picture.

    Args:
        values: (H, W) or (H, W, C).
        radius: windows are 2 × radius + 1 places a side.

    Returns:
        The same shape.
    """
    found = values.astype(np.float64)
    for axis in (0, 1):
        length = found.shape[axis]
        sums = np.concatenate([np.zeros_like(found.take([0], axis)), found.cumsum(axis)], axis)
        places = np.arange(length)
        start, stop = (places - radius).clip(0), (places + radius + 1).clip(None, length)
        shape = [1] * found.ndim
        shape[axis] = length
        found = (sums.take(stop, axis) - sums.take(start, axis)) / (stop - start).reshape(shape)
    return found
