"""Photoshop files, PSD and PSB: the merged picture that is in them, as it is stored.

Adobe Photoshop File Formats Specification. Pillow mixes the rows of files with further channels,
and doesn't know 16 bits.
"""

from __future__ import annotations

import struct
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from styleplug.errors import UnsupportedImageError
from styleplug.image.colour import lab_to_srgb
from styleplug.image.formats.codec import Codec, begins
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.photoshop import (
    EXIF,
    IPTC,
    PROFILE,
    RESOLUTION,
    XMP,
    resources_of,
)
from styleplug.image.metadata.resolution import Resolution, resolution_of
from styleplug.image.pil import apply_orientation_and_profile
from styleplug.image.samples import (
    PathOrNone,
    Samples,
    check_memory,
    check_size,
    quantised,
)

_SIGNATURE = b"8BPS"
_HEADER = 26  # bytes; the palette and the resources follow, each behind its length
_BITMAP, _GREY, _INDEXED, _RGB, _CMYK, _DUOTONE, _LAB = 0, 1, 2, 3, 4, 8, 9
_COLOURS = {_BITMAP: 1, _GREY: 1, _INDEXED: 1, _RGB: 3, _CMYK: 4, _DUOTONE: 1, _LAB: 3}
_DEPTHS: dict[int, np.dtype[Any]] = {1: np.dtype("u1"), 8: np.dtype("u1"), 16: np.dtype(">u2")}
_RAW, _RUNS = 0, 1
_IS_TRANSPARENT = (b"8BIMMtrn", b"8BIMMt16")


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The merged picture of a file, of 8 or 16 bits; L*a*b* becomes sRGB.

    Further channels are left out, but for transparency.

    Raises:
        ImageTooLargeError: it has too many pixels.
        UnsupportedImageError: it is of another kind.
        Exception: it is damaged.
    """
    version, channels, height, width, depth, mode = struct.unpack_from(">H6x HIIHH", data, 4)
    big = version == 2
    palette, at = _section(data, _HEADER, ">I")
    resources, at = _section(data, at, ">I")
    layers, at = _section(data, at, ">Q" if big else ">I")
    [compression] = struct.unpack_from(">H", data, at)
    check_size(width, height, path)
    if mode not in _COLOURS or depth not in _DEPTHS or compression not in (_RAW, _RUNS):
        raise UnsupportedImageError(
            path, "is a Photoshop file of a kind that isn't read; save it as RGB with 8 or 16 bits"
        )
    wanted = _COLOURS[mode] + (channels > _COLOURS[mode] and _is_transparent(layers, big))
    check_memory(width, height, wanted * _DEPTHS[depth].itemsize, path)
    row = (width + 7) // 8 if depth == 1 else width * depth // 8
    out = np.empty((height, width, wanted), np.uint16 if depth == 16 else np.uint8)
    places = _places(data, at + 2, compression, (channels, height, row), big)
    for channel, (start, end) in enumerate(places[:wanted]):
        stored = _plane(data[start:end], compression, height * row).reshape(height, row)
        bits = np.unpackbits(stored, axis=1)[:, :width] if depth == 1 else stored
        out[..., channel] = bits.view(_DEPTHS[depth])
    found = resources_of(resources)
    samples = _with_meaning(out, mode, palette, found.get(PROFILE) or None)
    return apply_orientation_and_profile(samples, found.get(EXIF, b""))


def _section(data: bytes, at: int, length: str) -> tuple[bytes, int]:
    """What a section holds, and where it ends."""
    start = at + struct.calcsize(length)
    end = start + struct.unpack_from(length, data, at)[0]
    return data[start:end], end


def _is_transparent(layers: bytes, big: bool) -> bool:
    """Whether the first further channel is transparency: a negative count of layers says so, and,
    where layers have 16 bits, a block."""
    start = 8 if big else 4
    count = struct.unpack_from(">h", layers, start)[0] if len(layers) >= start + 2 else 0
    return count < 0 or any(block in layers for block in _IS_TRANSPARENT)


def _places(
    data: bytes, at: int, compression: int, shape: tuple[int, int, int], big: bool
) -> list[tuple[int, int]]:
    """Where each channel begins and ends; `shape` is channels, rows, and bytes of a row."""
    channels, height, row = shape
    if compression == _RAW:
        lengths = np.full(channels, height * row)
    else:
        dtype = np.dtype(">u4" if big else ">u2")
        rows = np.frombuffer(data, dtype, channels * height, at)
        at += rows.nbytes
        lengths = rows.reshape(channels, height).sum(axis=1, dtype=np.int64)
    ends = (at + np.cumsum(lengths)).tolist()
    return list(zip([at, *ends], ends, strict=False))


def _plane(stored: bytes, compression: int, size: int) -> NDArray[np.uint8]:
    """The bytes of a channel.

    Raises:
        ValueError: there are fewer.
    """
    plain = imagecodecs.packbits_decode(stored, out=size) if compression == _RUNS else stored
    if len(plain) != size:
        raise ValueError("a channel is cut off")
    return np.frombuffer(plain, np.uint8)


def _with_meaning(
    layers: NDArray[Any], mode: int, palette: bytes, profile: bytes | None
) -> Samples:
    channels = _COLOURS[mode]
    colours, alpha = layers[..., :channels], None
    if layers.shape[2] > channels:
        alpha = layers[..., channels]
        colours = _without_white(colours, alpha)
    if mode == _BITMAP:
        return Samples((1 - colours) * np.uint8(255))
    if mode == _INDEXED:
        return Samples(np.frombuffer(palette, np.uint8, 768).reshape(3, 256).T[colours[..., 0]])
    if mode == _LAB:
        lab = colours.astype(np.uint16) * 257 if colours.dtype == np.uint8 else _finer(colours)
        warning = "is in L*a*b*; it is written as RGB"
        srgb = quantised(lab_to_srgb(lab), 8 * layers.itemsize)
        return Samples(srgb, alpha, warnings=(warning,))
    return Samples(~colours if mode == _CMYK else colours, alpha, profile)


def _finer(lab: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """L*a*b* of 16 bits, whose a* and b* are in 256ths of the 8-bit ones, as ICC has them."""
    fine = lab.astype(np.float32)
    fine[..., 1:] *= 257 / 256
    return np.minimum(fine, 65535).round().astype(np.uint16)


def _without_white(colours: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Colours that were laid on white by alpha, as Photoshop stores the merged picture.

    Other programs store the colours alone; those are as they are: darker than the white that would
    show through.
    """
    most = np.iinfo(colours.dtype).max
    rounding = most // 255
    veil = np.maximum(most - alpha, rounding) - rounding
    if (colours < veil[..., np.newaxis]).any():
        return colours
    opacity = np.maximum(alpha, 1)[..., np.newaxis].astype(np.float32) / most
    seen = (colours.astype(np.float32) - most) / opacity + most
    whole: NDArray[Any] = np.clip(seen, 0, most, out=seen).round().astype(colours.dtype)
    return whole


def blocks_of(data: bytes) -> Metadata:
    """What a file says besides its pixels."""
    _, at = _section(data, _HEADER, ">I")
    resources, _ = _section(data, at, ">I")
    found = resources_of(resources)
    return Metadata(
        exif=found.get(EXIF),
        xmp=found.get(XMP),
        iptc=found.get(IPTC),
        resolution=_resolution(found.get(RESOLUTION, b"")),
    )


def _resolution(content: bytes) -> Resolution | None:
    """Two fixed-point numbers, each with the units in which a person is told."""
    if len(content) < 12:
        return None
    across, down = struct.unpack_from(">I4xI", content)
    return resolution_of(across / 2**16, down / 2**16)


CODEC = Codec(matches=begins(_SIGNATURE), decode=decoded, blocks_of=blocks_of)
