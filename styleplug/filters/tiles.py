"""Tiles of a picture, each with as much around it as the network looks at there.

All of it is in the picture with its margin of reflection around, which is never made as a whole.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.filters.architecture import INNER_MARGIN, MARGIN, STRIDE
from styleplug.vgg.tensors import as_batch

Array = NDArray[np.float32]

TILE = 512
"""Longest side of a tile, in pixels, without its margins: larger ones are slower, for what the
network computes of them no longer stays in the processor's caches."""


@dataclass(frozen=True, eq=False)
class Span:
    """One side of a tile.

    Args:
        indices: for each pixel of the tile and its margins, the one of the picture that is seen
            there; a multiple of `STRIDE`.
        place: where what is kept belongs in the picture.
    """

    indices: NDArray[np.intp]
    place: slice

    @property
    def kept(self) -> slice:
        """What is kept of what the network gives."""
        return slice(MARGIN, MARGIN + self.place.stop - self.place.start)

    def interpolation(self, count: int, scale: float) -> Array:
        """How much of each of a smaller picture's cells is in each half of the tile's: a matrix.

        The tile's margins belong to it, and half a cell more on each side.

        Args:
            count: of the smaller picture's cells, its inner margins' included.
            scale: the smaller picture's size over that of the tile's picture.
        """
        halves = np.arange(-1, 2 * len(self.indices) // STRIDE + 1) + 0.5
        pixels = (self.place.start - MARGIN + STRIDE / 2 * halves) * scale
        nearest = ((pixels + INNER_MARGIN) / STRIDE - 0.5).clip(0, count - 1)
        weights: Array = (1 - abs(nearest[:, None] - np.arange(count))).clip(0).astype(np.float32)
        return weights


@dataclass(frozen=True)
class PictureTile:
    """A part of a picture; pixels are (H, W, 3) float32."""

    rows: Span
    columns: Span

    @property
    def place(self) -> tuple[slice, slice]:
        """The part of the picture that it is."""
        return self.rows.place, self.columns.place

    def cut(self, pixels: Array) -> Array:
        """The part with what is around it, of a picture, as the network takes it.

        It is (1, 3, H, W), both sides multiples of `STRIDE`.
        """
        columns = self.columns.indices
        first, last = columns.min(), columns.max()
        rows = pixels[self.rows.indices, first : last + 1]
        # Of single numbers NumPy picks many in the time that it needs for one of the pixels.
        batch: Array = as_batch(rows).take(columns - first, axis=3)
        return batch

    def kept(self, pixels: Array) -> Array:
        """The part without what was around it."""
        return pixels[self.rows.kept, self.columns.kept]


def tiles_of(height: int, width: int, longest: int = TILE) -> list[PictureTile]:
    """Tiles that cover a picture, their sides about equal and no longer than `longest`."""
    rows, columns = (_spans(length, longest) for length in (height, width))
    return [PictureTile(*spans) for spans in itertools.product(rows, columns)]


def _spans(length: int, longest: int) -> list[Span]:
    """The spans of one side; those at its ends have the picture's reflection as their margin."""
    far = MARGIN + -length % STRIDE
    # A side shorter than its margins is reflected again and again.
    indices = np.pad(np.arange(length), (MARGIN, far), mode="reflect")
    count = -(-length // longest)
    bounds = [round(i * length / count / STRIDE) * STRIDE for i in range(count)]
    spans = []
    for first, last in itertools.pairwise([*bounds, length]):
        # In the indices, the margin before the first pixel begins where that is in the picture.
        stop = first + -(-(last - first) // STRIDE) * STRIDE + 2 * MARGIN
        spans.append(Span(indices[first:stop], slice(first, last)))
    return spans
