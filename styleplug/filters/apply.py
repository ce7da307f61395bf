"""A picture through the filter network: any size, in bounded memory, without seams.

The network paints strokes of about the painting's size in a picture of `WORKING_SIZE`. So that is
the size at which it sees the whole picture. A larger picture is what that gives, enlarged octave by
octave: at each size the network runs again, with the statistics of the first run (Chen, Wang, Xie,
Lu and Luo, "Towards Ultra-Resolution Neural Style Transfer via Thumbnail Instance Normalization",
2022) and with its bottleneck, enlarged, for that is where the strokes are; and of what it gives
only the detail is taken that the size before can't hold (Burt and Adelson, "The Laplacian Pyramid
as a Compact Image Code", 1983). A large picture looks as its own preview, with crisp edges.
"""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.typing import NDArray

from styleplug.events import Progress
from styleplug.filters.filter_function import FilterInput, check_cancelled
from styleplug.filters.inference import StyledNetwork
from styleplug.filters.style import FilterStyle
from styleplug.filters.tiles import tiles_of
from styleplug.filters.weights import FilterWeights
from styleplug.hookspecs import FilterResult
from styleplug.image.resize import elongation, fitted_size, in_turns, lanczos, resized

Array = NDArray[np.float32]

WORKING_SIZE = 512
"""Longest side, in pixels, at which the network's strokes are those of the painting; a panorama's
is longer by its `elongation`."""


def filtered(given: FilterInput, style: FilterStyle, weights: FilterWeights) -> FilterResult:
    """A picture in a style of the network; with the latter two, a `FilterFunction`.

    Args:
        given: the picture; the working size is `WORKING_SIZE`.
        style: one of these weights, or a `mix` of several.
        weights: those of the network.

    Raises:
        FilterError: the style is of another network.
        ConfigError, MissingDependencyError, Cancelled: as in `FilterFunction`.
    """
    weights.check(style)
    image = given.visible_image
    height, width = image.shape[:2]
    first, *octaves = octave_sizes(height, width, given.stroke_scale)
    report = _Report([first, *octaves], given)
    network = StyledNetwork(weights, style, given.device)
    report.begin(first, 1)
    thumbnail_pass = network.thumbnail_pass(resized(image, *first))
    current = thumbnail_pass.filtered
    report.step(current)
    for size in octaves:
        tiles = tiles_of(*size)
        report.begin(size, len(tiles))
        pixels = image if size == (height, width) else resized(image, *size)
        finer = np.empty_like(pixels)
        for tile, part in zip(tiles, network.parts(pixels, tiles, thumbnail_pass), strict=True):
            finer[tile.place] = part
            report.step(part)
        current = _with_detail(current, finer)
    return FilterResult(current, device=network.runs_on)


def octave_sizes(height: int, width: int, stroke_scale: float) -> list[tuple[int, int]]:
    """(height, width) of each run of the network, from the working size to the picture's own.

    Each is about twice the one before; a picture no larger than the working size has but its own.
    """
    longest = max(height, width)
    first = min(longest, round(elongation(height, width) * WORKING_SIZE / stroke_scale))
    if first == longest:
        return [(height, width)]
    octaves = max(1, round(math.log2(longest / first)))
    factor = (longest / first) ** (1 / octaves)
    return [
        fitted_size(width, height, round(first * factor**octave)) for octave in range(octaves + 1)
    ]


def _with_detail(coarse: Array, finer: Array) -> Array:
    """The coarse picture at the size of the finer one, with what only that one can hold.

    That is up(coarse) + finer - up(down(finer)), in the memory of `finer`.
    """
    height, width = finer.shape[:2]

    def change(channel: int) -> None:
        values = finer[..., channel]
        difference = coarse[..., channel] - lanczos(values, *coarse.shape[:2])
        values += lanczos(difference, height, width)

    in_turns(change, range(finer.shape[2]))
    return np.clip(finer, 0, 1, out=finer)


class _Report:
    """Says how far the work is, and ends it where that is wished."""

    def __init__(self, sizes: list[tuple[int, int]], given: FilterInput) -> None:
        self._given = given
        self._pixels = [height * width for height, width in sizes]
        self._begun = time.perf_counter()
        self._done = 0

    def begin(self, size: tuple[int, int], tiles: int) -> None:
        """A run of the network at one size begins."""
        self._scale, self._tiles, self._tile = max(size), tiles, 0
        self._scale_begun = time.perf_counter()
        check_cancelled(self._given.cancel)

    def step(self, part: Array) -> None:
        """A tile is done."""
        self._tile += 1
        self._done += part.shape[0] * part.shape[1]
        fraction = self._done / sum(self._pixels)
        elapsed = time.perf_counter() - self._begun
        self._given.on_progress(
            Progress(
                scale=self._scale,
                iteration=self._tile,
                iterations=self._tiles,
                fraction=fraction,
                cost=self._done / self._pixels[-1],
                elapsed=elapsed,
                scale_seconds=time.perf_counter() - self._scale_begun,
                remaining=elapsed / fraction - elapsed,
            )
        )
        check_cancelled(self._given.cancel)
