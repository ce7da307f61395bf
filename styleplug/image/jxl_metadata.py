"""Metadata in JPEG XL files: boxes "Exif" and "xml ", which may be compressed (ISO/IEC 18181-2)."""

from __future__ import annotations

import struct

import imagecodecs

from styleplug.image.jxl import PIXELS, boxes

EXIF, XMP, COMPRESSED = b"Exif", b"xml ", b"brob"
_LONGEST = 16 * 2**20  # of what a compressed box holds


def blocks_of(data: bytes) -> tuple[bytes | None, bytes | None, bytes | None]:
    """The EXIF block and the XMP packet of a file; IPTC has no box, and a file without a container
    has nothing."""
    found: dict[bytes, bytes] = {}
    for kind, start, end in boxes(data):
        name = data[start : start + 4] if kind == COMPRESSED else kind
        if name in (EXIF, XMP) and name not in found:
            is_plain = kind == name
            found[name] = data[start:end] if is_plain else _inflated(data[start + 4 : end])
    exif = found.get(EXIF, b"")
    offset = int.from_bytes(exif[:4], "big")  # of the TIFF header, behind the number itself
    return exif[4 + offset :] or None, found.get(XMP) or None, None


def embedded(encoded: bytes, exif: bytes | None, xmp: bytes | None, iptc: bytes | None) -> bytes:
    """A file with a container, and metadata in it before the pixels."""
    more = _box(EXIF, bytes(4) + exif) if exif else b""
    more += _box(XMP, xmp) if xmp else b""
    at = next(start - 8 for kind, start, _ in boxes(encoded) if kind in PIXELS)
    return encoded[:at] + more + encoded[at:]


def _inflated(data: bytes) -> bytes:
    return bytes(imagecodecs.brotli_decode(data, out=_LONGEST))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content
