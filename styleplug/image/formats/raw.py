"""Camera RAW files, developed by LibRaw. In those that are no TIFF files, metadata are in a
preview, a JPEG file, or in a TIFF structure.

Where these are, ExifTool and LibRaw document. A preview's own comments and resolution aren't the
photograph's.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from PIL.ExifTags import Base

from styleplug.extras import import_extra
from styleplug.image.formats import jpeg
from styleplug.image.formats.codec import Codec
from styleplug.image.metadata import tiff_blocks
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.tiff_directories import TiffReader, is_reduced, opened
from styleplug.image.samples import PathOrNone, Samples, check_size

if TYPE_CHECKING:
    from types import ModuleType

_ORIENTATIONS = (1, 2, 4, 3, 5, 8, 6, 7)
"""EXIF's, by the bits of LibRaw's: mirrored left to right, top to bottom, and transposed."""
_MOSAIC = 32803
_SRGB_CURVE = (2.4, 12.92)
_MOST_PARTS, _MOST_PREVIEWS = 1000, 4
_PANASONIC_PREVIEW = 0x2E
_JPEG = b"\xff\xd8"


def is_raw(data: bytes) -> bool:
    """Whether a file is RAW: by its first bytes, or a TIFF file that is more than that.

    The latter are DNG, and what Nikon, Sony and Pentax write. They mostly begin with a thumbnail,
    which isn't the photograph.
    """
    if _reader(data) is not None:
        return True
    try:
        tiff = opened(data)
        entries = tiff.directory(tiff.first)
    except ValueError:
        return False
    is_mosaic = tiff.number(entries, Base.PhotometricInterpretation) == _MOSAIC
    has_thumbnail = Base.SubIFDs in entries and is_reduced(tiff, entries)
    return is_mosaic or Base.DNGVersion in entries or has_thumbnail


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
    warning = "is a RAW file; it was developed with LibRaw's defaults"
    return Samples(pixels, warnings=(warning,), orientation=orientation)


def _library() -> ModuleType:
    return import_extra("rawpy", "raw")


def blocks_of(data: bytes) -> Metadata:
    """What a file says besides its pixels.

    Raises:
        ValueError, struct.error: it is damaged.
    """
    return (_reader(data) or tiff_blocks.blocks_of)(data)


def _fujifilm(data: bytes) -> Metadata:
    """RAF: the header tells where the preview is."""
    start, length = struct.unpack_from(">II", data, 84)
    return _of_preview(data[start : start + length])


def _panasonic(data: bytes) -> Metadata:
    """RW2: a TIFF structure but for its first bytes, with a preview."""
    tiff = b"II*\0" + data[4:]
    reader = TiffReader(tiff)
    preview = reader.directory(reader.first).get(_PANASONIC_PREVIEW)
    return _of_preview(preview.value) if preview else tiff_blocks.blocks_of(tiff)


def _olympus(data: bytes) -> Metadata:
    """ORF: a TIFF structure but for its first bytes."""
    return tiff_blocks.blocks_of((b"II*\0" if data[:2] == b"II" else b"MM\0*") + data[4:])


def _minolta(data: bytes) -> Metadata:
    """MRW: blocks behind one another, one of which is a TIFF structure."""
    at = 8
    for _ in range(_MOST_PARTS):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        if name == b"\0TTW":
            return tiff_blocks.blocks_of(data[at + 8 : at + 8 + length])
        at += 8 + length
    return Metadata()


def _sigma(data: bytes) -> Metadata:
    """X3F: a directory at the end, of sections some of which are previews."""
    for start, end in islice(_previews(data), _MOST_PREVIEWS):
        found = _of_preview(data[start:end])
        if found.exif:
            return found
    return Metadata()


def _previews(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the JPEG files in the sections begin and end."""
    at = int.from_bytes(data[-4:], "little")
    count = int.from_bytes(data[at + 8 : at + 12], "little") if data[at : at + 4] == b"SECd" else 0
    for index in range(min(count, _MOST_PARTS)):
        start, length = struct.unpack_from("<II", data, at + 12 + 12 * index)
        if data[start : start + 4] == b"SECi" and data[start + 28 : start + 30] == _JPEG:
            yield start + 28, start + length


def _of_preview(preview: bytes) -> Metadata:
    found = jpeg.blocks_of(preview)
    return Metadata(found.exif, found.xmp, found.iptc)


_READERS: Mapping[tuple[int, bytes], Callable[[bytes], Metadata]] = {
    (8, b"CR\x02\0"): tiff_blocks.blocks_of,  # Canon's CR2
    (0, b"FUJIFILMCCD-RAW"): _fujifilm,
    (0, b"IIU\0"): _panasonic,
    **dict.fromkeys(((0, b"IIRO"), (0, b"IIRS"), (0, b"MMOR")), _olympus),
    (0, b"\0MRM"): _minolta,
    (0, b"FOVb"): _sigma,
}
"""Who reads the metadata of a file, by what it begins with, or has behind some bytes."""


def _reader(data: bytes) -> Callable[[bytes], Metadata] | None:
    found = (read for (at, mark), read in _READERS.items() if data.startswith(mark, at))
    return next(found, None)


CODEC = Codec(matches=is_raw, decode=decoded, blocks_of=blocks_of)
