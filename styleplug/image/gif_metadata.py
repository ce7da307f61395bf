"""Metadata in GIF files: extensions with comments, and with an XMP packet."""

from __future__ import annotations

from collections.abc import Iterator

from styleplug.image.blocks import Metadata
from styleplug.image.texts import comments

_HEADER = 13
_EXTENSION, _PICTURE = 0x21, 0x2C
_COMMENT, _APPLICATION = 0xFE, 0xFF
_XMP = b"\x0bXMP DataXMP"
# The packet isn't cut into blocks; who takes it for such ends up in numbers that count down.
_TRAILER = b"\x01\xff\xfe\xfd"
_FARTHEST = 64 * 2**20
"""How far into a file is looked, since there may be a block in each two bytes."""


def blocks_of(data: bytes) -> Metadata:
    """What a GIF file says besides its pixels (GIF89a; XMP specification, part 3)."""
    xmp, said = None, []
    for label, start, end in _extensions(data[:_FARTHEST]):
        if label == _COMMENT:
            said.append(_joined(data, start, end))
        elif label == _APPLICATION and data.startswith(_XMP, start):
            xmp = xmp or data[start + len(_XMP) : end].partition(_TRAILER)[0]
    return Metadata(xmp=xmp, texts=comments(said))


def _extensions(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Labels of the extensions, and where their blocks begin and end."""
    at = _HEADER + _palette(data, 10)
    while at + 10 < len(data) and data[at] in (_EXTENSION, _PICTURE):
        is_picture = data[at] == _PICTURE
        start = at + 11 + _palette(data, at + 9) if is_picture else at + 2
        end = _end(data, start)
        if not is_picture:
            yield data[at + 1], start, end
        at = end + 1


def _palette(data: bytes, at: int) -> int:
    """The bytes of the palette that a byte of flags tells of."""
    flags = data[at] if at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _end(data: bytes, at: int) -> int:
    """Where the block of length 0 lies that ends a row of them."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at


def _joined(data: bytes, start: int, end: int) -> bytes:
    """What the blocks between two places hold."""
    pieces = []
    while start < end:
        pieces.append(data[start + 1 : start + 1 + data[start]])
        start += 1 + data[start]
    return b"".join(pieces)
