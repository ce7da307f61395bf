"""GIF files: read by Pillow. Metadata are in extensions with comments, and with an XMP packet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

from styleplug.image import pil
from styleplug.image.formats.codec import Codec, begins
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.texts import comments

_HEADER = 13
_EXTENSION, _PICTURE = 0x21, 0x2C
_COMMENT, _APPLICATION = 0xFE, 0xFF
_XMP = b"\x0bXMP DataXMP"
# The packet isn't cut into blocks; who takes it for such ends up in numbers that count down.
_TRAILER = b"\x01\xff\xfe\xfd"
_MOST_BLOCKS = 1_000_000
"""How many are looked at: there may be one in each two bytes."""


def blocks_of(data: bytes) -> Metadata:
    """What a GIF file says besides its pixels (GIF89a; XMP specification, part 3)."""
    xmp, said = None, []
    row: list[int] = []  # where the blocks of an extension begin
    for label, at in islice(_blocks(data), _MOST_BLOCKS):
        row.append(at)
        if at < len(data) and data[at]:
            continue
        if label == _COMMENT:
            said.append(b"".join(data[start + 1 : start + 1 + data[start]] for start in row[:-1]))
        elif label == _APPLICATION and data.startswith(_XMP, row[0]):
            xmp = xmp or data[row[0] + len(_XMP) : at].partition(_TRAILER)[0]
        row = []
    return Metadata(xmp=xmp, texts=comments(said))


def _blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Labels of extensions and pictures, and where each of their blocks begins, up to that of no
    length, which is the last of a row."""
    at = _HEADER + _palette(data, 10)
    while at + 10 < len(data) and data[at] in (_EXTENSION, _PICTURE):
        if data[at] == _PICTURE:
            label, at = _PICTURE, at + 11 + _palette(data, at + 9)
        else:
            label, at = data[at + 1], at + 2
        while at < len(data) and data[at]:
            yield label, at
            at += 1 + data[at]
        yield label, at
        at += 1


def _palette(data: bytes, at: int) -> int:
    """The bytes of the palette that a byte of flags tells of."""
    flags = data[at] if at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


CODEC = Codec(
    matches=begins(b"GIF87a", b"GIF89a"), decode=partial(pil.decoded, "GIF"), blocks_of=blocks_of
)
