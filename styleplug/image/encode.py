"""Pictures as the bytes of a file, in each format that is written."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from styleplug.errors import MissingDependencyError, UnwritableImageError
from styleplug.image import heif, high_bit_depth, jxl
from styleplug.image.colour import ProfileError, from_srgb
from styleplug.image.exif import in_srgb, is_exif
from styleplug.image.metadata import THUMBNAIL_SIDE, embed_metadata
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted
from styleplug.image.samples import Array, quantised

# Of (H, W, 3) or (H, W, 4) samples, uint8 or uint16, and their ICC profile; those that embed
# metadata themselves take them as options.
_Encoder: TypeAlias = Callable[..., bytes]


@dataclass(frozen=True)
class Format:
    """A file format: how it is written, and what it can hold."""

    name: str
    encode: _Encoder
    has_alpha: bool = True
    has_profile: bool = True
    is_deep: bool = False
    longest_side: int | None = None


def _pillow(name: str, deep_encoder: _Encoder | None = None, **options: Any) -> _Encoder:
    """An encoder that uses Pillow, but for 16 bits another."""

    def encode(layers: NDArray[Any], profile: bytes | None, **blocks: bytes) -> bytes:
        if deep_encoder is not None and layers.dtype == np.uint16:
            return deep_encoder(layers, profile)
        buffer = io.BytesIO()
        Image.fromarray(layers).save(buffer, name, icc_profile=profile, **options, **blocks)
        return buffer.getvalue()

    return encode


_JPEG = Format(
    "JPEG",
    _pillow("JPEG", quality=95, subsampling="4:4:4"),
    has_alpha=False,
    longest_side=65500,
)
_TIFF = Format(
    "TIFF", _pillow("TIFF", high_bit_depth.tiff_encoded, compression="tiff_deflate"), is_deep=True
)
_HEIF = Format("HEIF", heif.encoded, is_deep=True, longest_side=16384)
FORMATS = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif"), _JPEG),
    ".png": Format("PNG", _pillow("PNG", high_bit_depth.png_encoded), is_deep=True),
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".webp": Format("WEBP", _pillow("WEBP", quality=95), longest_side=16383),
    ".avif": Format("AVIF", _pillow("AVIF", quality=90, subsampling="4:4:4"), longest_side=65535),
    **dict.fromkeys((".heic", ".heif", ".hif"), _HEIF),
    ".jxl": Format("JPEG XL", jxl.encoded, has_profile=False),
}


def check_format(path: Path) -> None:
    """Make sure that a picture can be stored in the format that the extension names.

    Raises:
        UnwritableImageError: there is no such format, or its library isn't installed.
    """
    format = FORMATS.get(path.suffix.lower())
    if format is None:
        raise UnwritableImageError(path, f"has no known extension; use one of {', '.join(FORMATS)}")
    if format is _HEIF:
        try:
            heif.library()
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
    format = FORMATS[path.suffix.lower()]
    if format.longest_side is not None and max(picture.size) > format.longest_side:
        raise UnwritableImageError(
            path,
            f"{format.name} holds at most {format.longest_side} pixels a side, and the picture has"
            f" {max(picture.size)}; use .png or .tif",
        )
    thumbnail = partial(_thumbnail, picture)
    try:
        profile = picture.origin.profile if format.has_profile else None
        encode = partial(format.encode, _layers(picture, profile, format), profile)
        metadata = picture.origin.metadata
        if metadata.exif and is_exif(metadata.exif) and not format.has_profile:
            metadata = replace(metadata, exif=in_srgb(metadata.exif))
        return embed_metadata(encode, format.name, metadata, picture.turn, thumbnail)
    except (OSError, ValueError, RuntimeError, struct.error, ProfileError) as error:
        raise UnwritableImageError(
            path, f"can't be stored as {format.name} ({error}); use another format"
        ) from error


def _thumbnail(picture: Picture) -> Image.Image:
    """The picture, small, on white where it is transparent."""
    pixels = fitted(picture.pixels, THUMBNAIL_SIDE)
    if picture.alpha is not None:
        pixels = _on_white(pixels, fitted(picture.alpha, THUMBNAIL_SIDE))
    return Picture(pixels).to_pil()


def _layers(picture: Picture, profile: bytes | None, format: Format) -> NDArray[Any]:
    """(H, W, 3) or (H, W, 4) samples, uint8 or uint16, in a profile's colours."""
    pixels, alpha = picture.pixels, picture.alpha
    if alpha is not None and not format.has_alpha:
        pixels, alpha = _on_white(pixels, alpha), None
    layers = from_srgb(pixels, profile)
    if alpha is not None:
        layers = np.dstack([layers, alpha])
    return quantised(layers, picture.origin.depth if format.is_deep else 8)


def _on_white(pixels: Array, alpha: Array) -> Array:
    """The pixels in front of white, mixed as browsers mix them: by their sRGB values."""
    opacity = alpha[..., np.newaxis]
    return pixels * opacity + (1 - opacity)
