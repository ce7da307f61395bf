"""WebP, AVIF, HEIF and JPEG XL files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import Any

import imagecodecs
import numpy as np
from PIL import Image

from . import kinds
from .kinds import (
    ANY_GREY,
    CONVERTED,
    MIDDLE_GREY,
    ORIENTATIONS,
    Array,
    Kind,
    Profiles,
    levels,
    saved,
    smooth,
)

_LOSSY = 4 / 255
_WIDE = 16 / 255  # at the edge of sRGB a level of a wide space is many
_BEST = {"quality": 100, "subsampling": "4:4:4"}
_HEIF = ("heif-convert", "IN", "OUT")
_JXL = ("djxl", "IN", "OUT")
_JXL_16 = (*_JXL, "--bits_per_sample=16")
# These are stored in linear light, whose darks need more.
_SHALLOW = "pillow-jxl-plugin makes 8 bits of all RGB"


def made(profiles: Profiles) -> Iterator[Kind]:
    """All of them."""
    yield from _webp(profiles)
    yield from _avif(profiles)
    yield from _heif(profiles)
    yield from _jxl(profiles)


def _webp(profiles: Profiles) -> Iterator[Kind]:
    for channels, name in {3: "rgb", 4: "rgba"}.items():
        image = Image.fromarray(smooth(channels))
        for lossless in (False, True):
            data = saved(image, "WEBP", lossless=lossless, quality=90, exact=True)
            kind = "lossless" if lossless else "lossy"
            yield Kind(f"webp-{name}-{kind}.webp", data, tolerance=0 if lossless else _LOSSY)
    rgb = Image.fromarray(smooth(3))
    several = {"save_all": True, "append_images": [rgb.transpose(Image.Transpose.ROTATE_180)]}
    yield Kind("webp-animated.webp", saved(rgb, "WEBP", lossless=True, **several))
    for name in ("srgb", "p3", "adobe", "prophoto"):
        data = saved(rgb, "WEBP", lossless=True, icc_profile=profiles[name])
        yield Kind(f"webp-profile-{name}.webp", data, CONVERTED, 2 / 255)
    for number, name in ORIENTATIONS.items():
        data = saved(rgb, "WEBP", lossless=True, exif=kinds.oriented(number))
        yield Kind(f"webp-exif-{number}.webp", data, ("-orient", name))


def _avif(profiles: Profiles) -> Iterator[Kind]:
    rgb = Image.fromarray(smooth(3))
    for sampling in ("4:4:4", "4:2:2", "4:2:0", "4:0:0"):
        data = saved(rgb, "AVIF", quality=90, subsampling=sampling)
        # libheif doesn't interpolate between the colours of larger pixels.
        near = _LOSSY if sampling in ("4:4:4", "4:0:0") else 4 * _LOSSY
        yield Kind(f"avif-{sampling.replace(':', '')}.avif", data, tolerance=near, by=_HEIF)
    yield Kind("avif-rgba.avif", saved(smooth(4), "AVIF", **_BEST), tolerance=_LOSSY, by=_HEIF)
    data = saved(smooth(4), "AVIF", **_BEST, alpha_premultiplied=True)
    # libheif's program doesn't heed the mark.
    yield Kind("avif-multiplied.avif", data, smooth(4) / 255, _LOSSY)
    data = saved(rgb, "AVIF", **_BEST, range="limited")
    yield Kind("avif-limited-range.avif", data, tolerance=_LOSSY, by=_HEIF)
    for bits in (10, 12):
        data = imagecodecs.avif_encode(levels(3, bits), 95, bitspersample=bits)
        yield Kind(f"avif-{bits}-bits.avif", bytes(data), tolerance=_LOSSY, by=_HEIF)
    for name in ("srgb", "p3", "adobe"):
        data = saved(rgb, "AVIF", **_BEST, icc_profile=profiles[name])
        yield Kind(f"avif-profile-{name}.avif", data, CONVERTED, _WIDE, by=_HEIF)
    for number in ORIENTATIONS:
        data = saved(rgb, "AVIF", **_BEST, exif=kinds.oriented(number))
        yield Kind(f"avif-exif-{number}.avif", data, (), _LOSSY, by=_HEIF)
    options = {"matrix": 6, "transfer": 13}
    data = imagecodecs.avif_encode(smooth(3), 95, primaries=12, **options)
    by_profile = ("-profile", "p3.icc", *CONVERTED)  # ImageMagick doesn't look at the numbers
    yield Kind("avif-p3-by-numbers.avif", bytes(data), by_profile, _WIDE, by=_HEIF)
    for name, transfer in {"pq": 16, "hlg": 18}.items():
        grey = np.full(MIDDLE_GREY.shape, 400, np.uint16)
        options = {"bitspersample": 10, "primaries": 9, "transfer": transfer, "matrix": 9}
        data = imagecodecs.avif_encode(grey, 95, **options)
        yield Kind(f"avif-{name}.avif", bytes(data), MIDDLE_GREY, ANY_GREY)


def _heic(mode: str, values: Array, **options: Any) -> bytes:
    import pillow_heif

    buffer = io.BytesIO()
    file = pillow_heif.from_bytes(mode, values.shape[1::-1], np.ascontiguousarray(values).tobytes())
    file.save(buffer, quality=95, **options)
    return buffer.getvalue()


def _heif(profiles: Profiles) -> Iterator[Kind]:
    rgb = smooth(3)
    for chroma in (444, 422, 420):
        yield Kind(
            f"heic-{chroma}.heic", _heic("RGB", rgb, chroma=chroma), tolerance=_LOSSY, by=_HEIF
        )
    yield Kind("heic-hif.hif", _heic("RGB", rgb, chroma=444), tolerance=_LOSSY, by=_HEIF)
    yield Kind("heic-grey.heic", _heic("L", smooth(1)), tolerance=_LOSSY, by=_HEIF)
    rgba = smooth(4)
    yield Kind("heic-rgba.heic", _heic("RGBA", rgba, chroma=444), tolerance=_LOSSY, by=_HEIF)
    multiplied = rgba.copy()
    multiplied[..., :3] = np.rint(rgba[..., :3] * (rgba[..., 3:] / 255))
    data = _heic("RGBa", multiplied, chroma=444)
    yield Kind("heic-multiplied.heic", data, rgba / 255, 2 * _LOSSY)
    for bits in (10, 12):
        data = _heic(f"RGB;{bits}", levels(3, bits), chroma=444)
        yield Kind(f"heic-{bits}-bits.heic", data, tolerance=_LOSSY, by=_HEIF)
    for name in ("srgb", "p3", "adobe"):
        data = _heic("RGB", rgb, chroma=444, icc_profile=profiles[name])
        yield Kind(f"heic-profile-{name}.heic", data, CONVERTED, _WIDE, by=_HEIF)
    for number in ORIENTATIONS:
        data = _heic("RGB", rgb, chroma=444, exif=kinds.oriented(number))
        yield Kind(f"heic-exif-{number}.heic", data, tolerance=_LOSSY, by=_HEIF)
    adobe = ("-profile", "adobe.icc", *CONVERTED)
    data = _heic("RGB", rgb, chroma=444, exif=kinds.adobe_exif())
    yield Kind("heic-adobe-by-exif.heic", data, adobe, _WIDE, (), by=_HEIF)
    numbers = {"color_primaries": 12, "transfer_characteristics": 13, "matrix_coefficients": 6}
    data = _heic("RGB", rgb, chroma=444, save_nclx_profile=True, **numbers)
    by_profile = ("-profile", "p3.icc", *CONVERTED)
    yield Kind("heic-p3-by-numbers.heic", data, by_profile, _WIDE, by=_HEIF)


def _jxl(profiles: Profiles) -> Iterator[Kind]:
    encode = partial(imagecodecs.jpegxl_encode, lossless=True)
    for channels, name in {1: "grey", 2: "la", 3: "rgb", 4: "rgba"}.items():
        for dtype in (np.uint8, np.uint16):
            bits = 8 * np.dtype(dtype).itemsize
            data = bytes(encode(smooth(channels, dtype).squeeze()))
            by = _JXL if bits == 8 else _JXL_16
            fault = _SHALLOW if bits == 16 and channels >= 3 else ""
            yield Kind(f"jxl-{name}-{bits}.jxl", data, CONVERTED, by=by, fault=fault)
    data = bytes(encode((levels(3, 16) / 65535).astype(np.float32)))
    yield Kind("jxl-float.jxl", data, CONVERTED, 1 / 255, by=_JXL_16, fault=_SHALLOW)
    data = bytes(imagecodecs.jpegxl_encode(smooth(3), usecontainer=False))
    yield Kind("jxl-without-container.jxl", data, CONVERTED, _LOSSY, by=_JXL)
    rgb = Image.fromarray(smooth(3))
    jpeg = saved(rgb, "JPEG", quality=95)
    data = kinds.through(jpeg, ".jpg", "cjxl", "IN", "OUT", out=".jxl")
    yield Kind("jxl-of-jpeg.jxl", data, CONVERTED, _LOSSY, by=_JXL)
    for number in ORIENTATIONS:
        jpeg = saved(rgb, "JPEG", quality=95, exif=kinds.oriented(number))
        pixels = ("cjxl", "IN", "OUT", "--lossless_jpeg=0")
        data = kinds.through(jpeg, ".jpg", *pixels, out=".jxl")
        yield Kind(f"jxl-exif-{number}.jxl", data, CONVERTED, _LOSSY, by=_JXL)
    modes = {"progressive": "-d 1 -p", "lossless": "-d 0 -m 1", "modular": "-d 1 -m 1"}
    for name, options in modes.items():
        command = ("cjxl", "IN", "OUT", *options.split())
        data = kinds.through(saved(rgb, "PNG"), ".png", *command, out=".jxl")
        yield Kind(f"jxl-{name}.jxl", data, CONVERTED, _LOSSY, by=_JXL)
