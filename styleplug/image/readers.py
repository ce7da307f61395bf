"""Who reads what a file of each format says besides its pixels."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import suppress

from PIL import Image

from styleplug.image import (
    bmp_metadata,
    cr3_metadata,
    crw_metadata,
    gif_metadata,
    heif,
    jp2_metadata,
    jpeg_metadata,
    jxl_metadata,
    photoshop,
    png_metadata,
    raw_metadata,
    tiff_metadata,
)
from styleplug.image.blocks import Metadata
from styleplug.image.resolution import resolution_of

# By how a file begins. Of other formats it is their libraries that read it.
_READERS: Mapping[bytes, Callable[[bytes], Metadata]] = {
    b"\xff\xd8": jpeg_metadata.blocks_of,
    b"\x89PNG": png_metadata.blocks_of,
    **dict.fromkeys((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), tiff_metadata.blocks_of),
    **dict.fromkeys((b"\0\0\0\x0cJXL ", b"\xff\x0a"), jxl_metadata.blocks_of),
    b"\0\0\0\x0cjP  ": jp2_metadata.blocks_of,
    b"8BPS": photoshop.blocks_of,
    b"GIF8": gif_metadata.blocks_of,
    **raw_metadata.READERS,
}


def blocks_of(data: bytes) -> Metadata:
    """What a picture file says besides its pixels, as it stands there.

    Raises:
        Exception: whatever the libraries raise on damaged data.
    """
    for beginning, read in _READERS.items():
        if data.startswith(beginning):
            return read(data)
    if data.startswith(cr3_metadata.MARK, 4):
        return cr3_metadata.blocks_of(data)
    if data.startswith(crw_metadata.MARK, 6):
        return crw_metadata.blocks_of(data)
    if heif.is_heif(data):
        return heif.blocks_of(data)
    with Image.open(io.BytesIO(data)) as image:
        resolution = resolution_of(*image.info.get("dpi", (0, 0)))
        return Metadata(image.info.get("exif"), image.info.get("xmp"), resolution=resolution)


def overlooked(data: bytes, format: str | None) -> dict[str, bytes]:
    """The EXIF block and the profile of a file whose format Pillow knows, but not where these are.

    Args:
        data: the file.
        format: Pillow's name of the format.

    Returns:
        What there is of them, under Pillow's names.
    """
    found: dict[str, bytes | None] = {}
    with suppress(Exception):  # damaged notes about a picture that may be whole
        if format == "JPEG2000":
            found["exif"] = jp2_metadata.blocks_of(data).exif
            found["icc_profile"] = jp2_metadata.profile_of(data)
        if format == "BMP":
            found["icc_profile"] = bmp_metadata.profile_of(data)
    return {name: block for name, block in found.items() if block}
