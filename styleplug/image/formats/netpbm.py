"""PBM, PGM, PPM and PFM files: read by Pillow."""

from __future__ import annotations

from functools import partial

from styleplug.image import pil
from styleplug.image.formats.codec import Codec, begins

CODEC = Codec(
    matches=begins(*(b"P%c" % kind for kind in b"0123456fy")),
    decode=partial(pil.decoded, "PPM"),
)
