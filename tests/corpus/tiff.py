"""TIFF files: depths, colours, orders, compressions and pages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import imagecodecs
import numpy as np
from dng import LONG, SHORT, tiff
from PIL import Image

from . import kinds
from .kinds import (
    CONVERTED,
    EXIV2,
    ORIENTATIONS,
    Array,
    Kind,
    Profiles,
    levels,
    packed,
    saved,
    smooth,
)

_DTYPES: tuple[type[np.generic], ...] = (np.uint8, np.uint16)


def made(profiles: Profiles) -> Iterator[Kind]:
    """All of them."""
    yield from _in_all_orders()
    yield from _of_all_depths()
    yield from _compressed()
    yield from _with_alpha()
    yield from _in_other_colours(profiles)
    yield from _turned()
    yield from _with_metadata_of_others()
    yield from _of_pages()


def _encoded(values: Array, **options: Any) -> bytes:
    options.setdefault("photometric", "rgb" if values.shape[2] >= 3 else "minisblack")
    if options.get("planarconfig") == "separate":
        values = np.moveaxis(values, 2, 0)
    return bytes(imagecodecs.tiff_encode(np.ascontiguousarray(values.squeeze()), **options))


def _in_all_orders() -> Iterator[Kind]:
    places = itertools.product(("contig", "separate"), ("<", ">"), (False, True), (None, (16, 16)))
    for number, (planar, order, big, tile) in enumerate(places):
        name = f"{planar}-{'le' if order == '<' else 'be'}"
        name += ("-big" if big else "") + ("-tiled" if tile else "")
        options = {"planarconfig": planar, "byteorder": order, "bigtiff": big, "tile": tile}
        for dtype in _DTYPES:
            bits = 8 * np.dtype(dtype).itemsize
            yield Kind(f"rgb-{bits}-{name}.tif", _encoded(smooth(3, dtype), **options))
        if planar == "separate" or number % 3 == 0:
            dtype = _DTYPES[number % 2]
            data = _encoded(smooth(4, dtype), photometric="separated", **options)
            yield Kind(f"cmyk-{8 * np.dtype(dtype).itemsize}-{name}.tif", data)


def _plain(values: Array, bits: int, **tags: tuple[int, list[int]]) -> bytes:
    """An uncompressed file by hand, with further tags, `t` and their numbers."""
    height, width, channels = values.shape
    pixels = values.astype("<u2").tobytes() if bits == 16 else packed(values, bits)
    return tiff(
        {
            **{256: (SHORT, [width]), 257: (SHORT, [height]), 258: (SHORT, [bits] * channels)},
            **{259: (SHORT, [1]), 262: (SHORT, [1 if channels == 1 else 2]), 273: (LONG, [0])},
            **{277: (SHORT, [channels]), 278: (SHORT, [height]), 279: (LONG, [len(pixels)])},
            **{int(name[1:]): value for name, value in tags.items()},
        },
        pixels,
    )


def _of_all_depths() -> Iterator[Kind]:
    for bits in (1, 2, 4, 6, 8, 10, 12, 14, 16):
        values = levels(1, bits)
        yield Kind(f"grey-{bits}.tif", _plain(values, bits))
        # ImageMagick 6 inverts only some of them.
        pixels = () if bits in (1, 8, 16) else 1 - values / (2**bits - 1)
        yield Kind(f"white-is-zero-{bits}.tif", _plain(values, bits, t262=(SHORT, [0])), pixels)
        yield Kind(f"rgb-{bits}.tif", _plain(levels(3, bits), bits))
    for bits in (1, 2, 4, 8):
        for most in (255, 65535):
            colours = np.random.default_rng(bits).integers(0, 256, (2**bits, 3))
            colours[0] = 255
            table = (colours * (most // 255)).T.ravel().tolist()
            data = _plain(levels(1, bits), bits, t262=(SHORT, [3]), t320=(SHORT, table))
            # ImageMagick takes levels up to 255 for black, as the specification has it.
            pixels = colours[levels(1, bits)[..., 0]] / 255
            yield Kind(f"palette-{bits}-of-{most}.tif", data, pixels if most == 255 else ())
    for dtype in (np.float16, np.float32, np.float64):
        for channels in (1, 3):
            values = (levels(channels, 16) / 65535).astype(dtype)
            name = f"{'rgb' if channels == 3 else 'grey'}-{np.dtype(dtype).name}.tif"
            yield Kind(name, _encoded(values))


def _compressed() -> Iterator[Kind]:
    for compression in ("lzw", "deflate", "packbits", "lzma", "zstd"):
        for dtype in _DTYPES:
            bits = 8 * np.dtype(dtype).itemsize
            for predicted in (False, True) if compression in ("lzw", "deflate") else (False,):
                options = {"compression": compression, "predictor": predicted}
                name = f"{compression}-{bits}{'-predicted' if predicted else ''}.tif"
                yield Kind(name, _encoded(smooth(3, dtype), **options))
    values = (levels(3, 16) / 65535).astype(np.float32)
    data = _encoded(values, compression="deflate", predictor=True)
    yield Kind("deflate-float-predicted.tif", data)
    rgb, bilevel = Image.fromarray(smooth(3)), Image.fromarray(smooth(1)[..., 0]).convert("1")
    for compression in ("group3", "group4", "tiff_ccitt"):
        yield Kind(f"{compression}.tif", saved(bilevel, "TIFF", compression=compression))
    data = saved(rgb, "TIFF", compression="jpeg", quality=95)
    yield Kind("jpeg.tif", data, tolerance=3 / 255)
    yield Kind("jpeg-grey.tif", saved(rgb.convert("L"), "TIFF", compression="jpeg"), (), 2 / 255)
    cmyk = Image.fromarray(smooth(4), "CMYK")
    yield Kind("jpeg-cmyk.tif", saved(cmyk, "TIFF", compression="jpeg", quality=95), (), 3 / 255)


def _with_alpha() -> Iterator[Kind]:
    for dtype in _DTYPES:
        bits, most = 8 * np.dtype(dtype).itemsize, np.iinfo(dtype).max
        straight = smooth(4, dtype)
        multiplied = straight.copy()
        multiplied[..., :3] = np.rint(straight[..., :3] * (straight[..., 3:] / most))
        for planar in ("contig", "separate"):
            plane = {"planarconfig": planar}
            name = f"{bits}-{planar}.tif"
            yield Kind(f"straight-{name}", _encoded(straight, extrasample="unassalpha", **plane))
            data = _encoded(multiplied, extrasample="assocalpha", **plane)
            yield Kind(f"multiplied-{name}", data, tolerance=2 / 255)
            data = _encoded(straight, extrasample="unspecified", **plane)
            # ImageMagick takes any fourth channel for alpha.
            yield Kind(f"unspecified-{name}", data, straight[..., :3] / most)
        options = {"planarconfig": "contig", "extrasample": "unassalpha"}
        yield Kind(f"grey-alpha-{bits}.tif", _encoded(smooth(2, dtype), **options))
        inks = np.dstack([smooth(5, dtype)[..., :4], straight[..., 3:]])
        data = _encoded(inks, photometric="separated", **options)
        yield Kind(f"cmyk-alpha-{bits}.tif", data)


def _in_other_colours(profiles: Profiles) -> Iterator[Kind]:
    for dtype in _DTYPES:
        bits = 8 * np.dtype(dtype).itemsize
        for name, profile in profiles.items():
            channels = {"grey": 1, "cmyk": 4}.get(name, 3)
            options = {"photometric": "separated"} if channels == 4 else {}
            data = _encoded(smooth(channels, dtype), iccprofile=profile, **options)
            yield Kind(f"profile-{name}-{bits}.tif", data, CONVERTED, 2 / 255)
        lab = kinds.lab()  # ImageMagick and libvips take its white for D65
        for photometric, white in {8: 2**bits - 1, 9: 255 if bits == 8 else 65280}.items():
            middle = 0 if photometric == 8 else 128
            a_b = (lab[..., 1:] + middle) * 2 ** (bits - 8)
            values = np.rint(np.dstack([lab[..., :1] / 100 * white, a_b])) % 2**bits
            data = _plain(values.astype(np.uint16), bits, t262=(SHORT, [photometric]))
            pixels = kinds.srgb_of(lab)
            yield Kind(
                f"lab-{photometric}-{bits}.tif", data, pixels, 8 / 255 if bits == 8 else 2 / 255
            )


def _turned() -> Iterator[Kind]:
    for number in ORIENTATIONS:
        for bits in (8, 16):
            data = _plain(levels(3, bits), bits, t274=(SHORT, [number]))
            yield Kind(f"exif-{number}-{bits}.tif", data)
        xmp = list(kinds.oriented_xmp(number))
        data = _plain(levels(3, 8), 8, t700=(1, xmp))
        yield Kind(f"xmp-{number}.tif", data)


def _with_metadata_of_others() -> Iterator[Kind]:
    """BigTIFF, which ExifTool doesn't write."""
    camera = kinds.through(saved(smooth(3), "JPEG"), ".jpg", *EXIV2)
    command = ("convert", "IN", "-set", "tiff:artist", "Ann", "OUT")
    data = kinds.through(camera, ".jpg", *command, out=".tiff64")
    assert data.startswith((b"II+", b"MM+"))
    yield Kind("big-by-imagemagick.tif", data, tags=())


def _of_pages() -> Iterator[Kind]:
    small = np.zeros((3, 4, 3))
    for dtype in _DTYPES:
        bits = 8 * np.dtype(dtype).itemsize
        photograph = smooth(3, dtype)
        thumbnail = _encoded(small.astype(dtype), subfiletype=1)
        data = _encoded(photograph, appendto=thumbnail)
        # ImageMagick takes the first page.
        pixels = photograph / np.iinfo(dtype).max
        yield Kind(f"thumbnail-first-{bits}.tif", data, pixels)
        data = _encoded(photograph[::-1], appendto=_encoded(photograph))
        yield Kind(f"several-{bits}.tif", data)
        for unit in (2, 3):
            options = {"resolution": (300, 240), "resolutionunit": unit}
            yield Kind(f"resolution-{unit}-{bits}.tif", _encoded(photograph, **options))
