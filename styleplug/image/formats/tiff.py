"""TIFF files, whose samples are read as they are stored: Pillow knows few of their many kinds, and
makes 8 bits of 16. Their metadata are in directories like those of EXIF."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import Base

from styleplug.errors import ImageTooLargeError, UnsupportedImageError
from styleplug.image import pil
from styleplug.image.colour import adobe_profile, lab_to_srgb
from styleplug.image.formats.codec import Codec, Writer, begins
from styleplug.image.metadata import tiff_blocks
from styleplug.image.metadata.exif import EXIF_DIRECTORY, adobe_mark
from styleplug.image.metadata.tiff_directories import (
    BYTE,
    BigTiffReader,
    Entry,
    TiffReader,
    is_reduced,
    opened,
    pages_of,
)
from styleplug.image.metadata.xmp_correction import orientation_in
from styleplug.image.samples import (
    SEVERAL,
    PathOrNone,
    Samples,
    check_memory,
    check_size,
    quantised,
    room,
    scaled,
    straightened,
    stretched,
    upright,
    with_alpha,
)
from styleplug.image.turn import known_orientation

_UNKNOWN = -1
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _LAB, _ICC_LAB = 0, 1, 2, 3, 5, 8, 9
# How many channels the colours have, by photometric interpretation.
_COLOURS = {
    **{_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _PALETTE: 1},
    **{_CMYK: 4, _LAB: 3, _ICC_LAB: 3},
}
_UNSIGNED, _FLOAT = 1, 3
_FLOATS: dict[int, type[np.generic]] = {16: np.float16, 32: np.float32, 64: np.float64}
# None, CCITT's three, LZW, Deflate, PackBits, Deflate, LZMA, Zstandard, WebP.
_COMPRESSIONS = {1, 2, 3, 4, 5, 8, 32773, 32946, 34925, 50000, 50001}
_JPEG = {6, 7}  # which Pillow reads
_SEPARATE_PLANES = 2
_NO_ALPHA, _PREMULTIPLIED, _STRAIGHT = 0, 1, 2
_PLACES = {int(Base.StripOffsets), int(Base.TileOffsets)}
_LARGE_TILE = 2**22
_ROWS = 64
_INK_SET, _CMYK_INKS = 332, 1


@dataclass(frozen=True)
class _Page:
    """The directory of a page."""

    tiff: TiffReader
    entries: Mapping[int, Entry]

    def numbers(self, tag: int, *otherwise: int) -> tuple[int, ...]:
        """The whole numbers of a tag, or others where it isn't there."""
        entry = self.entries.get(tag)
        if entry is None:
            return otherwise
        found = tuple(entry.value) if entry.type == BYTE else self.tiff.numbers(entry)
        return found or otherwise

    def number(self, tag: int, otherwise: int = 0) -> int:
        """The first of them."""
        return self.numbers(tag, otherwise)[0]


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The photograph of a TIFF file, upright: the first page that is no thumbnail.

    Read are 1 to 16 bits, and floats, which become 16 bits: grey, palettes, RGB, CMYK and L*a*b*,
    which becomes sRGB, with alpha or other channels; and what Pillow reads of JPEG in TIFF.

    Raises:
        ImageTooLargeError: it has too many pixels, or its tiles have.
        UnsupportedImageError: it is of another kind, or has floats that are far outside of 0 to 1.
        Exception: whatever imagecodecs and Pillow raise on damaged data.
    """
    pages = list(_pages(data))
    if not pages:
        raise UnidentifiedImageError
    photographs = [n for n, page in enumerate(pages) if not is_reduced(page.tiff, page.entries)]
    number = photographs[0] if photographs else 0
    page = pages[number]
    _check_tiles(page, path)
    dtype = _dtype(page)
    if dtype is None:
        return _by_pillow(data, number, page, path)
    samples = _with_meaning(_layers(data, number, page, dtype, path), page, path)
    orientation = _orientation(page)
    profile = page.entries.get(Base.InterColorProfile)
    adobe = adobe_profile() if profile is None and _is_adobe(page) else None
    return Samples(
        upright(samples.colours, orientation),
        None if samples.alpha is None else upright(samples.alpha, orientation),
        profile.value if profile else adobe,
        samples.warnings + ((SEVERAL,) if len(photographs) > 1 else ()),
        orientation,
    )


def _pages(data: bytes) -> Iterator[_Page]:
    """Each page, up to where the file is damaged."""
    with suppress(ValueError):
        tiff = opened(data)
        for entries in pages_of(tiff):
            yield _Page(tiff, entries)


def _check_tiles(page: _Page, path: PathOrNone) -> None:
    """Refuse pictures and tiles that are too large; a decoder takes memory for a whole tile.

    Raises:
        ImageTooLargeError: more pixels than are safe to open, or tiles far larger than the picture.
    """
    width, height = page.number(Base.ImageWidth), page.number(Base.ImageLength)
    check_size(width, height, path)
    area = page.number(Base.TileWidth) * page.number(Base.TileLength, 1)
    if area > max(_LARGE_TILE, 4 * width * height):
        raise ImageTooLargeError(
            path, "has tiles far larger than the picture; save it anew without them"
        )


def _dtype(page: _Page) -> type[np.generic] | None:
    """The type of the samples, all of one kind; None for a picture that isn't read here."""
    bits = {*page.numbers(Base.BitsPerSample, 1)}
    kinds = {*page.numbers(Base.SampleFormat, _UNSIGNED)}
    known = page.number(Base.PhotometricInterpretation, _UNKNOWN) in _COLOURS
    compressed = page.number(Base.Compression, 1) in _COMPRESSIONS
    other_inks = page.number(_INK_SET, _CMYK_INKS) != _CMYK_INKS
    if not (known and compressed and len(bits) == len(kinds) == 1) or other_inks:
        return None
    [width], [kind] = bits, kinds
    if kind == _FLOAT:
        return _FLOATS.get(width)
    if kind != _UNSIGNED or not 1 <= width <= 16:
        return None
    return np.bool_ if width == 1 else np.uint8 if width <= 8 else np.uint16


