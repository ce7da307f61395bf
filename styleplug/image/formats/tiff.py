"""TIFF files, whose samples are read as they are stored: Pillow knows few of their many kinds, and
makes 8 bits of 16. Their metadata are in directories like those of EXIF."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Literal

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, TiffImagePlugin, UnidentifiedImageError
from PIL.ExifTags import Base

from styleplug.errors import ImageTooLargeError, UnsupportedImageError
from styleplug.image import pil
from styleplug.image.colour import adobe_profile, lab_to_srgb
from styleplug.image.formats.codec import Codec, Writer, begins
from styleplug.image.metadata import tiff_blocks
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

_Tags = TiffImagePlugin.ImageFileDirectory_v2

_HEADERS = {b"II*\0": 8, b"MM\0*": 8, b"II+\0": 16, b"MM\0+": 16}  # and their lengths
_BIG = 16
_MOST_PAGES = 32
"""How many directories are looked at for the photograph."""

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
_REDUCED, _MASK = 1, 4  # bits of NewSubfileType
_PLACES = {int(Base.StripOffsets), int(Base.TileOffsets)}
_LARGE_TILE = 2**22
_ROWS = 64
_INK_SET, _CMYK_INKS = 332, 1
_INTEROPERABILITY_INDEX, _ADOBE_RGB = 1, "R03"


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
    photographs = [number for number, tags in enumerate(pages) if not _is_thumbnail(tags)] or [0]
    page = photographs[0]
    tags = pages[page] if pages else None
    if tags is not None:
        _check_tiles(tags, path)
    dtype = None if tags is None else _dtype(tags)
    if tags is None or dtype is None:
        return _by_pillow(data, page, tags, path)
    samples = _with_meaning(_layers(data, page, tags, dtype, path), tags, path)
    orientation = _orientation(tags)
    profile = samples.profile or tags.get(Base.InterColorProfile)
    if profile is None and _is_adobe(data, tags):
        profile = adobe_profile()
    return Samples(
        upright(samples.colours, orientation),
        None if samples.alpha is None else upright(samples.alpha, orientation),
        profile,
        samples.remarks + ((SEVERAL,) if len(photographs) > 1 else ()),
        orientation,
    )


def first_directory(data: bytes) -> _Tags | None:
    """The tags of the first page of a TIFF file; None if it isn't one, or is damaged."""
    return next(_pages(data), None)


def _pages(data: bytes) -> Iterator[_Tags]:
    """The tags of each page, up to where the file is damaged."""
    seen: set[int] = set()
    with suppress(Exception):  # Pillow, which opens it next, has more to say of the damage
        at = _directory(data).next
        while at and at not in seen and len(seen) < _MOST_PAGES:
            seen.add(at)
            tags = _directory(data, at)
            yield tags
            at = tags.next


def _directory(data: bytes, at: int | None = None) -> _Tags:
    """The tags at an offset; without one, none, but where the first ones lie."""
    length = _HEADERS[data[:4]]
    # Pillow knows BigTIFF by its little-endian mark alone.
    mark = b"II+\0" if length == _BIG else b"II*\0"
    tags = _Tags(mark + data[4:length], prefix=data[:2])
    if at is not None:
        file = io.BytesIO(data)
        file.seek(at)
        tags.load(file)
    return tags


def _is_thumbnail(tags: _Tags) -> bool:
    return bool(tags.get(Base.NewSubfileType, 0) & (_REDUCED | _MASK))


def _check_tiles(tags: _Tags, path: PathOrNone) -> None:
    """Refuse pictures and tiles that are too large; a decoder takes memory for a whole tile.

    Raises:
        ImageTooLargeError: more pixels than are safe to open, or tiles far larger than the picture.
    """
    width, height = tags.get(Base.ImageWidth, 0), tags.get(Base.ImageLength, 0)
    check_size(width, height, path)
    if Base.TileWidth in tags:
        area = tags[Base.TileWidth] * tags.get(Base.TileLength, 1)
        if area > max(_LARGE_TILE, 4 * width * height):
            raise ImageTooLargeError(
                path, "has tiles far larger than the picture; save it anew without them"
            )


def _dtype(tags: _Tags) -> type[np.generic] | None:
    """The type of the samples, all of one kind; None for a picture that isn't read here."""
    bits = {*tags.get(Base.BitsPerSample, (1,))}
    kinds = {*tags.get(Base.SampleFormat, (_UNSIGNED,))}
    known = tags.get(Base.PhotometricInterpretation) in _COLOURS
    compressed = tags.get(Base.Compression, 1) in _COMPRESSIONS
    other_inks = tags.get(_INK_SET, _CMYK_INKS) != _CMYK_INKS
    if not (known and compressed and len(bits) == len(kinds) == 1) or other_inks:
        return None
    [width], [kind] = bits, kinds
    if kind == _FLOAT:
        return _FLOATS.get(width)
    if kind != _UNSIGNED or not 1 <= width <= 16:
        return None
    return np.bool_ if width == 1 else np.uint8 if width <= 8 else np.uint16


