"""Where the tiles of a picture lie: in the picture with its margin of reflection around."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.filters.layout import MARGIN, STRIDE

HALO = 120
"""Pixels around a tile that what is in it depends on; a multiple of `STRIDE`.

The network reaches 115 pixels: 64 by the blocks, 32 by the relief's windows, the rest by the
convolutions at the larger sizes.
"""

SAMPLE = 512
SAMPLES = 3
"""What statistics are taken from in large pictures: pieces of this size, this many along a side."""


@dataclass(frozen=True)
class Side:
    """One side of a picture, `length` pixels long, with its margins."""

    length: int

    @property
    def padded(self) -> int:
        """The length with its margins, a multiple of `STRIDE`."""
        return self.length + 2 * MARGIN + -self.length % STRIDE

    def indices(self) -> NDArray[np.intp]:
        """For each padded pixel, the one of the picture that is seen there.

        A picture shorter than its margins is reflected again and again.
        """
        margins = (MARGIN, self.padded - MARGIN - self.length)
        return np.pad(np.arange(self.length), margins, mode="reflect")

    def samples(self) -> tuple[slice, ...]:
        """Up to `SAMPLES` pieces spread over the padded side, of up to `SAMPLE` pixels each."""
        size = min(SAMPLE, self.padded)
        count = min(SAMPLES, -(-self.padded // size))
        starts = np.linspace(0, self.padded - size, count) // STRIDE * STRIDE
        return tuple(slice(start, start + size) for start in starts.astype(int).tolist())

    def spans(self, tile: int) -> Iterator[Span]:
        """Spans of at most `tile` padded pixels without their halos, that cover the picture."""
        count = -(-self.padded // tile)
        bounds = [round(i * self.padded / count / STRIDE) * STRIDE for i in range(count + 1)]
        for start, stop in itertools.pairwise(bounds):
            yield Span(
                max(0, start - HALO),
                min(self.padded, stop + HALO),
                max(MARGIN, start),
                min(MARGIN + self.length, stop),
            )


@dataclass(frozen=True)
class Span:
    """A tile along one side, in padded pixels.

    `start` to before `stop` is what is filtered, `first` to before `last` what is kept of it.
    """

    start: int
    stop: int
    first: int
    last: int

    @property
    def kept(self) -> slice:
        """What is kept, within what is filtered."""
        return slice(self.first - self.start, self.last - self.start)

    @property
    def place(self) -> slice:
        """Where it belongs in the picture."""
        return slice(self.first - MARGIN, self.last - MARGIN)
