"""Metadata in JPEG 2000 files: boxes with an identifier, and some of the header (ISO 15444-1)."""

from __future__ import annotations

import struct

from styleplug.image.blocks import Metadata
from styleplug.image.boxes import XMP, content
from styleplug.image.photoshop import IPTC, resources_of
from styleplug.image.resolution import INCHES_PER_METRE, Resolution, resolution_of

_EXIF = b"JpgTiffExif->JP2"
_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_ICC_PROFILES = (2, 3)  # the ways to tell colours that are one, restricted or of any kind
_RATIOS = struct.Struct(">HHHHbb")


def blocks_of(data: bytes) -> Metadata:
    """What a JPEG 2000 file says besides its pixels."""
    iptc = content(data, _IPTC)
    return Metadata(
        exif=content(data, _EXIF) or None,
        xmp=content(data, XMP) or None,
        iptc=resources_of(iptc).get(IPTC) or iptc or None,
        resolution=_resolution(data),
    )


def profile_of(data: bytes) -> bytes | None:
    """The ICC profile in the header of a JPEG 2000 file."""
    colours = content(data, b"jp2h", b"colr")
    return colours[3:] if colours and colours[0] in _ICC_PROFILES else None


def _resolution(data: bytes) -> Resolution | None:
    """The resolution at which it is to be shown, or else that of the scanner."""
    found = content(data, b"jp2h", b"res ")
    ratios = content(found, b"resd") or content(found, b"resc")
    if len(ratios) != _RATIOS.size:
        return None
    down, under_down, across, under_across, power_down, power_across = _RATIOS.unpack(ratios)
    if not under_down or not under_across:
        return None
    return resolution_of(
        across / under_across * 10.0**power_across,
        down / under_down * 10.0**power_down,
        INCHES_PER_METRE,
    )
