"""Camera RAW files, developed by LibRaw."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import ExifTags

from styleplug.extras import import_extra
from styleplug.image.samples import PathOrNone, Samples, check_size
from styleplug.image.tiff import first_directory

if TYPE_CHECKING:
    from types import ModuleType

# How the RAW files of Canon (CR2, CR3, CRW), Fujifilm, Olympus, Panasonic, Sigma and Minolta begin.
_BEGINNINGS = (
    (8, b"CR\x02\x00"),
    (4, b"ftypcrx "),
    (0, b"FUJIFILMCCD-RAW"),
    (0, b"IIRO"),
    (0, b"IIRS"),
    (0, b"MMOR"),
    (0, b"IIU\x00"),
    (0, b"FOVb"),
    (6, b"HEAPCCDR"),
    (0, b"\0MRM"),
)
_ORIENTATIONS = (1, 2, 4, 3, 5, 8, 6, 7)
"""EXIF's, by the bits of LibRaw's: mirrored left to right, top to bottom, and transposed."""
_REDUCED = 1
_MOSAIC = 32803
_SRGB_CURVE = (2.4, 12.92)


def is_raw(data: bytes) -> bool:
    """Whether a file is RAW: by its first bytes, or a TIFF file that is more than that.

    The latter are DNG, and what Nikon, Sony and Pentax write. They mostly begin with a thumbnail,
    which isn't the photograph.
    """
    if any(data.startswith(mark, offset) for offset, mark in _BEGINNINGS):
        return True
    tags = first_directory(data)
    if tags is None:
        return False
    thumbnail = tags.get(ExifTags.Base.NewSubfileType) == _REDUCED
    mosaic = tags.get(ExifTags.Base.PhotometricInterpretation) == _MOSAIC
    return (
        mosaic or ExifTags.Base.DNGVersion in tags or (thumbnail and ExifTags.Base.SubIFDs in tags)
    )


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The photograph, upright, 16 bits, with the white balance that the camera chose.

    Raises:
        MissingDependencyError: rawpy isn't installed.
        ImageTooLargeError: it has too many pixels.
        Exception: whatever rawpy raises on damaged data.
    """
    rawpy = _library()
    with rawpy.imread(io.BytesIO(data)) as file:
        check_size(file.sizes.raw_width, file.sizes.raw_height, path)
        pixels = file.postprocess(
            use_camera_wb=True,
            output_color=rawpy.ColorSpace.sRGB,
            output_bps=16,
            gamma=_SRGB_CURVE,
        )
        orientation = _ORIENTATIONS[file.sizes.flip]
    remark = "is a RAW file; it was developed with LibRaw's defaults"
    return Samples(pixels, remarks=(remark,), orientation=orientation)


def _library() -> ModuleType:
    return import_extra("rawpy", "raw")
