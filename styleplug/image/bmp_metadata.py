"""The colour profile in BMP files, whose header has a place for it since its fifth version."""

from __future__ import annotations

import struct

_HEADER = 14  # where the header of the picture begins, behind that of the file
_FIFTH_VERSION = 124
_EMBEDDED = b"DEBM"  # MBED, the lowest byte first


def profile_of(data: bytes) -> bytes | None:
    """The ICC profile of a BMP file (BITMAPV5HEADER)."""
    if len(data) < _HEADER + _FIFTH_VERSION or not data.startswith(_EMBEDDED, _HEADER + 56):
        return None
    length, start, size = struct.unpack_from("<I108xII", data, _HEADER)
    start += _HEADER
    return data[start : start + size] if length >= _FIFTH_VERSION else None
