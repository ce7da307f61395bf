"""Pictures at a smaller size, and the gradient's way back.

Each pixel of the smaller size is the mean over the area that it covers of the larger one: a linear
operation, along the columns and along the rows, for any pair of sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from styleplug.transfer.arrays import Array, AsArray


class AreaWeights(NamedTuple):
    """Pixels along an axis, each of which gives a share of itself to one pixel of a smaller axis.

    No pixel is there twice, on either side. The shares that a smaller pixel gets sum to 1.
    """

    larger: NDArray[np.integer]
    smaller: NDArray[np.integer]
    shares: NDArray[np.float64]


def area_weights(larger: int, smaller: int) -> Iterator[AreaWeights]:
    """All of an axis of `larger` pixels, brought to `smaller`."""
    # In parts of a pixel of which each larger one has `smaller`, and each smaller one `larger`.
    starts = np.arange(smaller) * larger
    for offset in range(-(-larger // smaller) + 1):
        pixels = starts // smaller + offset
        ends = np.minimum((pixels + 1) * smaller, starts + larger)
        common = ends - np.maximum(pixels * smaller, starts)
        at = np.flatnonzero(common > 0)
        if at.size:
            yield AreaWeights(pixels[at], at, common[at] / larger)


def matrix(larger: int, smaller: int) -> NDArray[np.float64]:
    """What an axis is multiplied by, (smaller, larger)."""
    shares = np.zeros((smaller, larger))
    for weights in area_weights(larger, smaller):
        shares[weights.smaller, weights.larger] = weights.shares
    return shares


def reduced(picture: Array, height: int, width: int, as_array: AsArray) -> Array:
    """A picture (1, C, H, W) at a smaller size."""
    for axis, side in ((2, height), (3, width)):
        larger, picture = picture, 0 * picture[_at(axis, slice(side))]
        for weights in area_weights(larger.shape[axis], side):
            part = larger[_at(axis, weights.larger)]
            part *= as_array(_along(axis, weights.shares))
            picture[_at(axis, weights.smaller)] += part
    return picture


def adjoint(smaller: Array, gradient: Array, as_array: AsArray) -> None:
    """Add the gradient with respect to a picture, from that with respect to the reduced one."""
    wider = 0 * gradient[_at(2, slice(smaller.shape[2]))]
    for axis, source, sum_of in ((3, smaller, wider), (2, wider, gradient)):
        for weights in area_weights(sum_of.shape[axis], source.shape[axis]):
            part = source[_at(axis, weights.smaller)]
            part *= as_array(_along(axis, weights.shares))
            sum_of[_at(axis, weights.larger)] += part


def _at(axis: int, pixels: slice | NDArray[np.integer]) -> tuple[slice | NDArray[np.integer], ...]:
    return (slice(None),) * axis + (pixels,)


def _along(axis: int, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    return shares.reshape(-1, *[1] * (3 - axis))
