"""What a picture file says besides its pixels, kept from the photograph to the painted picture."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PIL import Image

from styleplug.errors import ImageError, MissingDependencyError
from styleplug.image import exif, jpeg_metadata, jxl_metadata, png_metadata, tiff_metadata
from styleplug.image.blocks import MAX_BLOCK
from styleplug.image.blocks import Metadata as Metadata  # who deals with it imports this file
from styleplug.image.pil import decoder_errors
from styleplug.image.readers import blocks_of
from styleplug.image.resolution import in_exif, with_resolution
from styleplug.image.texts import Text, in_xmp, is_comment, shortened
from styleplug.image.xmp import Packet

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

_TIFF = "http://ns.adobe.com/tiff/1.0/"
_EXIF = "http://ns.adobe.com/exif/1.0/"
_THUMBNAILS = "http://ns.adobe.com/xap/1.0/ Thumbnails"
THUMBNAIL_SIDE = 160
"""Of a thumbnail, in pixels, as the EXIF standard advises."""


def read_metadata(data: bytes) -> tuple[Metadata, tuple[str, ...]]:
    """The metadata of a picture file, and what a person should know of them.

    A block that is damaged is left out, with a remark, the rest of a sentence that begins with the
    file's name.
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
        xmp=_if_whole(xmp, _is_packet),
        iptc=_if_whole(iptc, lambda records: records.startswith(_RECORD)),
        resolution=found.resolution,
        texts=texts,
    )
    pairs = {
        "EXIF": (block, metadata.exif),
        "XMP": (xmp, metadata.xmp),
        "IPTC": (iptc, metadata.iptc),
    }
    remarks = [
        f"has {name} data that are {'damaged' if len(given) <= MAX_BLOCK else 'too large'};"
        " they were left out"
        for name, (given, kept) in pairs.items()
        if given and not kept
    ]
    if texts != found.texts:
        remarks.append("has texts that are too long or too many; the rest was left out")
    return _with_what_exif_says(metadata), tuple(remarks)


def _if_whole(block: bytes | None, is_whole: Callable[[bytes], bool]) -> bytes | None:
    return block if block and len(block) <= MAX_BLOCK and is_whole(block) else None


def _with_what_exif_says(metadata: Metadata) -> Metadata:
    """The metadata, and what EXIF has of that which stands in no place of its own.

    The resolution is that of the upright picture.
    """
    if not metadata.exif:
        return metadata
    resolution = metadata.resolution or in_exif(metadata.exif)
    if resolution and exif.is_turned(metadata.exif):
        resolution = resolution[::-1]
    iptc = metadata.iptc or exif.iptc_of(metadata.exif)
    return replace(metadata, iptc=iptc, resolution=resolution)


def corrected_xmp(packet: bytes, size: tuple[int, int]) -> bytes:
    """The packet with the orientation 1, the size, in pixels, and no thumbnails.

    Raises:
        ValueError: it can't be read.
    """
    width, height = map(str, size)
    values = {
        f"{_TIFF} Orientation": "1",
        f"{_TIFF} ImageWidth": width,
        f"{_TIFF} ImageLength": height,
        f"{_EXIF} PixelXDimension": width,
        f"{_EXIF} PixelYDimension": height,
    }
    whole = Packet(packet).with_values(values)
    return whole.without(lambda prop: prop.name == _THUMBNAILS).data


def embed_metadata(
    encode: Callable[..., bytes],
    format: str,
    metadata: Metadata,
    size: tuple[int, int],
    image: Callable[[], Image.Image],
) -> bytes:
    """The picture file that an encoder makes, with metadata in it that are true of it.

    Orientation, size and thumbnail in EXIF and XMP become those of the picture, which is upright.
    The EXIF block keeps the place of all that is in it. Formats that have no place for IPTC records
    or the resolution take them in the EXIF block, as TIFF does, and those without a place for
    texts take them in XMP, as far as it has properties for them. Where the metadata can't be
    stored, the file is without, and a log line says so.

    Args:
        encode: makes the file; where the format's library embeds metadata itself, as for WebP, AVIF
            and HEIF, it is called with `exif` and `xmp`, bytes, those of them that there are.
        format: Pillow's name of the format.
        metadata: of the photograph.
        size: (width, height) of the picture in pixels.
        image: makes the thumbnail, RGB, `THUMBNAIL_SIDE` long, if there is one to replace.
    """
    try:
        return _embedded(encode, format, _corrected(metadata, size, image))
    except Exception as error:  # encoders raise nearly anything, and the picture is worth more
        file = encode()
        _log.warning("the metadata can't be stored in a %s file (%s)", format, error)
        return file


def _corrected(
    metadata: Metadata, size: tuple[int, int], image: Callable[[], Image.Image]
) -> Metadata:
    block, xmp = metadata.exif, metadata.xmp
    if block:
        block = exif.corrected(block, size, partial(_thumbnail, image))
        block = block if exif.is_exif(block) else None  # one whose parts overlap may be broken now
    if xmp:
        xmp = corrected_xmp(xmp, size)
    return replace(metadata, exif=block, xmp=xmp)


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


def _is_packet(data: bytes) -> bool:
    try:
        Packet(data)
    except ValueError:
        return False
    return True


def _thumbnail(image: Callable[[], Image.Image], longest: int) -> bytes | None:
    """A JPEG file of at most so many bytes, if there is a quality that makes it so small."""
    small = image()
    for quality in (85, 70, 50, 30):
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=quality)
        if len(buffer.getvalue()) <= longest:
            return buffer.getvalue()
    return None
