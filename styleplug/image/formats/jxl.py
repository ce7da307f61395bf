"""JPEG XL files: read by pillow-jxl-plugin, written by imagecodecs.

Neither does both: imagecodecs doesn't tell which colours it read, and pillow-jxl-plugin can't store
which it writes. So a file is written in sRGB with 8 bits a channel, whatever the picture's profile.
Metadata are in boxes "Exif" and "xml ", which may be compressed (ISO/IEC 18181-2).
"""

from __future__ import annotations

import io
import struct
from itertools import islice
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from styleplug.extras import import_extra
from styleplug.image.boxes import boxes
from styleplug.image.formats.codec import Codec, Writer, begins
from styleplug.image.formats.jpeg import without_bulk
from styleplug.image.metadata.blocks import MAX_BLOCK, Metadata
from styleplug.image.pil import samples_of
from styleplug.image.samples import (
    PathOrNone,
    Samples,
    check_memory,
    check_size,
    straightened,
    with_alpha,
)

if TYPE_CHECKING:
    from types import ModuleType

_PIXELS = (b"jxlc", b"jxlp")
"""The boxes of the picture itself, whole or in parts."""
_EXIF, _XMP, _COMPRESSED = b"Exif", b"xml ", b"brob"
_LONGEST = MAX_BLOCK  # of what a compressed box holds
_MOST_BOXES = 10_000
_CODESTREAM = b"\xff\x0a"
_CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
# How wide a picture of some height is, by a number in its header.
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_ALPHA = 0
_LONGER_CHANNELS = (2, 5)  # of spot colours and of a mosaic: there is more to tell of them
_LONGEST_HEADER = 4096


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The picture of a file, upright, or that of the JPEG file that is packed in it.

    Raises:
        MissingDependencyError: pillow-jxl-plugin isn't installed.
        ImageTooLargeError: it has too many pixels.
        Exception: whatever pillow-jxl-plugin raises on damaged data.
    """
    width, height = size(data)
    check_size(width, height, path)
    further, is_premultiplied = channels(data)
    check_memory(width, height, 4 * further, path)  # the decoder works with floats
    is_jpeg, info, content, profile, _ = _library().Decoder(num_threads=-1)(data)
    if is_jpeg:
        with Image.open(io.BytesIO(without_bulk(content)), formats=["JPEG"]) as image:
            return samples_of(image, path)
    grey = info.mode in ("L", "LA", "I;16")
    count = (1 if grey else 3) + ("A" in info.mode)
    dtype = f"u{len(content) // (info.width * info.height * count)}"
    layers = np.frombuffer(content, dtype).reshape(info.height, info.width, count)
    samples = with_alpha(layers, 1 if grey else 3)
    colours, alpha = samples.colours, samples.alpha
    if alpha is not None and is_premultiplied:
        colours = straightened(colours, alpha)
    return Samples(colours, alpha, profile or None, orientation=_orientation(data))


def encoded(layers: NDArray[Any], profile: bytes | None) -> bytes:
    """A file of (H, W, 3) or (H, W, 4) samples, uint8 and sRGB."""
    return bytes(imagecodecs.jpegxl_encode(layers, distance=0.5, usecontainer=True))


def size(data: bytes) -> tuple[int, int]:
    """(width, height) by the header of a file, since the decoder tells them too late.

    Raises:
        ValueError: there is no header.
    """
    return _size(_Bits(_codestream(data)))


def _orientation(data: bytes) -> int:
    """The EXIF orientation, 1 to 8, in the header, which the decoder applies, and doesn't tell."""
    bits = _Bits(_codestream(data))
    _size(bits)
    is_usual = bits.take(1)
    return 1 if is_usual or not bits.take(1) else 1 + bits.take(3)


def channels(data: bytes) -> tuple[int, bool]:
    """How many channels beside its colours a file has, and whether those are multiplied by alpha,
    which the decoder doesn't tell.

    ISO/IEC 18181-1, ImageMetadata: all that comes before the channels is passed over.

    Raises:
        ValueError: there is no header.
    """
    bits = _Bits(_codestream(data))
    _size(bits)
    if bits.take(1):  # all as usual
        return 0, False
    if bits.take(1):
        bits.take(3)  # orientation
        if bits.take(1):
            _size(bits)  # of its own
        if bits.take(1):
            _pass_preview(bits)
        if bits.take(1):
            _pass_animation(bits)
    _pass_depth(bits)
    bits.take(1)  # whether 16 bits do for decoding
    count = bits.number((0, 0), (1, 0), (2, 4), (1, 12))
    return count, _is_premultiplied(bits, count)


