"""PNG and TIFF files of more than 8 bits a channel, which Pillow makes 8 of or doesn't know."""

from __future__ import annotations

import io
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, TiffImagePlugin

from styleplug.image.png import pixels_only, with_profile
from styleplug.image.samples import (
    SEVERAL,
    PathOrNone,
    Samples,
    check_size,
    quantised,
    scaled,
    upright,
    with_alpha,
)
from styleplug.image.turn import known_orientation
from styleplug.image.xmp_correction import orientation_in

_Deep = NDArray[np.uint16]
_Tags = TiffImagePlugin.ImageFileDirectory_v2

_PNG_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by colour type

_TIFF_HEADERS = {b"II*\0": 8, b"MM\0*": 8, b"II+\0": 16, b"MM\0+": 16}  # and their lengths
# By photometric interpretation; Pillow has to do for CMYK, which imagecodecs doesn't read.
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_TIFF_COLOURS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3}
_UNSIGNED, _FLOAT = 1, 3
_TIFF_DTYPES: dict[tuple[int, int], type[np.generic]] = {
    (_UNSIGNED, 16): np.uint16,
    (_FLOAT, 16): np.float16,
    (_FLOAT, 32): np.float32,
}
_MOST_CHANNELS = 8
_SEPARATE_PLANES = 2
_PREMULTIPLIED, _STRAIGHT = 1, 2


def png_decoded(data: bytes, image: Image.Image) -> Samples:
    """The picture of a PNG file of 16 bits, as it is stored.

    Args:
        data: the file.
        image: the file, opened by Pillow.

    Raises:
        Exception: whatever imagecodecs raises on damaged data.
    """
    channels = _PNG_CHANNELS[data[25]] + ("transparency" in image.info)
    room = _room(image.height, image.width, channels, np.uint16)
    layers = np.atleast_3d(imagecodecs.png_decode(pixels_only(data), out=room))
    return with_alpha(layers, 1 if channels < 3 else 3)


def tiff_decoded(data: bytes, path: PathOrNone) -> Samples | None:
    """The first picture of a TIFF file, upright; None if its samples are others than these.

    Read are 16 bits, and floats, which become 16 bits: grey and RGB, with alpha or other channels.

    Raises:
        ImageTooLargeError: it has too many pixels.
        UnsupportedImageError: it has floats that are far outside of 0 to 1.
        Exception: whatever imagecodecs raises on damaged data.
    """
    tags = tiff_directory(data)
    dtype = None if tags is None else _dtype(tags)
    if tags is None or dtype is None:
        return None
    layers = _tiff_layers(data, tags, dtype, path)
    if layers.dtype != np.uint16:
        layers = quantised(scaled(layers, path), 16)
    samples = _with_meaning(layers, tags)
    orientation = _orientation(tags)
    return Samples(
        upright(samples.colours, orientation),
        None if samples.alpha is None else upright(samples.alpha, orientation),
        tags.get(ExifTags.Base.InterColorProfile),
        (SEVERAL,) if tags.next else (),
        orientation,
    )


def tiff_directory(data: bytes) -> _Tags | None:
    """The tags of the first picture of a TIFF file; None if it isn't one, or is damaged."""
    length = _TIFF_HEADERS.get(data[:4])
    if length is None:
        return None
    try:
        tags = _Tags(data[:length])
        file = io.BytesIO(data)
        file.seek(tags.next)
        tags.load(file)
    except Exception:  # Pillow, which opens it next, has more to say of the damage
        return None
    return tags


def png_encoded(layers: _Deep, profile: bytes | None) -> bytes:
    """A PNG file of (H, W, 3) or (H, W, 4) samples, the fourth being alpha."""
    # 16 bits of a photograph are mostly noise: more effort takes seven times as long for 4 %.
    data = bytes(imagecodecs.png_encode(layers, 1))
    return data if profile is None else with_profile(data, profile)


def tiff_encoded(layers: _Deep, profile: bytes | None) -> bytes:
    """A TIFF file of (H, W, 3) or (H, W, 4) samples, the fourth being alpha."""
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


def _orientation(tags: _Tags) -> int:
    """That of XMP where the directory has none, as with pictures that Pillow reads."""
    packet = tags.get(ExifTags.Base.XMLPacket)
    if isinstance(packet, tuple):  # so Pillow gives it, depending on its type
        packet = packet[0]
    named = tags.get(ExifTags.Base.Orientation)
    if named is None and isinstance(packet, bytes):
        named = orientation_in(packet)
    return known_orientation(named)


def _dtype(tags: _Tags) -> type[np.generic] | None:
    """The type of the samples, all of one kind; None for a picture that isn't read here."""
    bits = {*tags.get(ExifTags.Base.BitsPerSample, (1,))}
    kinds = {*tags.get(ExifTags.Base.SampleFormat, (_UNSIGNED,))}
    known = tags.get(ExifTags.Base.PhotometricInterpretation) in _TIFF_COLOURS
    few = tags.get(ExifTags.Base.SamplesPerPixel, 1) <= _MOST_CHANNELS
    if len(bits) == len(kinds) == 1 and known and few:
        return _TIFF_DTYPES.get((kinds.pop(), bits.pop()))
    return None


def _tiff_layers(
    data: bytes, tags: _Tags, dtype: type[np.generic], path: PathOrNone
) -> NDArray[Any]:
    """All channels, (H, W, C), as they are stored."""
    width, height = tags[ExifTags.Base.ImageWidth], tags[ExifTags.Base.ImageLength]
    channels = tags.get(ExifTags.Base.SamplesPerPixel, 1)
    # The decoder takes memory for whole tiles, which may be larger than the picture.
    tile = tags.get(ExifTags.Base.TileWidth, 1), tags.get(ExifTags.Base.TileLength, 1)
    for sides in ((width, height), tile):
        check_size(*sides, path)
    if tags.get(ExifTags.Base.PlanarConfiguration) == _SEPARATE_PLANES and channels > 1:
        planes = imagecodecs.tiff_decode(data, out=np.empty((channels, height, width), dtype))
        return np.moveaxis(planes, 0, 2)
    room = _room(height, width, channels, dtype)
    return np.atleast_3d(imagecodecs.tiff_decode(data, out=room))


def _with_meaning(layers: _Deep, tags: _Tags) -> Samples:
    """Colours and alpha of the channels of a TIFF file."""
    photometric = tags[ExifTags.Base.PhotometricInterpretation]
    if photometric == _WHITE_IS_ZERO:
        layers = ~layers
    colours = _TIFF_COLOURS[photometric]
    extra = tags.get(ExifTags.Base.ExtraSamples, (0,))[0]
    if extra == _PREMULTIPLIED:
        return _straightened(layers, colours)
    return with_alpha(layers[..., : colours + (extra == _STRAIGHT)], colours)


def _straightened(layers: _Deep, colours: int) -> Samples:
    """Samples whose colours were stored multiplied by alpha."""
    alpha = layers[..., colours]
    straight = layers[..., :colours].astype(np.float32) * 65535
    straight /= np.maximum(alpha, 1)[..., np.newaxis]
    return Samples(np.minimum(straight, 65535).round().astype(np.uint16), alpha)


def _room(height: int, width: int, channels: int, dtype: type[np.generic]) -> NDArray[Any]:
    """Where to decode to: a file that says one size here and another there can't fill it."""
    return np.empty((height, width, channels)[: 2 + (channels > 1)], dtype)
