"""JPEG XL files: read by pillow-jxl-plugin, written by imagecodecs.

Neither does both: imagecodecs doesn't tell which colours it read, and pillow-jxl-plugin can't store
which it writes. So a file is written in sRGB with 8 bits a channel, whatever the picture's profile.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from styleplug.extras import import_extra
from styleplug.image.pil import samples_of
from styleplug.image.samples import PathOrNone, Samples, check_size, with_alpha

if TYPE_CHECKING:
    from types import ModuleType

PIXELS = (b"jxlc", b"jxlp")
"""The boxes of the picture itself, whole or in parts."""
_CODESTREAM = b"\xff\x0a"
_CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
# How wide a picture of some height is, by a number in its header.
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}


def is_jxl(data: bytes) -> bool:
    """Whether a file is JPEG XL, with or without a container."""
    return data.startswith((_CODESTREAM, _CONTAINER))


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The picture of a file, upright, or that of the JPEG file that is packed in it.

    Raises:
        MissingDependencyError: pillow-jxl-plugin isn't installed.
        ImageTooLargeError: it has too many pixels.
        Exception: whatever pillow-jxl-plugin raises on damaged data.
    """
    width, height = size(data)
    check_size(width, height, path)
    is_jpeg, info, content, profile, _ = _library().Decoder(num_threads=-1)(data)
    if is_jpeg:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            return samples_of(image, path)
    grey = info.mode in ("L", "LA", "I;16")
    channels = (1 if grey else 3) + ("A" in info.mode)
    dtype = f"u{len(content) // (info.width * info.height * channels)}"
    layers = np.frombuffer(content, dtype).reshape(info.height, info.width, channels)
    samples = with_alpha(layers, 1 if grey else 3)
    return Samples(samples.colours, samples.alpha, profile or None)


def encoded(layers: NDArray[Any], profile: bytes | None) -> bytes:
    """A file of (H, W, 3) or (H, W, 4) samples, uint8 and sRGB."""
    return bytes(imagecodecs.jpegxl_encode(layers, distance=0.5, usecontainer=True))


def size(data: bytes) -> tuple[int, int]:
    """(width, height) by the header of a file, since the decoder tells them too late.

    ISO/IEC 18181-1, SizeHeader: bits, the lowest of each byte first.

    Raises:
        ValueError: there is no header.
    """
    bits = int.from_bytes(_codestream(data)[2:18], "little")

    def take(count: int) -> int:
        nonlocal bits
        value = bits & ((1 << count) - 1)
        bits >>= count
        return value

    small = take(1)

    def side() -> int:
        return 8 * (take(5) + 1) if small else take((9, 13, 18, 30)[take(2)]) + 1

    height = side()
    ratio = take(3)
    if ratio == 0:
        return side(), height
    over, under = _RATIOS[ratio]
    return height * over // under, height


def boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kinds of the boxes of a container, and where their contents begin and end."""
    position = 0
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        start = position + 8
        if length == 1 and start + 8 <= len(data):  # a longer number follows
            [length] = struct.unpack_from(">Q", data, start)
            start += 8
        end = position + length if length else len(data)  # 0 is all the rest
        yield kind, start, end
        position = max(end, start)


def _codestream(data: bytes) -> bytes:
    """The beginning of the picture itself in a file."""
    if data.startswith(_CODESTREAM):
        return data[:18]
    for kind, start, _ in boxes(data):
        if kind in PIXELS:
            start += 4 * (kind == b"jxlp")  # behind the number of the part
            return data[start : start + 18]
    raise ValueError("no picture in the container")


def _library() -> ModuleType:
    """The decoder; with it comes a plug-in for Pillow, which registers itself there."""
    return import_extra("pillow_jxl", "jxl")
