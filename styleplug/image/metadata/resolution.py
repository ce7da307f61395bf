"""The resolution in print: each format has its own place for it, and EXIF has one for all."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import TypeAlias

from styleplug.image.metadata.tiff_directories import RATIONAL, SHORT, Entry, Tiff, TiffReader

Resolution: TypeAlias = tuple[float, float]
"""Pixels an inch, across and down."""

INCHES_PER_CENTIMETRE, INCHES_PER_METRE = 1 / 2.54, 1 / 0.0254
_ACROSS, _DOWN, _UNIT = 0x11A, 0x11B, 0x128
_INCH, _CENTIMETRE = 2, 3
_INCHES = {_INCH: 1.0, _CENTIMETRE: INCHES_PER_CENTIMETRE}
_DENOMINATOR = 100
_MOST = 65_535
_HALF_A_PIXEL_PER_METRE = 0.5 * 0.0254


def resolution_of(across: float, down: float, inches: float = 1) -> Resolution | None:
    """A resolution to its hundredths, or as a whole number where PNG couldn't tell it from that:
    300, which it has to call 11811 a metre, stays 300.

    Args:
        across: pixels in a length.
        down: likewise.
        inches: the length.

    Returns:
        None for numbers that can't be meant: JPEG holds none that are larger.
    """
    across, down = across / inches, down / inches
    if not 0 < min(across, down) <= max(across, down) <= _MOST:
        return None
    return _rounded(across), _rounded(down)


def in_exif(block: bytes) -> Resolution | None:
    """The resolution in the first directory of an EXIF block."""
    tiff = TiffReader(block)
    entries = tiff.directory(tiff.first)
    inches = _INCHES.get(tiff.number(entries, _UNIT) or _INCH)
    sides = [entries[tag] for tag in (_ACROSS, _DOWN) if tag in entries]
    if inches is None or [(side.type, side.count) for side in sides] != [(RATIONAL, 1)] * 2:
        return None
    parts = [struct.unpack(f"{tiff.order}II", side.value) for side in sides]
    across, down = (over / under if under else 0 for over, under in parts)
    return resolution_of(across, down, inches)


def with_resolution(block: bytes | None, resolution: Resolution) -> bytes:
    """The block, or a new one, with the resolution, in a first directory that lies at its end."""
    if block and in_exif(block) == resolution:
        return block
    tiff = Tiff(block) if block else Tiff.empty("<")
    entries = [Entry(_UNIT, SHORT, 1, struct.pack(f"{tiff.order}H", _INCH))]
    for tag, value in zip((_ACROSS, _DOWN), resolution, strict=True):
        parts = Fraction(value).limit_denominator(_DENOMINATOR).as_integer_ratio()
        entries.append(Entry(tag, RATIONAL, 1, struct.pack(f"{tiff.order}II", *parts)))
    tiff.extend_first(*entries)
    return bytes(tiff.data)


def _rounded(value: float) -> float:
    if abs(value - round(value)) <= _HALF_A_PIXEL_PER_METRE:
        return float(round(value))
    return float(Fraction(value).limit_denominator(_DENOMINATOR))
