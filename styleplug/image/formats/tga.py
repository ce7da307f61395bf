"""TGA files: read by Pillow."""

from __future__ import annotations

from functools import partial

from styleplug.image import pil
from styleplug.image.formats.codec import Codec, begins

CODEC = Codec(
    matches=begins(b""),  # nothing marks them, so that they come last
    decode=partial(pil.decoded, "TGA"),
)
