"""Photoshop's resources, in files of its own and in JPEG files."""

from __future__ import annotations

import struct

from styleplug.image.blocks import Metadata
from styleplug.image.resolution import Resolution, resolution_of

RESOLUTION, IPTC, PROFILE, EXIF, XMP = 1005, 1028, 1039, 1058, 1060
_HEADER = 26
_MOST = 10_000  # resources that are looked at; a file has some thirty


def blocks_of(data: bytes) -> Metadata:
    """What a file of Photoshop says besides its pixels.

    The header, the palette and the resources stand one after the other, the last two behind their
    lengths (Adobe Photoshop File Formats Specification).
    """
    at = _HEADER + 4 + int.from_bytes(data[_HEADER : _HEADER + 4], "big")
    length = int.from_bytes(data[at : at + 4], "big")
    found = resources_of(data[at + 4 : at + 4 + length])
    return Metadata(
        exif=found.get(EXIF),
        xmp=found.get(XMP),
        iptc=found.get(IPTC),
        resolution=_resolution(found.get(RESOLUTION, b"")),
    )


def resources_of(data: bytes) -> dict[int, bytes]:
    """Resources by their numbers: signature, number, name, length, data; of two, the first."""
    found: dict[int, bytes] = {}
    at = 0
    for _ in range(_MOST):
        if data[at : at + 4] != b"8BIM" or at + 12 > len(data):
            break
        number, name_length = struct.unpack_from(">HB", data, at + 4)
        at += 6 + (name_length + 2) // 2 * 2
        length = int.from_bytes(data[at : at + 4], "big")
        if number in (RESOLUTION, IPTC, PROFILE, EXIF, XMP):
            found.setdefault(number, data[at + 4 : at + 4 + length])
        at += 4 + (length + 1) // 2 * 2
    return found


def _resolution(content: bytes) -> Resolution | None:
    """Two fixed-point numbers, each with the units in which a person is told."""
    if len(content) < 12:
        return None
    across, down = struct.unpack_from(">I4xI", content)
    return resolution_of(across / 2**16, down / 2**16)
