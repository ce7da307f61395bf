"""Metadata in JPEG files: segments APP1 (EXIF, XMP) and APP13 (IPTC, in Photoshop's resources)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress

from styleplug.image.exif import IPTC as IPTC_TAG
from styleplug.image.exif import without
from styleplug.image.extended_xmp import merged, split

APP0, APP1, APP13, START_OF_SCAN = 0xE0, 0xE1, 0xED, 0xDA
EXIF = b"Exif\0\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP = b"Photoshop 3.0\0"
IPTC_RESOURCE = 0x0404

_LONGEST = 65_533  # bytes of a segment after its length
# Before each part of an extension: its name, the length of all, where the part belongs.
_PLACE = 32 + 4 + 4


def blocks_of(data: bytes) -> tuple[bytes | None, bytes | None, bytes | None]:
    """The EXIF block, the XMP packet with its extension, and the IPTC records of a JPEG file."""
    exif, xmp, photoshop = b"", b"", b""
    extensions: dict[str, bytearray] = {}
    for marker, payload in _segments(data):
        if marker == APP1 and payload.startswith(EXIF):
            exif += payload[len(EXIF) :]
        elif marker == APP1 and payload.startswith(XMP):
            xmp = xmp or payload[len(XMP) :]
        elif marker == APP1 and payload.startswith(EXTENSION):
            _collect(extensions, payload[len(EXTENSION) :])
        elif marker == APP13 and payload.startswith(PHOTOSHOP):
            photoshop += payload[len(PHOTOSHOP) :]
    if extensions:
        with suppress(ValueError):  # a damaged extension is no reason to lose the packet
            xmp = merged(xmp, {name: bytes(part) for name, part in extensions.items()})
    return exif or None, xmp or None, iptc_of(photoshop)


def iptc_of(resources: bytes) -> bytes | None:
    """The IPTC records among Photoshop's resources: signature, number, name, length, data."""
    at = 0
    while resources[at : at + 4] == b"8BIM" and at + 12 <= len(resources):
        number, name_length = struct.unpack_from(">HB", resources, at + 4)
        at += 6 + (name_length + 2) // 2 * 2
        length = int.from_bytes(resources[at : at + 4], "big")
        if number == IPTC_RESOURCE:
            return resources[at + 4 : at + 4 + length] or None
        at += 4 + (length + 1) // 2 * 2
    return None


def embedded(encoded: bytes, exif: bytes | None, xmp: bytes | None, iptc: bytes | None) -> bytes:
    """A JPEG file with metadata in it, behind its JFIF segment.

    What is longer than a segment continues in the next, as ExifTool reads it.

    Raises:
        ValueError: the packet has too many properties.
    """
    segments = b""
    for part in _parts(without(exif, IPTC_TAG) if exif else b"", _LONGEST - len(EXIF)):
        segments += _segment(APP1, EXIF + part)
    if xmp:
        main, extension, name = split(xmp, _LONGEST - len(XMP))
        segments += _segment(APP1, XMP + main)
        room = _LONGEST - len(EXTENSION) - _PLACE
        for index, part in enumerate(_parts(extension or b"", room)):
            place = name.encode() + struct.pack(">II", len(extension or b""), index * room)
            segments += _segment(APP1, EXTENSION + place + part)
    if iptc:
        resource = b"8BIM" + struct.pack(">HHI", IPTC_RESOURCE, 0, len(iptc)) + iptc
        for part in _parts(resource + bytes(len(iptc) % 2), _LONGEST - len(PHOTOSHOP)):
            segments += _segment(APP13, PHOTOSHOP + part)
    at = 2
    if encoded[at : at + 2] == bytes([0xFF, APP0]):
        at += 2 + int.from_bytes(encoded[at + 2 : at + 4], "big")
    return encoded[:at] + segments + encoded[at:]


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers and contents of the segments before the pixels."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill bytes may come before a marker
            at += 1
            continue
        if marker == START_OF_SCAN:
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + max(2, length)


def _collect(extensions: dict[str, bytearray], content: bytes) -> None:
    """Put a part of an extension in its place."""
    if len(content) < _PLACE:
        return
    name = content[:32].decode("ascii", "replace")
    _, offset = struct.unpack_from(">II", content, 32)
    parts = extensions.setdefault(name, bytearray())
    if offset == len(parts):  # else a part is missing, or comes out of turn
        parts += content[_PLACE:]


def _parts(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