def _is_premultiplied(bits: _Bits, count: int) -> bool:
    """Whether the first of the channels that is alpha was multiplied into the colours."""
    for _ in range(count):
        if bits.take(1):  # alpha as usual
            return False
        kind = bits.number((0, 0), (1, 0), (2, 4), (18, 6))
        _pass_depth(bits)
        bits.number((0, 0), (3, 0), (4, 0), (1, 3))  # how much smaller it is
        bits.take(8 * bits.number((0, 0), (0, 4), (16, 5), (48, 10)))  # its name
        if kind == _ALPHA:
            return bool(bits.take(1))
        if kind in _LONGER_CHANNELS:
            return False
    return False


class _Bits:
    """The bits of a header, the lowest of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._rest = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._rest & ((1 << count) - 1)
        self._rest >>= count
        return value

    def number(self, *choices: tuple[int, int]) -> int:
        """One of four kinds of numbers: a least one, and how many bits more."""
        least, count = choices[self.take(2)]
        return least + self.take(count)


def _size(bits: _Bits) -> tuple[int, int]:
    """SizeHeader."""
    small = bits.take(1)

    def side() -> int:
        return 8 * (bits.take(5) + 1) if small else bits.number((1, 9), (1, 13), (1, 18), (1, 30))

    height = side()
    ratio = bits.take(3)
    if ratio == 0:
        return side(), height
    over, under = _RATIOS[ratio]
    return height * over // under, height


def _pass_preview(bits: _Bits) -> None:
    """PreviewHeader."""
    eighths = ((16, 0), (32, 0), (1, 5), (33, 9))
    sides = eighths if bits.take(1) else ((1, 6), (65, 8), (321, 10), (1345, 12))
    bits.number(*sides)
    if bits.take(3) == 0:
        bits.number(*sides)


def _pass_animation(bits: _Bits) -> None:
    """AnimationHeader."""
    bits.number((100, 0), (1000, 0), (1, 10), (1, 30))
    bits.number((1, 0), (1001, 0), (1, 8), (1, 10))
    bits.number((0, 0), (0, 3), (0, 16), (0, 32))
    bits.take(1)


def _pass_depth(bits: _Bits) -> None:
    """BitDepth."""
    if bits.take(1):
        bits.number((32, 0), (16, 0), (24, 0), (1, 6))
        bits.take(4)
    else:
        bits.number((8, 0), (10, 0), (12, 0), (1, 6))


def _codestream(data: bytes) -> bytes:
    """The beginning of the picture itself in a file."""
    if data.startswith(_CODESTREAM):
        return data[2:_LONGEST_HEADER]
    begun = b""
    for kind, start, end in boxes(data):
        if kind in _PIXELS:
            start += 4 * (kind == b"jxlp")  # behind the number of the part
            begun += data[start : min(end, start + _LONGEST_HEADER)]
            if len(begun) >= _LONGEST_HEADER:
                break
    if not begun:
        raise ValueError("no picture in the container")
    return begun[2:]


def _library() -> ModuleType:
    """The decoder; with it comes a plug-in for Pillow, which registers itself there."""
    return import_extra("pillow_jxl", "jxl")


def blocks_of(data: bytes) -> Metadata:
    """The EXIF block and the XMP packet of a file; IPTC has no box, and a file without a container
    has nothing."""
    found: dict[bytes, bytes] = {}
    for kind, start, end in islice(boxes(data), _MOST_BOXES):
        name = data[start : start + 4] if kind == _COMPRESSED else kind
        if name in (_EXIF, _XMP) and name not in found:
            is_plain = kind == name
            found[name] = data[start:end] if is_plain else _inflated(data[start + 4 : end])
    exif = found.get(_EXIF, b"")
    offset = int.from_bytes(exif[:4], "big")  # of the TIFF header, behind the number itself
    return Metadata(exif[4 + offset :] or None, found.get(_XMP) or None)


def embedded(encoded: bytes, metadata: Metadata) -> bytes:
    """A file with a container, and metadata in it before the pixels."""
    more = _box(_EXIF, bytes(4) + metadata.exif) if metadata.exif else b""
    more += _box(_XMP, metadata.xmp) if metadata.xmp else b""
    at = next(start - 8 for kind, start, _ in boxes(encoded) if kind in _PIXELS)
    return encoded[:at] + more + encoded[at:]


def _inflated(data: bytes) -> bytes:
    """What a compressed box holds; where it is damaged or too long, what no block looks like."""
    try:
        return bytes(imagecodecs.brotli_decode(data, out=_LONGEST))
    except imagecodecs.BrotliError:
        return data


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


CODEC = Codec(
    matches=begins(_CODESTREAM, _CONTAINER),
    decode=decoded,
    blocks_of=blocks_of,
    writer=Writer(encode=encoded, embed=embedded, has_profile=False),
)
