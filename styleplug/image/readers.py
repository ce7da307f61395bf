"""Who reads what a file of each format says besides its pixels."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from PIL import Image

from styleplug.image import (
    heif,
    jpeg_metadata,
    jxl_metadata,
    png_metadata,
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
}


def blocks_of(data: bytes) -> Metadata:
    """What a picture file says besides its pixels, as it stands there.

    Raises:
        Exception: whatever the libraries raise on damaged data.
    """
    for beginning, read in _READERS.items():
        if data.startswith(beginning):
            return read(data)
    if heif.is_heif(data):
        return heif.blocks_of(data)
    with Image.open(io.BytesIO(data)) as image:
        resolution = resolution_of(*image.info.get("dpi", (0, 0)))
        return Metadata(image.info.get("exif"), image.info.get("xmp"), resolution=resolution)
