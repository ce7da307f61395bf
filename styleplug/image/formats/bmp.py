"""BMP files: read by Pillow, which overlooks the colour profile that they may have since the fifth
version of their header."""

from __future__ import annotations

import struct

from styleplug.image.formats.codec import Codec, begins
from styleplug.image.pil import blocks_of, opened, samples_of
from styleplug.image.samples import PathOrNone, Samples

_HEADER = 14  # where the header of the picture begins, behind that of the file
_FIFTH_VERSION = 124
_EMBEDDED = b"DEBM"  # MBED, the lowest byte first


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The picture of a file."""
    with opened(data, "BMP", path) as image:
        if profile := _profile(data):
            image.info["icc_profile"] = profile
        return samples_of(image, path)


def _profile(data: bytes) -> bytes | None:
    """The ICC profile (BITMAPV5HEADER)."""
    if len(data) < _HEADER + _FIFTH_VERSION or not data.startswith(_EMBEDDED, _HEADER + 56):
        return None
    length, start, size = struct.unpack_from("<I108xII", data, _HEADER)
    start += _HEADER
    return data[start : start + size] if length >= _FIFTH_VERSION else None


CODEC = Codec(matches=begins(b"BM"), decode=decoded, blocks_of=blocks_of)
