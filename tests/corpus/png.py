"""PNG files of all depths, and with colours and metadata in each of their chunks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import imagecodecs
import numpy as np

from styleplug.image.png_chunks import chunk

from . import kinds
from .kinds import (
    ANY_GREY,
    CONVERTED,
    EXIV2,
    MIDDLE_GREY,
    ORIENTATIONS,
    Array,
    Kind,
    Profiles,
    levels,
    packed,
    saved,
    smooth,
)

_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_CHANNELS = {_GREY: 1, _RGB: 3, _PALETTE: 1, _GREY_ALPHA: 2, _RGBA: 4}
_NAMES = {_GREY: "grey", _RGB: "rgb", _PALETTE: "palette", _GREY_ALPHA: "la", _RGBA: "rgba"}
_DEPTHS = {_GREY: (1, 2, 4, 8, 16), _RGB: (8, 16), _PALETTE: (1, 2, 4, 8)}
_DEPTHS |= {_GREY_ALPHA: (8, 16), _RGBA: (8, 16)}
_ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)]  # x, y, and steps
_ADAM7 += [(0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
_SRGB_CORNERS = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
_P3_CORNERS = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
_ADOBE_CORNERS = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
_PROPHOTO_CORNERS = (34570, 35850, 73470, 26530, 15960, 84040, 3660, 10)


def png(values: Array, bits: int, colours: int, *chunks: bytes, interlaced: bool = False) -> bytes:
    """A file of (H, W, C) samples, with chunks before the pixels."""
    passes = _ADAM7 if interlaced else [(0, 0, 1, 1)]
    rows = b""
    for x, y, across, down in passes:
        part = values[y::down, x::across]
        if part.size:
            rows += b"".join(b"\0" + packed(row[np.newaxis], bits) for row in part)
    height, width = values.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, interlaced)
    pixels = [chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, *pixels])


def made(profiles: Profiles) -> Iterator[Kind]:
    """All of them."""
    yield from _of_all_depths()
    yield from _with_a_transparent_colour()
    yield from _in_colours(profiles)
    yield from _turned()
    yield from _with_texts(profiles)


def _palette(bits: int) -> bytes:
    colours = np.random.default_rng(bits).integers(0, 256, (2**bits, 3), np.uint8)
    return chunk(b"PLTE", colours.tobytes())


def _of_all_depths() -> Iterator[Kind]:
    for colours, depths in _DEPTHS.items():
        for bits in depths:
            values = levels(_CHANNELS[colours], bits)
            chunks = [_palette(bits)] if colours == _PALETTE else []
            for interlaced in (False, True):
                name = f"{_NAMES[colours]}-{bits}{'-interlaced' if interlaced else ''}.png"
                yield Kind(name, png(values, bits, colours, *chunks, interlaced=interlaced))


def _with_a_transparent_colour() -> Iterator[Kind]:
    for colours in (_GREY, _RGB):
        for bits in (8, 16):
            values = levels(_CHANNELS[colours], bits)
            colour = chunk(b"tRNS", values[5, 9].astype(">u2").tobytes())
            yield Kind(f"hole-{_NAMES[colours]}-{bits}.png", png(values, bits, colours, colour))
    for bits in (2, 8):
        alpha = chunk(b"tRNS", bytes(range(0, 256, 256 // 2**bits)))
        data = png(levels(1, bits), bits, _PALETTE, _palette(bits), alpha)
        yield Kind(f"hole-palette-{bits}.png", data)


def _in_colours(profiles: Profiles) -> Iterator[Kind]:
    for bits in (8, 16):
        for name, profile in profiles.items():
            colours = {"grey": _GREY, "cmyk": None}.get(name, _RGB)
            if colours is not None:
                block = chunk(b"iCCP", b"ICC\0\0" + zlib.compress(profile))
                data = png(levels(_CHANNELS[colours], bits), bits, colours, block)
                yield Kind(f"profile-{name}-{bits}.png", data, CONVERTED, 2 / 255)
        # ImageMagick 6 and libvips leave these as they are; a profile says the same.
        for name, chunks in _described().items():
            options = ("-profile", f"{name.split('-by-')[0]}.icc", *CONVERTED)
            data = png(levels(3, bits), bits, _RGB, *chunks)
            yield Kind(f"{name}-{bits}.png", data, options, 2 / 255)
        for name, numbers in {"pq": (9, 16, 0, 1), "hlg": (9, 18, 0, 1)}.items():
            grey = 0.8 * MIDDLE_GREY * (2**bits - 1)
            data = png(grey, bits, _RGB, chunk(b"cICP", bytes(numbers)))
            yield Kind(f"cicp-{name}-{bits}.png", data, MIDDLE_GREY, ANY_GREY)


def _described() -> dict[str, list[bytes]]:
    """Chunks that say what a profile of the corpus says."""

    def gamma(value: int) -> bytes:
        return chunk(b"gAMA", struct.pack(">I", value))

    def corners(values: tuple[int, ...]) -> bytes:
        return chunk(b"cHRM", struct.pack(">8I", *values))

    return {
        "srgb-by-srgb": [chunk(b"sRGB", b"\0"), gamma(100000)],  # the first counts
        "srgb-by-gamma": [gamma(45455), corners(_SRGB_CORNERS)],
        "srgb-by-cicp": [chunk(b"cICP", bytes([1, 13, 0, 1]))],
        "linear-by-gamma": [gamma(100000)],
        "linear-by-gamma-and-corners": [gamma(100000), corners(_SRGB_CORNERS)],
        "prophoto-by-corners": [gamma(55556), corners(_PROPHOTO_CORNERS)],
        "p3-by-corners": [gamma(45455), corners(_P3_CORNERS)],
        "p3-by-cicp": [chunk(b"cICP", bytes([12, 13, 0, 1])), gamma(100000)],
        "adobe-by-corners": [gamma(45471), corners(_ADOBE_CORNERS)],
    }


def _turned() -> Iterator[Kind]:
    values = levels(3, 8)
    for number, name in ORIENTATIONS.items():
        exif = kinds.oriented(number).removeprefix(b"Exif\0\0")
        data = png(levels(3, 16), 16, _RGB, chunk(b"eXIf", exif))
        turned = ("-orient", name)  # ImageMagick 6 looks neither into eXIf nor XMP
        yield Kind(f"exif-{number}.png", data, turned)
        xmp = chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + kinds.oriented_xmp(number))
        yield Kind(f"xmp-{number}.png", png(values, 8, _RGB, xmp), turned)


def _with_texts(profiles: Profiles) -> Iterator[Kind]:
    values = levels(3, 8)
    texts = {
        "text": chunk(b"tEXt", b"Author\0Ann"),
        "text-compressed": chunk(b"zTXt", b"Copyright\0\0" + zlib.compress(b"Ann 2024")),
        "text-international": chunk(b"iTXt", b"Title\0\0\0\0Titre\0" + "Bréhat ☼".encode()),
        "resolution": chunk(b"pHYs", struct.pack(">IIB", 11811, 9449, 1)),
        "background": chunk(b"bKGD", bytes(6)),
        "time": chunk(b"tIME", bytes([7, 232, 5, 1, 12, 34, 56])),
    }
    for name, part in texts.items():
        yield Kind(f"{name}.png", png(values, 8, _RGB, part))
    profile = chunk(b"iCCP", b"ICC\0\0" + zlib.compress(profiles["p3"]))
    long = chunk(b"zTXt", b"Long\0\0" + zlib.compress(b"Boats" * 10**6))
    data = png(values, 8, _RGB, profile, long, texts["text"])
    yield Kind("long-text-beside-a-profile.png", data, CONVERTED, 2 / 255)
    # ImageMagick gives up where a chunk's sum is wrong.
    data = png(values, 8, _RGB, chunk(b"pHYs", bytes(9))[:-1] + b"?", texts["text"])
    yield Kind("damaged-chunk.png", data, values / 255, tags=())
    plain = png(values, 8, _RGB)
    yield Kind("by-exiv2.png", kinds.through(plain, ".png", *EXIV2), tags=())
    camera = kinds.through(saved(smooth(3), "JPEG"), ".jpg", *EXIV2)
    data = kinds.through(camera, ".jpg", "convert", "IN", "OUT", out=".png")
    yield Kind("by-imagemagick.png", data, tags=())
    frames = np.stack([smooth(3), smooth(3)[::-1]])
    yield Kind("animated.png", imagecodecs.apng_encode(frames))
