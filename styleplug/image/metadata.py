"""What a picture file says besides its pixels, kept from the photograph to the painted picture."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PIL import Image

from styleplug.errors import ImageError, MissingDependencyError
from styleplug.image import (
    exif,
    jpeg_metadata,
    jxl_metadata,
    png_metadata,
    tiff_metadata,
    xmp_correction,
)
from styleplug.image.blocks import MAX_BLOCK
from styleplug.image.blocks import Metadata as Metadata  # who deals with it imports this file
from styleplug.image.iptc import without_pictures
from styleplug.image.pil import decoder_errors
from styleplug.image.readers import blocks_of
from styleplug.image.resolution import in_exif, with_resolution
from styleplug.image.texts import Text, in_xmp, is_comment, shortened
from styleplug.image.turn import AXES, Turn
from styleplug.image.xmp_source import TooLargeError

_log = logging.getLogger("styleplug")

# What is written here; of other formats it is their libraries that do it.
_WRITERS: Mapping[str, Callable[[bytes, Metadata], bytes]] = {
    "JPEG": jpeg_metadata.embedded,
    "PNG": png_metadata.embedded,
    "TIFF": tiff_metadata.embedded,
    "JPEG XL": jxl_metadata.embedded,
}
_HAVE_IPTC = ("JPEG", "PNG", "TIFF")
_HAVE_RESOLUTION = ("JPEG", "PNG")
# Their libraries would turn the picture as EXIF says, even where that makes no sense, and Pillow
# would write the block anew.
_TURNED_OTHERWISE = ("AVIF", "HEIF")
_RECORD = b"\x1c"  # how an IPTC record begins
_LEFT_OUT = "has {} data that are {}; they were left out"

THUMBNAIL_SIDE = 160
"""Of a thumbnail, in pixels, as the EXIF standard advises."""


def read_metadata(data: bytes, orientation: int | None = None) -> tuple[Metadata, tuple[str, ...]]:
    """The metadata of a picture file, and what a person should know of them.

    A block that is damaged is left out, with a remark, the rest of a sentence that begins with the
    file's name.

    Args:
        data: the file.
        orientation: the EXIF orientation, 1 to 8, that was applied to its pixels, and is to the
            resolution; None for the one that the metadata name.
    """
    try:
        with decoder_errors(None):
            found = blocks_of(data)
    except (ImageError, MissingDependencyError):
        return Metadata(), ("has metadata that can't be read; they were left out",)
    block = found.exif.removeprefix(b"Exif\0\0") if found.exif else None
    xmp, iptc, texts = found.xmp, found.iptc, shortened(found.texts)
    metadata = Metadata(
        exif=_if_whole(block, exif.is_exif),
        xmp=xmp,
        iptc=_if_whole(iptc, lambda records: records.startswith(_RECORD)),
        resolution=found.resolution,
        texts=texts,
    )
    remarks = [
        _LEFT_OUT.format(name, "damaged" if len(given) <= MAX_BLOCK else "too large")
        for name, given, kept in (("EXIF", block, metadata.exif), ("IPTC", iptc, metadata.iptc))
        if given and not kept
    ]
    if texts != found.texts:
        remarks.append("has texts that are too long or too many; the rest was left out")
    if metadata.exif and not xmp:
        metadata = replace(metadata, xmp=exif.xmp_of(metadata.exif))
    if metadata.xmp:
        try:
            remarks += xmp_correction.remarks_on(metadata.xmp)
        except ValueError as error:
            metadata = replace(metadata, xmp=None)
            is_large = isinstance(error, TooLargeError)
            remarks.append(_LEFT_OUT.format("XMP", "too large" if is_large else "damaged"))
    metadata = _with_what_exif_says(metadata)
    if metadata.resolution and AXES[orientation or orientation_in(metadata)][0]:
        metadata = replace(metadata, resolution=metadata.resolution[::-1])
    return metadata, tuple(remarks)


def orientation_in(metadata: Metadata) -> int:
    """The EXIF orientation, 1 to 8, that the metadata name, EXIF before XMP; 1 if they don't."""
    named = exif.orientation_in(metadata.exif) if metadata.exif else None
    return named or (xmp_correction.orientation_in(metadata.xmp) if metadata.xmp else None) or 1


