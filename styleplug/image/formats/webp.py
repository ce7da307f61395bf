"""WebP files: read and written by Pillow, but for a decoder that takes less memory."""

from __future__ import annotations

from functools import partial

import imagecodecs
import numpy as np

from styleplug.image.formats.codec import Codec, Writer
from styleplug.image.pil import blocks_of, encoded, finished, opened, samples_of
from styleplug.image.samples import PathOrNone, Samples, room, with_alpha


def is_webp(data: bytes) -> bool:
    """Whether a file is WebP, to judge by its first bytes."""
    return data.startswith(b"RIFF") and data.startswith(b"WEBP", 8)


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The picture of a file; Pillow's decoder, which keeps four copies, takes animated ones."""
    with opened(data, "WEBP", path) as image:
        if getattr(image, "is_animated", False):
            return samples_of(image, path)
        channels = len(image.getbands())
        out = room(image.height, image.width, channels, np.uint8)
        layers = imagecodecs.webp_decode(data, hasalpha=channels == 4, out=out)
        return finished(with_alpha(layers, 3), image)


CODEC = Codec(
    matches=is_webp,
    decode=decoded,
    blocks_of=blocks_of,
    writer=Writer(encode=partial(encoded, "WEBP", quality=95), longest_side=16383),
)
