"""Metadata in TIFF files, whose directories are those of EXIF."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.exif import (
    EXIF_DIRECTORY,
    GPS_DIRECTORY,
    INTEROP_DIRECTORY,
    IPTC,
    without_thumbnail,
)
from styleplug.image.metadata.photoshop import IPTC as IPTC_RESOURCE
from styleplug.image.metadata.photoshop import resources_of
from styleplug.image.metadata.tiff_directories import (
    DIRECTORY_TYPES,
    UNDEFINED,
    Entry,
    Tiff,
    TiffReader,
    is_reduced,
    narrowed,
    opened,
    pages_of,
    turned,
)

XMP, PHOTOSHOP = 700, 34377
MAKER_NOTE = 0x927C
_NESTED: Mapping[int, Any] = {EXIF_DIRECTORY: {INTEROP_DIRECTORY: {}}, GPS_DIRECTORY: {}}
"""The tags that point to a directory, and those that do in there."""

COMPRESSION, BITS_PER_SAMPLE = 259, 258
DEFLATE = (8, 32946)
_DATA = {273: 279, 324: 325}  # offsets of strips and of tiles, and their lengths

# Tags about how the pixels are stored, and blocks that have a place of their own: they don't belong
# to EXIF. Those below 254 are Panasonic's, about its sensor; PHOTOSHOP and 37724
# hold thumbnails and layers of the photograph; from 50706 on come those of DNG, which would
# make the result a RAW file.
STRUCTURE = {
    *(*range(260), *range(262, 267), *range(277, 282), 284, *range(288, 294), 297, 301),
    *(*range(317, 348), *range(512, 522), *range(529, 533), *_DATA, *_DATA.values()),
    *(XMP, IPTC, PHOTOSHOP, 34675, 37724, *range(50706, 51200)),
}

_SHORTEST_RECORD = 5
_FARTHEST_MAKER_NOTE = 16_384
"""A MakerNote keeps its offset in the EXIF block if that makes the block longer by no more."""


def blocks_of(data: bytes) -> Metadata:
    """The EXIF block, the XMP packet and the IPTC records of a TIFF file's photograph.

    The EXIF block is made: it has the file's byte order, its directories, and their values. Only a
    MakerNote within the first 16 KB keeps its offset; the file's pixels lie before others.

    Raises:
        ValueError: no TIFF file.
    """
    tiff = opened(data)
    entries = _said(tiff)
    block = Tiff.empty(tiff.order)
    plain = {tag: entry for tag, entry in entries.items() if tag not in STRUCTURE}
    block.set_first(_copied(tiff, plain, block, _NESTED))
    exif = bytes(block.data) if plain else None
    xmp = entries.get(XMP)
    return Metadata(exif, xmp.value if xmp else None, _iptc(entries))


def _iptc(entries: Mapping[int, Entry]) -> bytes | None:
    """The IPTC records, which ImageMagick writes whole among Photoshop's resources only."""
    if IPTC in entries and len(entries[IPTC].value) >= _SHORTEST_RECORD:
        return entries[IPTC].value
    if PHOTOSHOP in entries:
        return resources_of(entries[PHOTOSHOP].value).get(IPTC_RESOURCE)
    return None


def _said(tiff: TiffReader) -> dict[int, Entry]:
    """The entries of the first page that is no thumbnail, and those of the first directory that it
    lacks: RAW files, whose photographs are no page, have all of them there."""
    first = tiff.directory(tiff.first)
    with suppress(ValueError):  # the rest is damaged
        for entries in pages_of(tiff):
            if not is_reduced(tiff, entries):
                return first | entries
    return first


def _copied(
    source: TiffReader, entries: Mapping[int, Entry], target: Tiff, nested: Mapping[int, Any]
) -> int:
    """Append a directory, and those that it points to, to another structure."""
    copies = []
    if MAKER_NOTE in entries:  # before all else, so that nothing lies in its place
        copies.append(_maker_note(entries[MAKER_NOTE], target))
    for tag in sorted(entries.keys() & nested.keys()):
        if inner := source.pointed(entries, tag):
            copies.append(target.numeric_entry(tag, [_copied(source, inner, target, nested[tag])]))
    copies += [
        narrowed(entry, source.order)
        for tag, entry in entries.items()
        if tag not in nested and tag != MAKER_NOTE and entry.type not in DIRECTORY_TYPES
    ]
    return target.append_directory(copies)


def _maker_note(entry: Entry, target: Tiff) -> Entry:
    """The entry, its value put at the offset that it had, if nothing lies there yet."""
    offset = entry.offset or 0
    if len(entry.value) <= 4 or not len(target.data) <= offset <= _FARTHEST_MAKER_NOTE:
        return Entry(entry.tag, entry.type, entry.count, entry.value)
    target.data += bytes(offset - len(target.data))
    target.data += entry.value
    return Entry(entry.tag, entry.type, entry.count, entry.value, offset)


def embedded(encoded: bytes, metadata: Metadata) -> bytes:
    """A TIFF file with metadata in it.

    The file begins with the EXIF block as it is, so that nothing in it moves; the pixels follow,
    and a directory that points to both. It has the block's byte order, to which 16-bit pixels are
    turned, and no thumbnail, since a second directory would be a second page.

    Args:
        encoded: a file of one picture, uncompressed or deflated.
        metadata: whose EXIF block has the resolution, if there is one.
    """
    exif = metadata.exif
    source = TiffReader(encoded)
    target = Tiff(without_thumbnail(exif)) if exif else Tiff.empty(source.order)
    entries = target.directory(target.first) if exif else {}
    left_out = STRUCTURE | {tag for tag in _NESTED if not target.pointed(entries, tag)}
    kept = {tag: entry for tag, entry in entries.items() if tag not in left_out}
    merged = _picture(source, target) | kept
    for tag, block in ((XMP, metadata.xmp), (IPTC, metadata.iptc)):
        if block:
            merged[tag] = Entry(tag, UNDEFINED, len(block), block)
    target.set_first(target.append_directory(merged.values()))
    return bytes(target.data)


def _picture(source: TiffReader, target: Tiff) -> dict[int, Entry]:
    """Append the pixels of a file; returns the entries that describe them."""
    entries = source.directory(source.first)
    turn = source.order != target.order
    is_deep = source.number(entries, BITS_PER_SAMPLE) > 8
    compression = source.number(entries, COMPRESSION)
    described = {
        tag: turned(entry) if turn else Entry(tag, entry.type, entry.count, entry.value)
        for tag, entry in entries.items()
    }
    for offsets, lengths in _DATA.items():
        if offsets not in entries:
            continue
        places, sizes = [], []
        extents = zip(
            source.numbers(entries[offsets]), source.numbers(entries[lengths]), strict=True
        )
        for start, length in extents:
            data = bytes(source.data[start : start + length])
            if turn and is_deep:
                data = _turned_pixels(data, compression)
            places.append(target.append(data))
            sizes.append(len(data))
        described[offsets] = target.numeric_entry(offsets, places)
        described[lengths] = target.numeric_entry(lengths, sizes)
    return described


def _turned_pixels(data: bytes, compression: int) -> bytes:
    """16-bit samples, or the differences of them that deflating begins with, in the other order."""
    pixels = bytearray(zlib.decompress(data) if compression in DEFLATE else data)
    pixels[::2], pixels[1::2] = pixels[1::2], pixels[::2]
    return zlib.compress(pixels) if compression in DEFLATE else bytes(pixels)
