"""Photoshop's resources, in files of its own, in JPEG, PNG, TIFF and JPEG 2000."""

from __future__ import annotations

import struct

RESOLUTION, IPTC, PROFILE, EXIF, XMP = 1005, 1028, 1039, 1058, 1060
_MOST = 10_000  # resources that are looked at; a file has some thirty


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
