"""A picture in tiles, so that the network gives of each what it gives of the whole.

Each feature belongs to one tile. The network sees a larger window around it: so much larger, by the
halo, that all pixels which the tile's own features depend on lie within. Windows begin at multiples
of 16, where the grids of all four poolings meet, and end there or at the picture's border; so the
network's zero padding touches a tile's own features only where it touches those of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.vgg.layers import Architecture, block_of

Array = NDArray[np.float32]
Area = tuple[slice, slice]
"""Rows and columns."""

GRID = 16
"""Pixels of the picture, along each axis, that the deepest block has one feature for."""


@dataclass(frozen=True)
class Tile:
    """What the network sees, and the part whose features are the tile's own.

    Both are in pixels of the picture, or, after `at`, in features of a layer.
    """

    window: Area
    own: Area

    @classmethod
    def of(cls, height: int, width: int) -> Tile:
        """The one tile of a whole picture."""
        area = slice(0, height), slice(0, width)
        return cls(area, area)

    @property
    def shape(self) -> tuple[int, int]:
        """Of the window."""
        return _length(self.window[0]), _length(self.window[1])

    @property
    def count(self) -> int:
        """How many pixels, or features of a channel, are the tile's own."""
        return _length(self.own[0]) * _length(self.own[1])

    @property
    def within(self) -> Area:
        """The own part, as a part of the window."""
        rows, columns = (
            slice(own.start - window.start, own.stop - window.start)
            for own, window in zip(self.own, self.window, strict=True)
        )
        return rows, columns

    def at(self, layer: str) -> Tile:
        """The tile in features of a layer such as "relu4_2"."""
        size = pixels_per_feature(layer)
        window, own = (
            (
                slice(rows.start // size, rows.stop // size),
                slice(columns.start // size, columns.stop // size),
            )
            for rows, columns in (self.window, self.own)
        )
        return Tile(window, own)

    def only_own(self, values: Array | None = None) -> Array:
        """Of values (…, H, W) for the whole picture, 1 everywhere by default, those of the window;
        0 outside the own part."""
        own = np.ones(1, np.float32) if values is None else values[..., *self.own]
        part = np.zeros((*own.shape[:-2], *self.shape), own.dtype)
        part[..., *self.within] = own
        return part


def pixels_per_feature(layer: str) -> int:
    """Along each axis."""
    return 1 << (block_of(layer) - 1)


def halo(architecture: Architecture, layers: Iterable[str]) -> int:
    """How far a feature of the layers looks beyond the pixels it stands for, rounded up to GRID."""
    pixels = sum(pixels_per_feature(each.layer) for each in architecture.up_to(layers))
    return -(-pixels // GRID) * GRID


def tiles_of(height: int, width: int, window: int | None, halo: int) -> list[Tile]:
    """The tiles of a picture of height × width pixels, row by row.

    Args:
        window: the longest side of a tile's window, a multiple of GRID of at least 2 · halo + GRID;
            None for one tile of the whole.
        halo: as `halo` gives it.
    """
    rows, columns = (_cut(length, window or length, halo) for length in (height, width))
    return [Tile((row[0], column[0]), (row[1], column[1])) for row in rows for column in columns]


def seen_pixels(height: int, width: int, window: int, halo: int) -> int:
    """The pixels of all windows together; arguments as of `tiles_of`."""
    rows, columns = (
        sum(_length(seen) for seen, _ in _cut(length, window, halo)) for length in (height, width)
    )
    return rows * columns


def smallest_window(halo: int) -> int:
    """The smallest window that holds features of its own away from the picture's borders."""
    return 2 * halo + GRID


def smaller_window(side: int, halo: int) -> int | None:
    """A window of about half the area of one with this side; None where none is smaller."""
    smaller = max(smallest_window(halo), int(side * 0.7) // GRID * GRID)
    return smaller if smaller < side else None


def _cut(length: int, window: int, halo: int) -> list[tuple[slice, slice]]:
    """Windows and their own parts along an axis; all windows are of one size, but for the last one,
    which ends with the picture. They are no larger than so many need be."""
    if length <= window:
        return [(slice(0, length), slice(0, length))]
    count = math.ceil((length - 2 * halo) / (window - 2 * halo))
    window = math.ceil((length - 2 * halo) / count / GRID) * GRID + 2 * halo
    last = math.ceil((length - window) / GRID) * GRID
    starts = [*range(0, last, window - 2 * halo), last]
    cuts = [0, *(start + halo for start in starts[1:]), length]
    return [
        (slice(start, min(start + window, length)), slice(cut, end))
        for start, cut, end in zip(starts, cuts[:-1], cuts[1:], strict=True)
    ]


def _length(part: slice) -> int:
    return int(part.stop - part.start)