def _layers(
    data: bytes, number: int, page: _Page, dtype: type[np.generic], path: PathOrNone
) -> NDArray[Any]:
    """All channels, (H, W, C), as they are stored."""
    width, height = page.number(Base.ImageWidth), page.number(Base.ImageLength)
    channels = page.number(Base.SamplesPerPixel, 1)
    check_memory(width, height, channels * np.dtype(dtype).itemsize, path)
    if page.number(Base.PhotometricInterpretation) == _CMYK:
        data = _called_rgb(data, page)
    if page.number(Base.PlanarConfiguration) == _SEPARATE_PLANES and channels > 1:
        out = np.empty((channels, height, width), dtype)
        return np.moveaxis(imagecodecs.tiff_decode(data, number, out=out), 0, 2)
    out = room(height, width, channels, dtype)
    return np.atleast_3d(imagecodecs.tiff_decode(data, number, out=out))


def _called_rgb(data: bytes, page: _Page) -> bytes:
    """The file with a directory that says RGB, since imagecodecs makes RGB of CMYK."""
    changed, place = bytearray(data), page.entries[Base.PhotometricInterpretation].offset
    assert place is not None, "it was read from there"
    struct.pack_into(f"{page.tiff.order}H", changed, place, _RGB)
    return bytes(changed)


def _with_meaning(layers: NDArray[Any], page: _Page, path: PathOrNone) -> Samples:
    """Colours and alpha of the channels of a TIFF file."""
    photometric = page.number(Base.PhotometricInterpretation)
    if photometric == _PALETTE:
        return Samples(_looked_up(layers[..., 0], page))
    channels = _COLOURS[photometric]
    extra = page.number(Base.ExtraSamples, _STRAIGHT)  # as libtiff, where none is named
    layers = _whole(layers[..., : channels + (extra != _NO_ALPHA)], page, path)
    if photometric == _WHITE_IS_ZERO:
        layers[..., 0] = ~layers[..., 0]
    samples = with_alpha(layers, channels)
    if extra == _PREMULTIPLIED and samples.alpha is not None:
        samples = Samples(straightened(samples.colours, samples.alpha), samples.alpha)
    if photometric in (_LAB, _ICC_LAB):
        lab = _lab(samples.colours, is_signed=photometric == _LAB)
        depth = 8 * layers.itemsize
        warning = "is in L*a*b*; it is written as RGB"
        return Samples(quantised(lab_to_srgb(lab), depth), samples.alpha, warnings=(warning,))
    return samples


