"""PNG and TIFF files of 16 bits a channel, of which Pillow keeps only 8 unless they are grey."""

from __future__ import annotations

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, TiffImagePlugin

from styleplug.image.png import pixels_only, with_profile
from styleplug.image.samples import PathOrNone, Samples, check_size, with_alpha

_Deep = NDArray[np.uint16]
_Tags = TiffImagePlugin.ImageFileDirectory_v2

_PNG_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by colour type
# By photometric interpretation; Pillow has to do for CMYK, which imagecodecs doesn't read.
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_TIFF_COLOURS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3}
_UNSIGNED = 1
_SEPARATE_PLANES = 2
_PREMULTIPLIED, _STRAIGHT = 1, 2


def decoded(data: bytes, image: Image.Image, path: PathOrNone) -> Samples | None:
    """The first picture of a file, as it is stored; None if it isn't one of 16 bits.

    Args:
        data: the file.
        image: the file, opened by Pillow and not loaded yet.
        path: the file that an error names.

    Raises:
        Exception: whatever the library raises on damaged data.
    """
    if image.format == "PNG" and data[24] == 16:
        channels = _PNG_CHANNELS[data[25]] + ("transparency" in image.info)
        layers = imagecodecs.png_decode(pixels_only(data), out=_room(*image.size, channels))
        return with_alpha(np.atleast_3d(layers), 1 if channels < 3 else 3)
    if isinstance(image, TiffImagePlugin.TiffImageFile) and _is_deep(image.tag_v2):
        return _tiff_decoded(data, image.tag_v2, path)
    return None


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


def _is_deep(tags: _Tags) -> bool:
    return (
        set(tags.get(ExifTags.Base.BitsPerSample, ())) == {16}
        and set(tags.get(ExifTags.Base.SampleFormat, [_UNSIGNED])) == {_UNSIGNED}
        and tags.get(ExifTags.Base.PhotometricInterpretation) in _TIFF_COLOURS
    )


def _tiff_decoded(data: bytes, tags: _Tags, path: PathOrNone) -> Samples:
    # Not the image's size, which is that of the picture turned upright.
    width, height = tags[ExifTags.Base.ImageWidth], tags[ExifTags.Base.ImageLength]
    channels = tags.get(ExifTags.Base.SamplesPerPixel, 1)
    # The decoder takes memory for whole tiles, which may be larger than the picture.
    tile = tags.get(ExifTags.Base.TileWidth, 1), tags.get(ExifTags.Base.TileLength, 1)
    for sides in ((width, height), tile):
        check_size(*sides, path)
    if tags.get(ExifTags.Base.PlanarConfiguration) == _SEPARATE_PLANES and channels > 1:
        planes = np.empty((channels, height, width), np.uint16)
        layers = np.moveaxis(imagecodecs.tiff_decode(data, out=planes), 0, 2)
    else:
        layers = np.atleast_3d(imagecodecs.tiff_decode(data, out=_room(width, height, channels)))
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


def _room(width: int, height: int, channels: int) -> _Deep:
    """Where to decode to: a file that says one size here and another there can't fill it."""
    return np.empty((height, width, channels)[: 2 + (channels > 1)], np.uint16)
