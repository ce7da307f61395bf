"""Photoshop files, made by Adobe's specification."""

from __future__ import annotations

import struct

import imagecodecs
import numpy as np
from numpy.typing import NDArray

BITMAP, GREY, INDEXED, RGB, CMYK, MULTICHANNEL, LAB = 0, 1, 2, 3, 4, 7, 9


def psd(
    values: NDArray[np.generic],
    mode: int,
    *,
    runs: bool = False,
    big: bool = False,
    layers: int | None = None,
    palette: bytes = b"",
    resources: bytes = b"",
    bits: int | None = None,
) -> bytes:
    """A file of (H, W, C) samples; of `layers` only the count is there."""
    height, width, channels = values.shape
    bits = bits or 8 * values.dtype.itemsize
    wide = "Q" if big else "I"
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1 + big, channels, height, width, bits, mode)
    info = b"" if layers is None else struct.pack(f">{wide}h", 2, layers)
    planes = [np.ascontiguousarray(values[..., channel]) for channel in range(channels)]
    if bits == 1:
        planes = [np.packbits(plane, axis=1) for plane in planes]
    rows = [row.astype(row.dtype.newbyteorder(">")).tobytes() for plane in planes for row in plane]
    if runs:
        rows = [bytes(imagecodecs.packbits_encode(row)) for row in rows]
    lengths = struct.pack(f">{len(rows)}{'I' if big else 'H'}", *map(len, rows)) if runs else b""
    return b"".join(
        [
            *(header, struct.pack(">I", len(palette)), palette),
            *(struct.pack(">I", len(resources)), resources),
            *(struct.pack(f">{wide}", len(info)), info),
            *(struct.pack(">H", int(runs)), lengths, *rows),
        ]
    )