def _if_whole(block: bytes | None, is_whole: Callable[[bytes], bool]) -> bytes | None:
    return block if block and len(block) <= MAX_BLOCK and is_whole(block) else None


def _with_what_exif_says(metadata: Metadata) -> Metadata:
    """The metadata, and what EXIF has of that which stands in no place of its own."""
    if not metadata.exif:
        return metadata
    resolution = metadata.resolution or in_exif(metadata.exif)
    iptc = metadata.iptc or exif.iptc_of(metadata.exif)
    return replace(metadata, iptc=iptc, resolution=resolution)


def embed_metadata(
    encode: Callable[..., bytes],
    format: str,
    metadata: Metadata,
    turn: Turn,
    image: Callable[[], Image.Image],
) -> bytes:
    """The picture file that an encoder makes, with metadata in it that are true of it.

    Orientation, size, places and thumbnail in EXIF and XMP become those of the picture, which is
    upright. The EXIF block keeps the place of all that is in it. Formats that have no place for
    IPTC records or the resolution take them in the EXIF block, as TIFF does, and those without a
    place for texts take them in XMP, as far as it has properties for them. Where the metadata can't
    be stored, the file is without, and a log line says so.

    Args:
        encode: makes the file; where the format's library embeds metadata itself, as for WebP, AVIF
            and HEIF, it is called with `exif` and `xmp`, bytes, those of them that there are.
        format: Pillow's name of the format.
        metadata: of the photograph.
        turn: what became of the photograph.
        image: makes the thumbnail, RGB, `THUMBNAIL_SIDE` long, if there is one to replace.
    """
    blocks = _corrected(metadata, turn, image)
    # XMP goes first, which is the likeliest to be too much for a format.
    for kept in (blocks, replace(blocks, xmp=None)) if blocks.xmp else (blocks,):
        try:
            return _embedded(encode, format, kept)
        except Exception as error:  # encoders raise nearly anything, and the picture is worth more
            lost = "XMP data" if kept.xmp else "metadata"
            _log.warning("the %s can't be stored in a %s file (%s)", lost, format, error)
    return encode()


def _corrected(metadata: Metadata, turn: Turn, image: Callable[[], Image.Image]) -> Metadata:
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


def _embedded(encode: Callable[..., bytes], format: str, metadata: Metadata) -> bytes:
    block, iptc, resolution = metadata.exif, metadata.iptc, metadata.resolution
    if format not in _HAVE_IPTC and iptc and not (block and exif.iptc_of(block) == iptc):
        block = exif.with_iptc(block, iptc)
    is_reversed = block and resolution and in_exif(block) == resolution[::-1]
    if resolution and (is_reversed or format not in _HAVE_RESOLUTION):
        block = with_resolution(block, resolution)
    xmp = in_xmp(metadata.xmp, _texts_without_place(format, metadata))
    if format in _WRITERS:
        return _WRITERS[format](encode(), replace(metadata, exif=block, xmp=xmp))
    if block and format in _TURNED_OTHERWISE:
        block = exif.without(block, exif.ORIENTATION)
    return encode(**{name: data for name, data in (("exif", block), ("xmp", xmp)) if data})


def _texts_without_place(format: str, metadata: Metadata) -> list[Text]:
    """The texts that a format has no place for: PNG has one for all, JPEG for comments."""
    if format == "PNG":
        return []
    return [text for text in metadata.texts if format != "JPEG" or not is_comment(text)]


def _thumbnail(image: Callable[[], Image.Image], longest: int) -> bytes | None:
    """A JPEG file of at most so many bytes, if there is a quality that makes it so small."""
    small = image()
    for quality in (85, 70, 50, 30):
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=quality)
        if len(buffer.getvalue()) <= longest:
            return buffer.getvalue()
    return None
