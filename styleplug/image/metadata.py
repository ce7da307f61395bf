"""What a picture file says besides its pixels, kept from the photograph to the painted picture."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from PIL import Image

from styleplug.errors import ImageError, MissingDependencyError
from styleplug.image import exif, heif, jpeg_metadata, jxl_metadata, png_metadata, tiff_metadata
from styleplug.image.iptc import without_pictures
from styleplug.image.pil import decoder_errors
from styleplug.image.turn import Turn
from styleplug.image.xmp_correction import corrected_xmp, remarks_on
from styleplug.image.xmp_source import TooLargeError

_log = logging.getLogger("styleplug")

_Blocks: TypeAlias = tuple[bytes | None, bytes | None, bytes | None]  # EXIF, XMP, IPTC

# What is read and written here; of other formats it is their libraries that do it.
_READERS: Mapping[bytes, Callable[[bytes], _Blocks]] = {
    b"\xff\xd8": jpeg_metadata.blocks_of,
    b"\x89PNG": png_metadata.blocks_of,
    **dict.fromkeys((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), tiff_metadata.blocks_of),
    **dict.fromkeys((b"\0\0\0\x0cJXL ", b"\xff\x0a"), jxl_metadata.blocks_of),
}
_WRITERS: Mapping[str, Callable[..., bytes]] = {
    "JPEG": jpeg_metadata.embedded,
    "PNG": png_metadata.embedded,
    "TIFF": tiff_metadata.embedded,
    "JPEG XL": jxl_metadata.embedded,
}
_HAVE_IPTC = ("JPEG", "PNG", "TIFF")
# Their libraries would turn the picture as EXIF says, even where that makes no sense, and Pillow
# would write the block anew.
_TURNED_OTHERWISE = ("AVIF", "HEIF")
_RECORD = b"\x1c"  # how an IPTC record begins
_LEFT_OUT = "has {} data that are {}; they were left out"

THUMBNAIL_SIDE = 160
"""Of a thumbnail, in pixels, as the EXIF standard advises."""


@dataclass(frozen=True)
class Metadata:
    """Three blocks, each as its standard has it, or None.

    Args:
        exif: a TIFF structure; the offsets in it count from its beginning.
        xmp: a packet, an RDF document.
        iptc: IPTC-IIM records.
    """

    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None


def read_metadata(data: bytes) -> tuple[Metadata, tuple[str, ...]]:
    """The metadata of a picture file, and what a person should know of them.

    A block that is damaged is left out, with a remark, the rest of a sentence that begins with the
    file's name.
    """
    try:
        with decoder_errors(None):
            block, xmp, iptc = _blocks_of(data)
    except (ImageError, MissingDependencyError):
        return Metadata(), ("has metadata that can't be read; they were left out",)
    block = block.removeprefix(b"Exif\0\0") if block else None
    metadata = Metadata(
        exif=block if block and exif.is_exif(block) else None,
        xmp=xmp,
        iptc=iptc if iptc and iptc.startswith(_RECORD) else None,
    )
    remarks = [
        _LEFT_OUT.format(name, "damaged")
        for name, given, kept in (("EXIF", block, metadata.exif), ("IPTC", iptc, metadata.iptc))
        if given and not kept
    ]
    if metadata.exif and not xmp:
        metadata = replace(metadata, xmp=exif.xmp_of(metadata.exif))
    if metadata.xmp:
        try:
            remarks += remarks_on(metadata.xmp)
        except ValueError as error:
            metadata = replace(metadata, xmp=None)
            is_large = isinstance(error, TooLargeError)
            remarks.append(_LEFT_OUT.format("XMP", "too large" if is_large else "damaged"))
    if metadata.exif and not metadata.iptc:
        metadata = replace(metadata, iptc=exif.iptc_of(metadata.exif))
    return metadata, tuple(remarks)


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
    IPTC records take them in the EXIF block, as TIFF does. Where a block can't be stored, the file
    is without, and a log line says so.

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
        xmp=_put_right("XMP", xmp, lambda x: corrected_xmp(x, turn, is_own=not is_copy)),
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
    block, xmp, iptc = metadata.exif, metadata.xmp, metadata.iptc
    if format not in _HAVE_IPTC and iptc and not (block and exif.iptc_of(block) == iptc):
        block = exif.with_iptc(block, iptc)
    if format in _WRITERS:
        return _WRITERS[format](encode(), block, xmp, iptc)
    if block and format in _TURNED_OTHERWISE:
        block = exif.without(block, exif.ORIENTATION)
    return encode(**{name: data for name, data in (("exif", block), ("xmp", xmp)) if data})


def _blocks_of(data: bytes) -> _Blocks:
    """The EXIF block, the XMP packet and the IPTC records, as they are in the file.

    Raises:
        Exception: whatever the libraries raise on damaged data.
    """
    for beginning, blocks_of in _READERS.items():
        if data.startswith(beginning):
            return blocks_of(data)
    if heif.is_heif(data):
        return *heif.blocks_of(data), None
    with Image.open(io.BytesIO(data)) as image:
        return image.info.get("exif"), image.info.get("xmp"), None


def _thumbnail(image: Callable[[], Image.Image], longest: int) -> bytes | None:
    """A JPEG file of at most so many bytes, if there is a quality that makes it so small."""
    small = image()
    for quality in (85, 70, 50, 30):
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=quality)
        if len(buffer.getvalue()) <= longest:
            return buffer.getvalue()
    return None
