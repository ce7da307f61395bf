"""Tiles of a picture, each with as much around it as the network looks at.

All of it is in the picture with its margin of reflection around, which is never made as a whole.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.filters.layout import INNER_MARGIN, MARGIN, STRIDE
from styleplug.vgg.tensors import as_batch

Array = NDArray[np.float32]

HALO = 120
"""Pixels around a tile that what is in it depends on; a multiple of `STRIDE`.

The network reaches 115 pixels: 64 by the blocks, 32 by the relief's windows, the rest by the
convolutions at the larger sizes.
"""

TILE = 1280
"""Longest side of a tile, in pixels, without its halo; the network needs 400 MB for one."""


@dataclass(frozen=True, eq=False)
class Span:
    """One side of a tile.

    Args:
        indices: for each pixel that is filtered, the one of the picture that is seen there.
        kept: what is kept of what the network gives for them, less the margins that it cuts away.
        place: where that belongs in the picture.
    """

    indices: NDArray[np.intp]
    kept: slice
    place: slice


@dataclass(frozen=True)
class Tile:
    """A part of a picture; pixels are (H, W, 3) float32."""

    rows: Span
    columns: Span

    @property
    def place(self) -> tuple[slice, slice]:
        """Where it belongs in the picture."""
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


def tiles_of(height: int, width: int, longest: int = TILE) -> list[Tile]:
    """Tiles that cover a picture, their sides about equal and no longer than `longest`."""
    rows, columns = (_spans(length, longest) for length in (height, width))
    return [Tile(*spans) for spans in itertools.product(rows, columns)]


def _spans(length: int, longest: int) -> list[Span]:
    """The spans of one side; those at its ends have the picture's margins, as the whole has."""
    far = MARGIN + -length % STRIDE
    # A side shorter than its margins is reflected again and again.
    indices = np.pad(np.arange(length), (MARGIN, far), mode="reflect")
    count = -(-length // longest)
    bounds = [MARGIN + round(i * length / count / STRIDE) * STRIDE for i in range(count)]
    bounds.append(MARGIN + length)
    cut = MARGIN - INNER_MARGIN
    spans = []
    for first, last in itertools.pairwise(bounds):
        start = max(0, first - HALO)
        stop = min(len(indices), -(-last // STRIDE) * STRIDE + HALO)
        spans.append(
            Span(
                indices[start:stop],
                slice(first - start - cut, last - start - cut),
                slice(first - MARGIN, last - MARGIN),
            )
        )
    return spans
