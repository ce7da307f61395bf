"""What a picture file says besides its pixels, kept from the photograph to the painted picture."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from styleplug.image import exif, jpeg_metadata, png_metadata, tiff_metadata
from styleplug.image.xmp import Packet

if TYPE_CHECKING:
    from PIL import Image

_log = logging.getLogger("styleplug")

_IN_BYTES = {
    "JPEG": jpeg_metadata,
    "MPO": jpeg_metadata,
    "PNG": png_metadata,
    "TIFF": tiff_metadata,
}
"""Formats, by Pillow's names, whose files are read and written here; the others' encoders do it."""

_TIFF = "http://ns.adobe.com/tiff/1.0/"
_EXIF = "http://ns.adobe.com/exif/1.0/"
_THUMBNAILS = "http://ns.adobe.com/xap/1.0/ Thumbnails"
_THUMBNAIL_SIDE = 160  # pixels; what the EXIF standard advises


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


def read_metadata(data: bytes, format: str, path: str | os.PathLike[str] | None = None) -> Metadata:
    """The metadata of a picture file; a block that is damaged is left out, and a log line says so.

    Args:
        data: the file.
        format: Pillow's name of its format.
        path: what the log line calls it.
    """
    try:
        if format in _IN_BYTES:
            exif_block, xmp, iptc = _IN_BYTES[format].blocks_of(data)
        else:
            exif_block, xmp, iptc = *_of_library(data, format), None
    except ValueError as error:
        _log.warning("%s: its metadata can't be read and are left out (%s)", path, error)
        return Metadata()
    problems = []
    if exif_block:
        exif_block = exif_block.removeprefix(b"Exif\0\0")
        if exif.is_exif(exif_block):
            iptc = iptc or exif.iptc_of(exif_block)
        else:
            problems, exif_block = ["EXIF"], None
    if xmp and not _is_packet(xmp):
        problems, xmp = [*problems, "XMP"], None
    if iptc and not iptc.startswith(b"\x1c"):
        problems, iptc = [*problems, "IPTC"], None
    if problems:
        _log.warning("%s: damaged metadata are left out: %s", path, ", ".join(problems))
    return Metadata(exif_block or None, xmp or None, iptc or None)


def corrected(metadata: Metadata, image: Image.Image) -> Metadata:
    """The metadata with what is no longer true of the picture put right.

    Orientation, size and thumbnail of EXIF and XMP become those of the image, which is upright. The
    EXIF block keeps its length and the place of all that is in it.
    """
    block, xmp = metadata.exif, metadata.xmp
    if block:
        block = exif.corrected(block, image.size, _thumbnailer(image))
        # One whose parts overlap may not have survived.
        block = block if exif.is_exif(block) else None
    if xmp:
        xmp = corrected_xmp(xmp, image.size)
    return replace(metadata, exif=block, xmp=xmp)


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


def embed_metadata(encode: Callable[..., bytes], format: str, metadata: Metadata) -> bytes:
    """The picture file that an encoder makes, with metadata in it.

    Formats that have no place for IPTC records take them in the EXIF block, as TIFF does. Where the
    format can't hold the metadata, the file is without, and a log line says so.

    Args:
        encode: makes the file; where the format's library embeds metadata itself, as for WebP, AVIF
            and HEIF, it is called with `exif` and `xmp`, bytes, those of them that there are.
        format: Pillow's name of the format.
        metadata: as `corrected` returns it.
    """
    try:
        return _embedded(encode, format, metadata)
    except Exception as error:  # encoders raise nearly anything, and the picture is worth more
        _log.warning("its metadata can't be stored in the %s file (%s)", format, error)
        return encode()


def _embedded(encode: Callable[..., bytes], format: str, metadata: Metadata) -> bytes:
    block, xmp, iptc = metadata.exif, metadata.xmp, metadata.iptc
    if format in _IN_BYTES:
        file: bytes = _IN_BYTES[format].embedded(encode(), block, xmp, iptc)
        return file
    if iptc and not (block and exif.iptc_of(block) == iptc):
        block = exif.with_iptc(block, iptc)
    if block and format == "AVIF":  # Pillow would write the block anew to leave the orientation out
        block = exif.without(block, exif.ORIENTATION)
    return encode(**{name: data for name, data in (("exif", block), ("xmp", xmp)) if data})


def _of_library(data: bytes, format: str) -> tuple[bytes | None, bytes | None]:
    """The EXIF block and the XMP packet that the format's library finds."""
    if format in ("AVIF", "HEIF"):  # Pillow may give the EXIF block of an AVIF file written anew
        import pillow_heif

        info = pillow_heif.open_heif(data).info
    else:
        from PIL import Image

        with Image.open(io.BytesIO(data)) as image:
            info = image.info
    return info.get("exif"), info.get("xmp")


def _is_packet(data: bytes) -> bool:
    try:
        Packet(data)
    except ValueError:
        return False
    return True


def _thumbnailer(image: Image.Image) -> exif.Thumbnailer:
    """Makes thumbnails of an image, on white where it is transparent."""

    def thumbnail(longest: int) -> bytes | None:
        from PIL import Image

        small = image.copy()
        small.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
        small = small.convert("RGBA")
        opaque = Image.new("RGB", small.size, "white")
        opaque.paste(small, mask=small)
        for quality in (85, 70, 50, 30):
            buffer = io.BytesIO()
            opaque.save(buffer, "JPEG", quality=quality)
            if len(buffer.getvalue()) <= longest:
                return buffer.getvalue()
        return None

    return thumbnail