def _whole(layers: NDArray[Any], page: _Page, path: PathOrNone) -> NDArray[Any]:
    """Samples of any kind as uint8 or uint16 of their full range, in an array of their own."""
    if layers.dtype.kind == "f":
        whole = np.empty(layers.shape, np.uint16)
        for start in range(0, len(layers), _ROWS):  # for all at once would take it thrice
            whole[start : start + _ROWS] = quantised(
                scaled(layers[start : start + _ROWS], path), 16
            )
        return whole
    bits = page.number(Base.BitsPerSample, 1)
    return stretched(layers, bits, 8 if bits <= 8 else 16)


def _looked_up(indices: NDArray[Any], page: _Page) -> NDArray[np.uint8]:
    """The colours of a palette, whose levels are from 0 to 65535, or to 255 by some programs."""
    palette = np.array(page.numbers(Base.ColorMap)).reshape(3, -1).T
    levels = (palette if palette.max() <= 255 else palette >> 8).astype(np.uint8)
    return levels[indices.astype(np.uint16)]


def _lab(values: NDArray[Any], *, is_signed: bool) -> NDArray[np.uint16]:
    """L*a*b* of either kind of TIFF as ICC profiles of version 4 have it.

    TIFF 6.0, section 23, has a* and b* signed; the later ICCLab has them from -128, and with 16
    bits as ICC profiles of version 2 have them, where 0xFF00 is an L* of 100.
    """
    deep = values.dtype == np.uint16
    lab = values.astype(np.float32) * (1 if deep else 257)
    if is_signed:
        middle = values.dtype.type(2**15 if deep else 2**7)
        lab[..., 1:] = values[..., 1:] ^ middle
        lab[..., 1:] *= 257 / 256 if deep else 257
    elif deep:
        lab *= 65535 / 65280
    return np.minimum(lab, 65535).round().astype(np.uint16)


def _orientation(page: _Page) -> int:
    """That of XMP where the directory has none, as with pictures that Pillow reads."""
    packet = page.entries.get(Base.XMLPacket)
    if Base.Orientation in page.entries or packet is None:
        return known_orientation(page.number(Base.Orientation))
    return known_orientation(orientation_in(packet.value))


def _is_adobe(page: _Page) -> bool:
    """Whether its EXIF data say that colours are Adobe RGB, as `pil.is_adobe` has it."""
    details = page.tiff.pointed(page.entries, EXIF_DIRECTORY)
    return adobe_mark(page.tiff, details) is not None


def _by_pillow(data: bytes, number: int, page: _Page, path: PathOrNone) -> Samples:
    unsupported = UnsupportedImageError(
        path, "is a TIFF file of a kind that isn't read; save it as RGB with 8 or 16 bits"
    )
    if not _PLACES & page.entries.keys():
        raise UnidentifiedImageError
    if page.number(Base.Compression, 1) not in _COMPRESSIONS | _JPEG:
        raise unsupported
    try:
        with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
            image.seek(number)
            return pil.samples_of(image, path)
    except UnidentifiedImageError as error:
        raise unsupported from error


def encoded(layers: NDArray[Any], profile: bytes | None) -> bytes:
    """A file of (H, W, 3) or (H, W, 4) samples, uint8 or uint16, the fourth being alpha."""
    if layers.dtype != np.uint16:
        return pil.encoded("TIFF", layers, profile, compression="tiff_deflate")
    return bytes(
        imagecodecs.tiff_encode(
            layers,
            1,
            photometric="rgb",
            extrasample="unassalpha" if layers.shape[2] == 4 else None,
            compression="deflate",
            predictor=True,
            iccprofile=profile,
        )
    )


CODEC = Codec(
    matches=begins(*TiffReader.HEADERS, *BigTiffReader.HEADERS),
    decode=decoded,
    blocks_of=tiff_blocks.blocks_of,
    writer=Writer(encode=encoded, embed=tiff_blocks.embedded, has_iptc=True, is_deep=True),
)
