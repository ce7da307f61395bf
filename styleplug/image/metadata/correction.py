"""A photograph's metadata, made true of the picture that was made from it."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from styleplug.image.metadata import exif, xmp_correction
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.iptc import without_pictures
from styleplug.image.turn import Turn

if TYPE_CHECKING:
    from PIL import Image

_log = logging.getLogger("styleplug")

THUMBNAIL_SIDE = 160
"""Of a thumbnail, in pixels, as the EXIF standard advises."""


def corrected(metadata: Metadata, turn: Turn, image: Callable[[], Image.Image]) -> Metadata:
    """The metadata, with orientation, size, places and thumbnail of the picture, which is upright.

    The EXIF block keeps the place of all that is in it. A block that can't be put right is left
    out, and a log line says so.

    Args:
        metadata: of the photograph.
        turn: what became of the photograph.
        image: makes the thumbnail, RGB, `THUMBNAIL_SIDE` long, if there is one to replace.
    """
    block, xmp = metadata.exif, metadata.xmp
    is_copy = bool(block and exif.orientation_in(block))  # XMP's orientation, of what EXIF says
    return replace(
        metadata,
        exif=_put_right("EXIF", block, lambda b: _corrected_exif(b, turn, image)),
        xmp=_put_right(
            "XMP", xmp, lambda x: xmp_correction.corrected_xmp(x, turn, is_own=not is_copy)
        ),
        iptc=_put_right("IPTC", metadata.iptc, without_pictures),
    )


def _corrected_exif(block: bytes, turn: Turn, image: Callable[[], Image.Image]) -> bytes:
    block = exif.corrected(block, turn, partial(_thumbnail, image))
    if not exif.is_exif(block):
        raise ValueError("its parts overlap, and it is broken now")
    return block


def _put_right(name: str, block: bytes | None, correct: Callable[[bytes], bytes]) -> bytes | None:
    """The block, put right; None where that fails, whatever is wrong with it."""
    try:
        return correct(block) if block else None
    except Exception as error:  # no block is worth a painting
        _log.warning("the photograph's %s data are left out (%s)", name, error)
        return None


def _thumbnail(image: Callable[[], Image.Image], longest: int) -> bytes | None:
    """A JPEG file of at most so many bytes, if there is a quality that makes it so small."""
    small = image()
    for quality in (85, 70, 50, 30):
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=quality)
        if len(buffer.getvalue()) <= longest:
            return buffer.getvalue()
    return None
