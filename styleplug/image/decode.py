"""The bytes of a picture file, decoded by whichever library reads its format."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image

from styleplug.errors import (
    ImageError,
    ImageTooLargeError,
    MissingDependencyError,
    UnsupportedImageError,
)
from styleplug.image import deep, heif, jxl, png, raw, tiff
from styleplug.image.pil import finished, samples_of
from styleplug.image.samples import MAX_PIXELS, Samples, check_size

# Not all that Pillow knows: it starts Ghostscript for PostScript. MPO goes as JPEG. Those that are
# loaded in any case come first.
_PILLOW_FORMATS = (
    *("JPEG", "PNG", "GIF", "BMP", "PPM"),
    *("WEBP", "AVIF", "JPEG2000", "PSD", "TGA"),
)


MAX_SCANS = 64
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
        return _by_pillow(data, path)
    except MissingDependencyError as error:
        raise UnsupportedImageError(path, f"can't be read, since {error}") from error
    except Exception as error:
        if isinstance(error, ImageError) or not data.startswith(png.SIGNATURE):
            raise
    samples = _by_pillow(png.pixels_only(data), path)
    remark = "has damaged data beside its pixels; they, and its colour profile, were ignored"
    return replace(samples, remarks=(*samples.remarks, remark))


def _by_pillow(data: bytes, path: Path) -> Samples:
    with Image.open(io.BytesIO(data), formats=_PILLOW_FORMATS) as image:
        check_size(*image.size, path)
        if image.format in ("JPEG", "MPO"):
            _check_scans(data, *image.size, path)
        if image.format == "PNG" and data[24] == 16:
            return finished(deep.png_decoded(data, image), image)
        return samples_of(image, path)


def _check_scans(data: bytes, width: int, height: int, path: Path) -> None:
    """Refuse a JPEG file that goes over the picture again and again: hours of work in few bytes."""
    scans = data.count(b"\xff\xda")
    if scans * width * height > MAX_SCANS * MAX_PIXELS:
        raise ImageTooLargeError(
            path, f"has {scans} scans, which are more than it is safe to decode; save it anew"
        )
