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
import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import Cancelled
from styleplug.events import Progress
from styleplug.filters.inference import StyledNetwork
from styleplug.filters.style import FilterStyle
from styleplug.filters.tiles import tiles_of
from styleplug.filters.weights import FilterWeights
from styleplug.image.resize import elongation, fitted_size, in_turns, lanczos, resized
from styleplug.image.transparency import filled, has_visible_pixels

Array = NDArray[np.float32]

WORKING_SIZE = 512
"""Longest side, in pixels, at which the network's strokes are those of the painting; a panorama's
is longer by its `elongation`."""


def filtered(
    image: Array,
    style: FilterStyle,
    weights: FilterWeights,
    *,
    alpha: Array | None = None,
    stroke_scale: float = 1.0,
    device: str = "auto",
    on_progress: Callable[[Progress], None] = lambda progress: None,
    on_device: Callable[[str], object] = lambda device: None,
    cancel: threading.Event | None = None,
) -> Array:
    """A picture in a style of the network.

    Args:
        image: (H, W, 3) float32, sRGB in [0, 1], of any size.
        style: one of these weights, or a `mix` of several.
        weights: those of the network.
        alpha: (H, W) float32 in [0, 1]; the colours of hidden pixels have no influence.
        stroke_scale: the size of strokes; at 1 it is as in a painting as long as the picture, in
            pictures of `WORKING_SIZE` or more.
        device: where to compute, as `StylizeConfig.device`.
        on_progress: told after each tile.
        on_device: told in the end what it was computed on, for people.
        cancel: ends the work before the next tile.

    Returns:
        (H, W, 3) float32, sRGB in [0, 1].

    Raises:
        FilterError: the style is of another network.
        ConfigError, MissingDependencyError: the device isn't there.
        Cancelled: there is no picture.
    """
    weights.check(style)
    if alpha is not None and has_visible_pixels(alpha):
        image = filled(image, alpha)
    height, width = image.shape[:2]
    first, *octaves = octave_sizes(height, width, stroke_scale)
    report = _Report([first, *octaves], on_progress, cancel or threading.Event())
    network = StyledNetwork(weights, style, device)
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
    on_device(network.runs_on)
    return current


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

    def __init__(
        self,
        sizes: list[tuple[int, int]],
        notify: Callable[[Progress], None],
        cancel: threading.Event,
    ) -> None:
        self._notify, self._cancel = notify, cancel
        self._pixels = [height * width for height, width in sizes]
        self._begun = time.perf_counter()
        self._done = 0

    def begin(self, size: tuple[int, int], tiles: int) -> None:
        """A run of the network at one size begins."""
        self._scale, self._tiles, self._tile = max(size), tiles, 0
        self._scale_begun = time.perf_counter()
        self._check()

    def step(self, part: Array) -> None:
        """A tile is done."""
        self._tile += 1
        self._done += part.shape[0] * part.shape[1]
        fraction = self._done / sum(self._pixels)
        elapsed = time.perf_counter() - self._begun
        self._notify(
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
        self._check()

    def _check(self) -> None:
        if self._cancel.is_set():
            raise Cancelled
