"""Where there is lettering in a picture: rows of small shapes of one height and one contrast.

No network: what is darker, or lighter, than its surroundings falls apart into connected shapes
(thresholds after Sauvola and Pietikäinen 2000, "Adaptive document image binarization"); those that
stand beside others like them, as letters do, are lettering. So it is upright, or nearly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.image.windows import window_means

Array = NDArray[np.float32]
Numbers = NDArray[np.float64]

_WINDOWS = (9, 25)
"""Radii, in pixels, of the surroundings that a shape is told from: of small letters, and large."""
_LEAST_CONTRAST = 0.08
"""Of the surroundings' standard deviation."""
_HEIGHTS = (6, 0.35)
"""Of a letter: pixels at least; part of the picture's height at most."""
_FEWEST = 4
"""Letters of a row."""
_LEAST_CROSSINGS = 1.3
"""Strokes that a line through a row's letters crosses in each, in the mean: windows have one."""
_UNEVEN = 0.12
"""How far off their line the lower edges of letters are at the median, relative to their height."""
_LEAST_DIFFERENCE = 0.2
"""Of letters and what is between them, in levels of 0 to 1."""
_CLEAR = 3.0
"""The square of that, relative to the sum of their variances."""
_FADING = 0.3
"""How far the map reaches beyond a row, relative to its height."""


@dataclass(frozen=True)
class Shapes:
    """Connected shapes, each array of one length: boxes in pixels, the lower and right edges
    excluded; `crossings`, the mean number of runs in a row of pixels; `fill`, of the box; `light`,
    their mean."""

    top: Numbers
    bottom: Numbers
    left: Numbers
    right: Numbers
    crossings: Numbers
    fill: Numbers
    light: Numbers

    @property
    def height(self) -> Numbers:
        return self.bottom - self.top

    @property
    def width(self) -> Numbers:
        return self.right - self.left

    def __getitem__(self, chosen: NDArray[np.bool_]) -> Shapes:
        return Shapes(*(values[chosen] for values in vars(self).values()))


def lettering_map(light: Array) -> Array | None:
    """How much of lettering each place is.

    Args:
        light: of the picture, (h, w) float32 in [0, 1].

    Returns:
        (h, w) float32 in [0, 1]; None where there is none.
    """
    found = np.zeros(light.shape, np.float32)
    for radius in _WINDOWS:
        mean, spread = _surroundings(light, radius)
        for sign in (1, -1):
            ink = (sign * (mean - light) > 0.35 * spread) & (spread > _LEAST_CONTRAST)
            for row in _rows(_like_letters(_shapes(ink, light), light.shape[0])):
                if _is_even(row) and _is_clear(row, ink, light):
                    _draw(found, row)
    return found if found.any() else None


def _surroundings(light: Array, radius: int) -> tuple[Array, Array]:
    """Mean and standard deviation in the window around each pixel."""
    mean, square = (window_means(values, radius) for values in (light, light * light))
    spread = np.sqrt((square - mean * mean).clip(0, None))
    return mean.astype(np.float32), spread.astype(np.float32)