def _layers(
    data: bytes, page: int, tags: _Tags, dtype: type[np.generic], path: PathOrNone
) -> NDArray[Any]:
    """All channels, (H, W, C), as they are stored."""
    width, height = tags[Base.ImageWidth], tags[Base.ImageLength]
    channels = tags.get(Base.SamplesPerPixel, 1)
    check_memory(width, height, channels * np.dtype(dtype).itemsize, path)
    if tags[Base.PhotometricInterpretation] == _CMYK:
        data = _called_rgb(data, tags)
    if tags.get(Base.PlanarConfiguration) == _SEPARATE_PLANES and channels > 1:
        out = np.empty((channels, height, width), dtype)
        return np.moveaxis(imagecodecs.tiff_decode(data, page, out=out), 0, 2)
    out = room(height, width, channels, dtype)
    return np.atleast_3d(imagecodecs.tiff_decode(data, page, out=out))


def _called_rgb(data: bytes, tags: _Tags) -> bytes:
    """The file with a directory that says RGB, since imagecodecs makes RGB of CMYK.

    TIFF 6.0, section 2: each entry begins with its tag and ends with its value.
    """
    big = _HEADERS[data[:4]] == _BIG
    order: Literal["little", "big"] = "little" if data.startswith(b"II") else "big"
    size, start = (20, 8) if big else (12, 2)
    changed = bytearray(data)
    assert tags.offset is not None, "it was read from there"
    wanted = int(Base.PhotometricInterpretation).to_bytes(2, order)
    for entry in range(tags.offset + start, len(data), size):
        if data[entry : entry + 2] == wanted:
            value = entry + (12 if big else 8)
            changed[value : value + 2] = _RGB.to_bytes(2, order)
            break
    return bytes(changed)


def _with_meaning(layers: NDArray[Any], tags: _Tags, path: PathOrNone) -> Samples:
    """Colours and alpha of the channels of a TIFF file."""
    photometric = tags[Base.PhotometricInterpretation]
    if photometric == _PALETTE:
        return Samples(_looked_up(layers[..., 0], tags))
    channels = _COLOURS[photometric]
    extra = tags.get(Base.ExtraSamples, (_STRAIGHT,))[0]  # as libtiff, where none is named
    layers = _whole(layers[..., : channels + (extra != _NO_ALPHA)], tags, path)
    if photometric == _WHITE_IS_ZERO:
        layers[..., 0] = ~layers[..., 0]
    samples = with_alpha(layers, channels)
    if extra == _PREMULTIPLIED and samples.alpha is not None:
        samples = Samples(straightened(samples.colours, samples.alpha), samples.alpha)
    if photometric in (_LAB, _ICC_LAB):
        lab = _lab(samples.colours, is_signed=photometric == _LAB)
        depth = 8 * layers.itemsize
        remark = "is in L*a*b*; it is written as RGB"
        return Samples(quantised(lab_to_srgb(lab), depth), samples.alpha, remarks=(remark,))
    return samples


def _whole(layers: NDArray[Any], tags: _Tags, path: PathOrNone) -> NDArray[Any]:
    """Samples of any kind as uint8 or uint16 of their full range, in an array of their own."""
    if layers.dtype.kind == "f":
        whole = np.empty(layers.shape, np.uint16)
        for start in range(0, len(layers), _ROWS):  # for all at once would take it thrice
            whole[start : start + _ROWS] = quantised(
                scaled(layers[start : start + _ROWS], path), 16
            )
        return whole
    bits = tags.get(Base.BitsPerSample, (1,))[0]
    return stretched(layers, bits, 8 if bits <= 8 else 16)


def _looked_up(indices: NDArray[Any], tags: _Tags) -> NDArray[np.uint8]:
    """The colours of a palette, whose levels are from 0 to 65535, or to 255 by some programs."""
    palette = np.array(tags[Base.ColorMap]).reshape(3, -1).T
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


def _orientation(tags: _Tags) -> int:
    """That of XMP where the directory has none, as with pictures that Pillow reads."""
    packet = tags.get(Base.XMLPacket)
    if isinstance(packet, tuple):  # so Pillow gives it, depending on its type
        packet = packet[0]
    named = tags.get(Base.Orientation)
    if named is None and isinstance(packet, bytes):
        named = orientation_in(packet)
    return known_orientation(named)


def _is_adobe(data: bytes, tags: _Tags) -> bool:
    """Whether its EXIF data say that colours are Adobe RGB, as `pil.is_adobe` has it."""
    with suppress(Exception):  # damaged notes about a picture that may be whole
        exif = _directory(data, tags[ExifTags.IFD.Exif])
        interoperability = _directory(data, exif[ExifTags.IFD.Interop])
        return interoperability.get(_INTEROPERABILITY_INDEX) == _ADOBE_RGB
    return False


def _by_pillow(data: bytes, page: int, tags: _Tags | None, path: PathOrNone) -> Samples:
    unsupported = UnsupportedImageError(
        path, "is a TIFF file of a kind that isn't read; save it as RGB with 8 or 16 bits"
    )
    if tags is None or not _PLACES & tags.keys():
        raise UnidentifiedImageError
    if tags.get(Base.Compression, 1) not in _COMPRESSIONS | _JPEG:
        raise unsupported
    try:
        with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
            image.seek(page)
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
    matches=begins(*_HEADERS),
    decode=decoded,
    blocks_of=tiff_blocks.blocks_of,
    writer=Writer(encode=encoded, embed=tiff_blocks.embedded, has_iptc=True, is_deep=True),
)
