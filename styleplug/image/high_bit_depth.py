"""PNG and JPEG 2000 files of 16 bits, and TIFF files to be written: Pillow makes 8 bits of them."""

from __future__ import annotations

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from styleplug.image.png import pixels_only, with_profile
from styleplug.image.samples import Samples, room, stretched, with_alpha

_Deep = NDArray[np.uint16]

_PNG_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by colour type
_JP2_SIZES, _JP2_DEPTH = b"\xff\x4f\xff\x51", 42  # a codestream's beginning


def png_decoded(data: bytes, image: Image.Image) -> Samples:
    """The picture of a PNG file of 16 bits, as it is stored.

    Args:
        data: the file.
        image: the file, opened by Pillow.

    Raises:
        Exception: whatever imagecodecs raises on damaged data.
    """
    channels = _PNG_CHANNELS[data[25]] + ("transparency" in image.info)
    out = room(image.height, image.width, channels, np.uint16)
    layers = np.atleast_3d(imagecodecs.png_decode(pixels_only(data), out=out))
    return with_alpha(layers, 1 if channels < 3 else 3)


def is_deep_jp2(data: bytes, image: Image.Image) -> bool:
    """Whether a JPEG 2000 file in RGB has more than 8 bits, of which Pillow makes white black."""
    return image.mode in ("RGB", "RGBA") and _jp2_bits(data) > 8


def jp2_decoded(data: bytes, image: Image.Image) -> Samples:
    """The picture of a JPEG 2000 file of more than 8 bits, as one of 16.

    Args:
        data: the file.
        image: the file, opened by Pillow.

    Raises:
        Exception: whatever imagecodecs raises on damaged data.
    """
    out = room(image.height, image.width, len(image.getbands()), np.uint16)
    layers = imagecodecs.jpeg2k_decode(data, out=out)
    return with_alpha(stretched(layers, _jp2_bits(data), 16), 3)


def _jp2_bits(data: bytes) -> int:
    """The bits of the first channel (ISO 15444-1, A.5.1); 8 for signed ones, which are rare."""
    at = data.find(_JP2_SIZES)
    depth = data[at + _JP2_DEPTH] if 0 <= at < len(data) - _JP2_DEPTH else 7
    return depth + 1 if depth < 16 else 8


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
