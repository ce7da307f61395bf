"""AVIF files: read and written by Pillow, which overlooks how their colours are numbered."""

from __future__ import annotations

from functools import partial

from styleplug.image import pil
from styleplug.image.cicp import described
from styleplug.image.formats.codec import Codec, Writer
from styleplug.image.formats.heif import is_heif
from styleplug.image.isobmff import brands, numbered_colours
from styleplug.image.samples import PathOrNone, Samples

_BRANDS = {b"avif", b"avis", b"mif1", b"msf1"}
"""Its own, and those of any pictures in such a container."""


def is_avif(data: bytes) -> bool:
    """Whether a file is AVIF, and not HEIF with HEVC, to judge by its first bytes."""
    return not _BRANDS.isdisjoint(brands(data)) and not is_heif(data)


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The picture of a file, upright."""
    with pil.opened(data, "AVIF", path) as image:
        samples = pil.samples_of(image, path)
        numbers = None if "icc_profile" in image.info else numbered_colours(data)
        return samples if numbers is None else described(samples, *numbers)


CODEC = Codec(
    matches=is_avif,
    decode=decoded,
    blocks_of=pil.blocks_of,
    writer=Writer(
        encode=partial(pil.encoded, "AVIF", quality=90, subsampling="4:4:4"),
        is_turned_by_exif=True,
        longest_side=65535,
    ),
)
