"""Pictures as the bytes of a file, in each format that is written."""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from styleplug.errors import MissingDependencyError, UnwritableImageError
from styleplug.image.colour import ProfileError, from_srgb
from styleplug.image.formats import FORMATS, Format, codec_of
from styleplug.image.formats.codec import Writer
from styleplug.image.metadata import exif
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.correction import THUMBNAIL_SIDE, corrected
from styleplug.image.metadata.resolution import in_exif, with_resolution
from styleplug.image.metadata.texts import in_xmp
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted
from styleplug.image.samples import Array, quantised

_BY_EXTENSION = {extension: format for format in FORMATS for extension in format.writes}

_log = logging.getLogger("styleplug")


def check_format(path: Path) -> None:
    """Make sure that a picture can be stored in the format that the extension names.

    Raises:
        UnwritableImageError: there is no such format, or its library isn't installed.
    """
    format = _BY_EXTENSION.get(path.suffix.lower())
    if format is None:
        raise UnwritableImageError(
            path, f"has no known extension; use one of {', '.join(_BY_EXTENSION)}"
        )
    writer = _writer(format)
    if writer.check is not None:
        try:
            writer.check()
        except MissingDependencyError as error:
            raise UnwritableImageError(path, f"can't be written, since {error}") from error


def encoded(picture: Picture, path: Path) -> bytes:
    """The content of a file, in the format that the extension names.

    It has the metadata and, unless it is JPEG XL, the profile that the picture came with, and 16
    bits a channel where the picture had them and the format holds them: PNG and TIFF do, HEIF keeps
    10 of them. Every picture is written in RGB, since a grey one doesn't stay grey when it is
    painted. Where the format holds no transparency, the picture is laid on white.

    Raises:
        UnwritableImageError: the picture is larger than the format allows, or can't be stored.
    """
    format = _BY_EXTENSION[path.suffix.lower()]
    writer = _writer(format)
    if writer.longest_side is not None and max(picture.size) > writer.longest_side:
        raise UnwritableImageError(
            path,
            f"{format.label} holds at most {writer.longest_side} pixels a side, and the picture has"
            f" {max(picture.size)}; use .png or .tif",
        )
    try:
        profile = picture.origin.profile if writer.has_profile else None
        encode = partial(writer.encode, _layers(picture, profile, writer), profile)
        metadata = picture.origin.metadata
        if metadata.exif and exif.is_exif(metadata.exif) and not writer.has_profile:
            metadata = replace(metadata, exif=exif.in_srgb(metadata.exif))
        metadata = corrected(metadata, picture.turn, partial(_thumbnail, picture))
        return _with_metadata(encode, format, writer, metadata)
    except (OSError, ValueError, RuntimeError, struct.error, ProfileError) as error:
        raise UnwritableImageError(
            path, f"can't be stored as {format.label} ({error}); use another format"
        ) from error


def _writer(format: Format) -> Writer:
    writer = codec_of(format).writer
    assert writer is not None, "it says which files it writes"
    return writer


def _with_metadata(
    encode: Callable[..., bytes], format: Format, writer: Writer, metadata: Metadata
) -> bytes:
    """The picture file that an encoder makes, with metadata in it.

    Where they can't be stored, the file is without, and a log line says so. XMP goes first, which
    is the likeliest to be too much for a format.
    """
    for kept in (metadata, replace(metadata, xmp=None)) if metadata.xmp else (metadata,):
        try:
            return _embedded(encode, writer, kept)
        except Exception as error:  # encoders raise nearly anything, and the picture is worth more
            lost = "XMP data" if kept.xmp else "metadata"
            _log.warning("the %s can't be stored in a %s file (%s)", lost, format.label, error)
    return encode()


def _embedded(encode: Callable[..., bytes], writer: Writer, metadata: Metadata) -> bytes:
    """The file with all metadata, each in the place that the format has for it.

    What has none of its own goes into the EXIF block, as TIFF has it, and texts go into XMP, as far
    as it has properties for them.
    """
    block, iptc, resolution = metadata.exif, metadata.iptc, metadata.resolution
    if not writer.has_iptc and iptc and not (block and exif.iptc_of(block) == iptc):
        block = exif.with_iptc(block, iptc)
    is_reversed = block and resolution and in_exif(block) == resolution[::-1]
    if resolution and (is_reversed or not writer.has_resolution):
        block = with_resolution(block, resolution)
    xmp = in_xmp(metadata.xmp, [text for text in metadata.texts if not writer.has_text(text)])
    if writer.embed is not None:
        return writer.embed(encode(), replace(metadata, exif=block, xmp=xmp))
    if block and writer.is_turned_by_exif:
        block = exif.without(block, exif.ORIENTATION)
    return encode(**{name: data for name, data in (("exif", block), ("xmp", xmp)) if data})


def _thumbnail(picture: Picture) -> Image.Image:
    """The picture, small, on white where it is transparent."""
    pixels = fitted(picture.pixels, THUMBNAIL_SIDE)
    if picture.alpha is not None:
        pixels = _on_white(pixels, fitted(picture.alpha, THUMBNAIL_SIDE))
    return Picture(pixels).to_pil()


def _layers(picture: Picture, profile: bytes | None, writer: Writer) -> NDArray[Any]:
    """(H, W, 3) or (H, W, 4) samples, uint8 or uint16, in a profile's colours."""
    pixels, alpha = picture.pixels, picture.alpha
    if alpha is not None and not writer.has_alpha:
        pixels, alpha = _on_white(pixels, alpha), None
    layers = from_srgb(pixels, profile)
    if alpha is not None:
        layers = np.dstack([layers, alpha])
    return quantised(layers, picture.origin.depth if writer.is_deep else 8)


def _on_white(pixels: Array, alpha: Array) -> Array:
    """The pixels in front of white, mixed as browsers mix them: by their sRGB values."""
    opacity = alpha[..., np.newaxis]
    return pixels * opacity + (1 - opacity)
