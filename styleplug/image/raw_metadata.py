"""Metadata in RAW files that are no TIFF files: in a preview, a JPEG file, or in a TIFF structure.

Where these are, ExifTool and LibRaw document. A preview's own comments and resolution aren't the
photograph's.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from styleplug.image import jpeg_metadata, tiff_metadata
from styleplug.image.blocks import Metadata
from styleplug.image.tiff_directories import TiffReader

_MOST_PARTS, _MOST_PREVIEWS = 1000, 4
_PANASONIC_PREVIEW = 0x2E
_JPEG = b"\xff\xd8"


def _fujifilm(data: bytes) -> Metadata:
    """RAF: the header tells where the preview is."""
    start, length = struct.unpack_from(">II", data, 84)
    return _of_preview(data[start : start + length])


def _panasonic(data: bytes) -> Metadata:
    """RW2: a TIFF structure but for its first bytes, with a preview."""
    tiff = b"II*\0" + data[4:]
    reader = TiffReader(tiff)
    preview = reader.directory(reader.first).get(_PANASONIC_PREVIEW)
    return _of_preview(preview.value) if preview else tiff_metadata.blocks_of(tiff)


def _olympus(data: bytes) -> Metadata:
    """ORF: a TIFF structure but for its first bytes."""
    return tiff_metadata.blocks_of((b"II*\0" if data[:2] == b"II" else b"MM\0*") + data[4:])


def _minolta(data: bytes) -> Metadata:
    """MRW: blocks behind one another, one of which is a TIFF structure."""
    at = 8
    for _ in range(_MOST_PARTS):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        if name == b"\0TTW":
            return tiff_metadata.blocks_of(data[at + 8 : at + 8 + length])
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


def _of_preview(jpeg: bytes) -> Metadata:
    found = jpeg_metadata.blocks_of(jpeg)
    return Metadata(found.exif, found.xmp, found.iptc)


READERS: Mapping[bytes, Callable[[bytes], Metadata]] = {
    b"FUJIFILMCCD-RAW": _fujifilm,
    b"IIU\0": _panasonic,
    **dict.fromkeys((b"IIRO", b"IIRS", b"MMOR"), _olympus),
    b"\0MRM": _minolta,
    b"FOVb": _sigma,
}
"""By how a file begins."""
