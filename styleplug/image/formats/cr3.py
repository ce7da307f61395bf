"""Canon's CR3 files, RAW files whose container is that of HEIF.

Their EXIF block is in four boxes, each a TIFF structure: the first directory, and those of EXIF, of
Canon's notes and of GPS, as ExifTool documents them.
"""

from __future__ import annotations

from styleplug.image.boxes import XMP, content
from styleplug.image.formats.codec import Codec, begins
from styleplug.image.formats.raw import decoded
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.exif import EXIF_DIRECTORY, GPS_DIRECTORY, INTEROP_DIRECTORY
from styleplug.image.metadata.tiff_blocks import MAKER_NOTE, STRUCTURE
from styleplug.image.metadata.tiff_directories import UNDEFINED, Entry, Tiff, TiffReader

_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_ADDED = (EXIF_DIRECTORY, GPS_DIRECTORY, INTEROP_DIRECTORY, MAKER_NOTE)


def blocks_of(data: bytes) -> Metadata:
    """What a CR3 file says besides its pixels.

    Raises:
        ValueError: one of the structures is damaged.
    """
    canon = content(data, b"moov", _CANON)
    main, details, notes, place = (content(canon, b"CMT%d" % number) for number in range(1, 5))
    exif = _merged(main, details, notes, place) if main else None
    return Metadata(exif, content(data, XMP) or None)


def _merged(main: bytes, details: bytes, notes: bytes, place: bytes) -> bytes:
    """One block of the four.

    It begins as the notes do, so that the offsets in these, which count from there, stay right.
    """
    target = Tiff(notes) if notes else Tiff.empty(TiffReader(main).order)
    inner = _entries(details, target)
    if notes:
        inner.append(Entry(MAKER_NOTE, UNDEFINED, len(notes) - target.first, notes, target.first))
    first = [entry for entry in _entries(main, target) if entry.tag not in STRUCTURE]
    for tag, entries in ((EXIF_DIRECTORY, inner), (GPS_DIRECTORY, _entries(place, target))):
        if entries:
            first.append(target.numeric_entry(tag, [target.append_directory(entries)]))
    target.set_first(target.append_directory(first))
    return bytes(target.data)


def _entries(part: bytes, target: Tiff) -> list[Entry]:
    """What the directory of a structure says, to be appended to another of the same order."""
    if not part:
        return []
    source = TiffReader(part)
    if source.order != target.order:
        raise ValueError("its structures are of two byte orders")
    return [
        Entry(tag, entry.type, entry.count, entry.value)
        for tag, entry in source.directory(source.first).items()
        if tag not in _ADDED
    ]


CODEC = Codec(matches=begins(b"ftypcrx ", at=4), decode=decoded, blocks_of=blocks_of)
