"""JPEG 2000 files: read by Pillow, which makes 8 bits of more. Metadata are in boxes with an
identifier, and in some of the header (ISO 15444-1)."""

from __future__ import annotations

import struct
from contextlib import suppress

import imagecodecs
import numpy as np
from PIL import Image

from styleplug.image.boxes import XMP, content
from styleplug.image.formats.codec import Codec, begins
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.photoshop import IPTC, resources_of
from styleplug.image.metadata.resolution import INCHES_PER_METRE, Resolution, resolution_of
from styleplug.image.pil import finished, opened, samples_of
from styleplug.image.samples import PathOrNone, Samples, room, stretched, with_alpha

_CODESTREAM = b"\xff\x4f\xff\x51"
_MARKS = (_CODESTREAM, b"\0\0\0\x0cjP  \r\n\x87\n")
_DEPTH = 42  # where the codestream tells the bits of the first channel
_EXIF = b"JpgTiffExif->JP2"
_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_ICC_PROFILES = (2, 3)  # the ways to tell colours that are one, restricted or of any kind
_RATIOS = struct.Struct(">HHHHbb")


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The picture of a file; one of more than 8 bits becomes one of 16.

    Raises:
        ImageTooLargeError: it has too many pixels.
        Exception: whatever Pillow and imagecodecs raise on damaged data.
    """
    with opened(data, "JPEG2000", path) as image:
        with suppress(Exception):  # damaged notes about a picture that may be whole
            told = {"exif": blocks_of(data).exif, "icc_profile": _profile(data)}
            image.info.update({name: block for name, block in told.items() if block})
        bits = _bits(data)
        if image.mode not in ("RGB", "RGBA") or bits <= 8:
            return samples_of(image, path)
        return finished(_deep(data, image, bits), image)


def _deep(data: bytes, image: Image.Image, bits: int) -> Samples:
    """The picture in RGB, of which Pillow makes white black."""
    out = room(image.height, image.width, len(image.getbands()), np.uint16)
    return with_alpha(stretched(imagecodecs.jpeg2k_decode(data, out=out), bits, 16), 3)


def _bits(data: bytes) -> int:
    """The bits of the first channel (ISO 15444-1, A.5.1); 8 for signed ones, which are rare."""
    at = data.find(_CODESTREAM)
    depth = data[at + _DEPTH] if 0 <= at < len(data) - _DEPTH else 7
    return depth + 1 if depth < 16 else 8


def blocks_of(data: bytes) -> Metadata:
    """What a JPEG 2000 file says besides its pixels."""
    iptc = content(data, _IPTC)
    return Metadata(
        exif=content(data, _EXIF) or None,
        xmp=content(data, XMP) or None,
        iptc=resources_of(iptc).get(IPTC) or iptc or None,
        resolution=_resolution(data),
    )


def _profile(data: bytes) -> bytes | None:
    """The ICC profile in the header."""
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


CODEC = Codec(matches=begins(*_MARKS), decode=decoded, blocks_of=blocks_of)
