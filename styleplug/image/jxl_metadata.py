"""Metadata in JPEG XL files: boxes "Exif" and "xml ", which may be compressed (ISO/IEC 18181-2)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import imagecodecs

EXIF, XMP, COMPRESSED = b"Exif", b"xml ", b"brob"
_PIXELS = (b"jxlc", b"jxlp")
_LONGEST = 16 * 2**20  # of what a compressed box holds


def blocks_of(data: bytes) -> tuple[bytes | None, bytes | None, bytes | None]:
    """The EXIF block and the XMP packet of a file; IPTC has no box, and a file without a container
    has nothing."""
    found: dict[bytes, bytes] = {}
    for kind, start, end in _boxes(data):
        content = data[start:end]
        if kind == COMPRESSED:
            kind, content = content[:4], _inflated(content[4:])
        found.setdefault(kind, content)
    exif = found.get(EXIF, b"")
    offset = int.from_bytes(exif[:4], "big")  # of the TIFF header, behind the number itself
    return exif[4 + offset :] or None, found.get(XMP) or None, None


def embedded(encoded: bytes, exif: bytes | None, xmp: bytes | None, iptc: bytes | None) -> bytes:
    """A file with a container, and metadata in it before the pixels."""
    boxes = _box(EXIF, bytes(4) + exif) if exif else b""
    boxes += _box(XMP, xmp) if xmp else b""
    at = next(start - 8 for kind, start, _ in _boxes(encoded) if kind in _PIXELS)
    return encoded[:at] + boxes + encoded[at:]


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kinds of the boxes, and where their contents begin and end."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if length == 1 and start + 8 <= len(data):  # a longer number follows
            [length] = struct.unpack_from(">Q", data, start)
            start += 8
        end = at + length if length else len(data)  # 0 is all the rest
        yield kind, start, end
        at = max(end, start)


def _inflated(data: bytes) -> bytes:
    return bytes(imagecodecs.brotli_decode(data, out=_LONGEST))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content
