"""The bytes of a picture file, decoded by whichever library reads its format."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image

from styleplug.errors import (
    ImageError,
    ImageTooLargeError,
    MissingDependencyError,
    UnsupportedImageError,
)
from styleplug.image import cicp, heif, high_bit_depth, jxl, png, png_colour, psd, raw, tiff
from styleplug.image.isobmff import numbered_colours
from styleplug.image.jpeg_metadata import without_ballast
from styleplug.image.pil import finished, samples_of
from styleplug.image.readers import overlooked
from styleplug.image.samples import MAX_PIXELS, Samples, check_size, room, with_alpha

# Not all that Pillow knows: it starts Ghostscript for PostScript. MPO goes as JPEG. Those that are
# loaded in any case come first.
_PILLOW_FORMATS = ("JPEG", "GIF", "BMP", "PPM", "WEBP", "AVIF", "JPEG2000", "TGA")

_JPEG, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_ANY_BITS = (b"\x55", b"\xaa")
# What people take for pictures, and how such files begin, or go on after four bytes.
_NOT_READ: Mapping[str, tuple[bytes, ...]] = {
    "PostScript": (b"%!PS", b"\xc5\xd0\xd3\xc6"),
    "PDF": (b"%PDF",),
    "SVG or XML": (b"<svg", b"<?xml"),
    "GIMP": (b"gimp xcf",),
    "OpenEXR": (b"v/1\x01",),
    "Radiance HDR": (b"#?RADIANCE", b"#?RGBE"),
    "DDS": (b"DDS ",),
    "icon": (b"\0\0\x01\0", b"icns"),
    "QOI": (b"qoif",),
    "JPEG XR": (b"II\xbc\x01",),
    "PAM": (b"P7\n",),
    "PCX": (b"\x0a\x05\x01\x08",),
    "FITS": (b"SIMPLE  =",),
    "ZIP": (b"PK\x03\x04",),
    "video": (b"\x1aE\xdf\xa3", b"ftypqt", b"ftypisom", b"ftypmp4", b"ftypM4V"),
}

MAX_SCANS = 16
"""How often a JPEG file may go over the largest picture; over a smaller one, as much more often."""


def decoded(data: bytes, path: Path) -> Samples:
    """The samples of a file, the first or main picture where it holds several; content decides.

    Call it within `decoder_errors`.

    Raises:
        UnsupportedImageError: the library that its format needs isn't installed.
        ImageTooLargeError: it has too many pixels; it isn't decoded then.
        Exception: whatever the libraries raise on damaged data.
    """
    try:
        if heif.is_heif(data):
            return heif.decoded(data, path)
        if jxl.is_jxl(data):
            return jxl.decoded(data, path)
        if raw.is_raw(data):
            return raw.decoded(data, path)
        if tiff.is_tiff(data):
            return tiff.decoded(data, path)
        if psd.is_psd(data):
            return psd.decoded(data, path)
        if data.startswith(png.SIGNATURE):
            return _png(data, path)
        if data.startswith(_JPEG):
            return _jpeg(data, path)
        return _by_pillow(data, path)
    except MissingDependencyError as error:
        raise UnsupportedImageError(path, f"can't be read, since {error}") from error


def _png(data: bytes, path: Path) -> Samples:
    """The picture of a PNG file, whatever is damaged or too long beside its pixels."""
    data = png.without_long_texts(data)
    try:
        return _png_of(data, data, path)
    except ImageError:
        raise
    except Exception:
        remark = "has damaged data beside its pixels; they were ignored"
    try:
        samples = _png_of(png.undamaged(data), data, path)
    except Exception:
        remark = "has damaged data beside its pixels; they, and its colour profile, were ignored"
        samples = _png_of(png.pixels_only(data), data, path)
    return replace(samples, remarks=(*samples.remarks, remark))


def _png_of(part: bytes, data: bytes, path: Path) -> Samples:
    """The picture in a part of a PNG file, with the colours that the whole describes."""
    with Image.open(io.BytesIO(part), formats=["PNG"]) as image:
        check_size(*image.size, path)
        if part[24] == 16:
            samples = finished(high_bit_depth.png_decoded(part, image), image)
        else:
            samples = samples_of(image, path)
        has_profile = image.info.get("icc_profile") is not None
        return png_colour.described(samples, data, has_profile=has_profile)


def _jpeg(data: bytes, path: Path) -> Samples:
    """The picture of a JPEG file, which may lack the mark of its end.

    That no pixels are missing shows where nothing that could come before the mark makes a
    difference.
    """
    data = without_ballast(data)
    try:
        return _by_pillow(data, path)
    except ImageError:
        raise
    except Exception:
        begun = data.removesuffix(_JPEG_END[:1])
        one, other = (_by_pillow(begun + bits * 64 + _JPEG_END, path) for bits in _ANY_BITS)
        if not np.array_equal(one.colours, other.colours):
            raise
    return replace(one, remarks=(*one.remarks, "lacks the mark of its end, but no pixels"))


def _by_pillow(data: bytes, path: Path) -> Samples:
    for kind, marks in _NOT_READ.items():
        if data.startswith(marks) or data.startswith(marks, 4):
            raise UnsupportedImageError(
                path, f"is a file of the kind {kind}, which isn't read; make a PNG or TIFF of it"
            )
    with Image.open(io.BytesIO(data), formats=_PILLOW_FORMATS) as image:
        check_size(*image.size, path)
        image.info.update(overlooked(data, image.format))
        if data.startswith(_JPEG):
            _check_scans(data, *image.size, path)
        if image.format == "WEBP" and not getattr(image, "is_animated", False):
            return finished(_webp(data, image), image)
        if image.format == "JPEG2000" and high_bit_depth.is_deep_jp2(data, image):
            return finished(high_bit_depth.jp2_decoded(data, image), image)
        samples = samples_of(image, path)
        if image.format == "AVIF" and "icc_profile" not in image.info:
            numbers = numbered_colours(data)
            samples = samples if numbers is None else cicp.described(samples, *numbers)
        return samples


def _webp(data: bytes, image: Image.Image) -> Samples:
    """The picture of a WebP file, of which Pillow's decoder keeps four copies."""
    channels = len(image.getbands())
    out = room(image.height, image.width, channels, np.uint8)
    return with_alpha(imagecodecs.webp_decode(data, hasalpha=channels == 4, out=out), 3)


def _check_scans(data: bytes, width: int, height: int, path: Path) -> None:
    """Refuse a JPEG file that goes over the picture again and again: hours of work in few bytes."""
    scans = data.count(b"\xff\xda")
    if scans * width * height > MAX_SCANS * MAX_PIXELS:
        raise ImageTooLargeError(
            path, f"has {scans} scans, which are more than it is safe to decode; save it anew"
        )
