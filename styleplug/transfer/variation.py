"""Total variation and its gradient by hand, in bands of rows, which need next to no memory.

It is the mean squared difference of neighbours, across plus down (Mahendran and Vedaldi 2015,
https://doi.org/10.1109/CVPR.2015.7299155, β = 2). Arrays are NumPy's or PyTorch's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from styleplug.transfer.arrays import Array, AsArray

_BAND = 64
"""Rows at a time."""
_Index = tuple[slice, ...]


class Variation:
    """Of pictures (1, 3, H, W) in [0, 1].

    Args:
        alpha: (H, W) in [0, 1]; each pair of neighbours counts as much as the less seen of the two.
        as_array: to the pictures' framework.
    """

    def __init__(self, alpha: NDArray[np.floating] | None, as_array: AsArray) -> None:
        self.alpha, self.as_array = alpha, as_array

    def __call__(self, picture: Array, gradient: Array, weight: float) -> float:
        """The total variation; weight times its gradient is added to `gradient`, in place."""
        total = 0.0
        for axis in (3, 2):
            count = self._count(picture.shape, axis)
            for start in range(0, picture.shape[2], _BAND):
                before, after = _neighbours(picture.shape, axis, start)
                difference = picture[after] - picture[before]
                weighted = difference * self._counted(before, after)
                total += float((weighted * difference).sum()) / count
                by_difference = (2 * weight / count) * weighted
                gradient[after] += by_difference
                gradient[before] -= by_difference
        return total

    def _counted(self, before: _Index, after: _Index) -> Array:
        """How much each pair counts."""
        if self.alpha is None:
            return 1.0
        return self.as_array(np.minimum(self.alpha[before[2:]], self.alpha[after[2:]]))

    def _count(self, shape: tuple[int, ...], axis: int) -> float:
        """How much all pairs along an axis count together, over all channels."""
        _, channels, height, width = shape
        if self.alpha is None:
            return channels * (height * (width - 1) if axis == 3 else (height - 1) * width)
        first, second = (np.delete(self.alpha, end, axis - 2) for end in (-1, 0))
        return max(channels * float(np.minimum(first, second).sum()), 1e-12)


def _neighbours(shape: tuple[int, ...], axis: int, start: int) -> tuple[_Index, _Index]:
    """Where the first and the second of all pairs are whose first is in a band of rows."""
    whole = slice(None)
    if axis == 3:
        rows = slice(start, start + _BAND)
        return (whole, whole, rows, slice(0, -1)), (whole, whole, rows, slice(1, None))
    stop = min(start + _BAND, shape[2] - 1)
    return (whole, whole, slice(start, stop)), (whole, whole, slice(start + 1, stop + 1))