def _shapes(ink: NDArray[np.bool_], light: Array) -> Shapes:
    """The connected shapes of what is ink; corners connect."""
    edges = np.diff(np.pad(ink, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, start = np.nonzero(edges == 1)
    stop = np.nonzero(edges == -1)[1]
    owner = _joined(row, start, stop, len(ink))
    sums = np.concatenate([np.zeros((len(light), 1)), light.cumsum(axis=1, dtype=np.float64)], 1)
    names, label = np.unique(owner, return_inverse=True)
    count = len(names)
    top, left = np.full(count, np.inf), np.full(count, np.inf)
    bottom, right = np.zeros(count), np.zeros(count)
    np.minimum.at(top, label, row)
    np.maximum.at(bottom, label, row + 1)
    np.minimum.at(left, label, start)
    np.maximum.at(right, label, stop)
    area = np.bincount(label, stop - start, count)
    shine = np.bincount(label, sums[row, stop] - sums[row, start], count)
    runs = np.bincount(label, minlength=count)
    return Shapes(
        *(top, bottom, left, right),
        crossings=runs / (bottom - top),
        fill=area / ((bottom - top) * (right - left)),
        light=shine / area,
    )


def _joined(
    row: NDArray[np.int64], start: NDArray[np.int64], stop: NDArray[np.int64], rows: int
) -> NDArray[np.int64]:
    """For each run of pixels the number of one that is of the same shape."""
    parent = list(range(len(row)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    bounds = np.searchsorted(row, np.arange(rows + 1))
    for y in range(1, rows):
        above, here, end = bounds[y - 1 : y + 2]
        if above == here or here == end:
            continue
        first = above + np.searchsorted(stop[above:here], start[here:end], "left")
        last = above + np.searchsorted(start[above:here], stop[here:end], "right")
        for run, low, high in zip(range(here, end), first.tolist(), last.tolist(), strict=True):
            for other in range(low, high):
                parent[root(run)] = root(other)
    return np.array([root(run) for run in range(len(row))], np.int64)


def _like_letters(shapes: Shapes, height: int) -> Shapes:
    """The shapes that could be letters, from left to right."""
    least, most = _HEIGHTS
    aspect = shapes.width / shapes.height
    chosen = (
        (shapes.height >= least)
        & (shapes.height <= most * height)
        & (aspect > 0.1)
        & (aspect < 2.5)
        & (shapes.fill > 0.15)
        & (shapes.crossings < 4)
    )
    chosen_shapes = shapes[chosen]
    order = np.argsort(chosen_shapes.left, kind="stable")
    return Shapes(*(values[order] for values in vars(chosen_shapes).values()))


def _rows(shapes: Shapes) -> Iterable[Shapes]:
    """Rows of letters: each beside one that is as high, at its height, and as light."""
    left = np.ones(len(shapes.top), bool)
    for first in range(len(left)):
        if not left[first]:
            continue
        row, last = [first], first
        while (following := _next(shapes, last, left)) is not None:
            row.append(following)
            last = following
        if len(row) < _FEWEST:
            continue
        chosen = np.zeros(len(left), bool)
        chosen[row] = True
        left &= ~chosen
        if shapes[chosen].crossings.mean() >= _LEAST_CROSSINGS:
            yield shapes[chosen]


def _next(shapes: Shapes, last: int, free: NDArray[np.bool_]) -> int | None:
    """The letter to the right of one."""
    height = shapes.height[last]
    gap = shapes.left - shapes.right[last]
    shared = np.minimum(shapes.bottom, shapes.bottom[last]) - np.maximum(
        shapes.top, shapes.top[last]
    )
    chosen = (
        free
        & (np.arange(len(free)) > last)
        & (gap > -0.2 * height)
        & (gap < 0.9 * height)
        & (shared > 0.6 * np.minimum(shapes.height, height))
        & (np.maximum(shapes.height, height) < 1.9 * np.minimum(shapes.height, height))
        & (np.abs(shapes.light - shapes.light[last]) < 0.15)
    )
    [candidates] = np.nonzero(chosen)
    return int(candidates[gap[candidates].argmin()]) if candidates.size else None


def _is_even(row: Shapes) -> bool:
    """Whether most letters stand on one line."""
    off = np.median(np.abs(row.bottom - np.median(row.bottom)))
    return bool(off <= _UNEVEN * np.median(row.height))


def _is_clear(row: Shapes, ink: NDArray[np.bool_], light: Array) -> bool:
    """Whether letters and what is between them differ by much more than either varies (Fisher's
    criterion), as in no foliage."""
    box = (
        slice(int(row.top.min()), int(row.bottom.max())),
        slice(int(row.left.min()), int(row.right.max())),
    )
    letters, between = light[box][ink[box]], light[box][~ink[box]]
    difference = float(letters.mean() - between.mean())
    varied = float(letters.var() + between.var())
    return abs(difference) >= _LEAST_DIFFERENCE and difference**2 >= _CLEAR * varied


def _draw(found: Array, row: Shapes) -> None:
    """Draw a row's box into a map; it fades beyond."""
    reach = _FADING * float(np.median(row.height))
    edges = (row.top.min(), row.bottom.max()), (row.left.min(), row.right.max())
    sides = []
    for length, (start, stop) in zip(found.shape, edges, strict=True):
        places = np.arange(length) + 0.5
        beyond = np.maximum(start - places, places - stop).clip(0, None)
        sides.append((1 - beyond / max(reach, 1)).clip(0, 1))
    np.maximum(found, np.outer(*sides).astype(np.float32), out=found)
