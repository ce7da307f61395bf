"""Metadata in JPEG XL files: boxes "Exif" and "xml ", which may be compressed (ISO/IEC 18181-2)."""

from __future__ import annotations

import struct
from itertools import islice

import imagecodecs

from styleplug.image.blocks import MAX_BLOCK, Metadata
from styleplug.image.boxes import boxes
from styleplug.image.jxl import PIXELS

EXIF, XMP, COMPRESSED = b"Exif", b"xml ", b"brob"
_LONGEST = MAX_BLOCK  # of what a compressed box holds
_MOST_BOXES = 10_000


def blocks_of(data: bytes) -> Metadata:
    """The EXIF block and the XMP packet of a file; IPTC has no box, and a file without a container
    has nothing."""
    found: dict[bytes, bytes] = {}
    for kind, start, end in islice(boxes(data), _MOST_BOXES):
        name = data[start : start + 4] if kind == COMPRESSED else kind
        if name in (EXIF, XMP) and name not in found:
            is_plain = kind == name
            found[name] = data[start:end] if is_plain else _inflated(data[start + 4 : end])
    exif = found.get(EXIF, b"")
    offset = int.from_bytes(exif[:4], "big")  # of the TIFF header, behind the number itself
    return Metadata(exif[4 + offset :] or None, found.get(XMP) or None)


def embedded(encoded: bytes, metadata: Metadata) -> bytes:
    """A file with a container, and metadata in it before the pixels."""
    more = _box(EXIF, bytes(4) + metadata.exif) if metadata.exif else b""
    more += _box(XMP, metadata.xmp) if metadata.xmp else b""
    at = next(start - 8 for kind, start, _ in boxes(encoded) if kind in PIXELS)
    return encoded[:at] + more + encoded[at:]


def _inflated(data: bytes) -> bytes:
    """What a compressed box holds; where it is damaged or too long, what no block looks like."""
    try:
        return bytes(imagecodecs.brotli_decode(data, out=_LONGEST))
    except imagecodecs.BrotliError:
        return data


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content
