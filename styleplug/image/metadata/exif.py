"""EXIF blocks, put right for a picture that was turned upright, resized and painted.

Numbers are changed where they stand, and whatever is new is put at the end, so that nothing else
moves: the notes of camera makers (MakerNote) hold offsets of a kind that only their makers know.
"""

from __future__ import annotations

from collections.abc import Mapping

from styleplug.image.metadata.exif_pictures import Thumbnailer, replace_thumbnail, wipe_pictures
from styleplug.image.metadata.tiff_directories import UNDEFINED, Entry, Tiff, TiffReader
from styleplug.image.turn import Turn, known_orientation

WIDTH, HEIGHT, ORIENTATION = 0x100, 0x101, 0x112
EXIF_DIRECTORY, GPS_DIRECTORY, INTEROP_DIRECTORY = 0x8769, 0x8825, 0xA005
IPTC, XMP = 0x83BB, 0x2BC
_COLOR_SPACE, _SRGB, _ADOBE_RGB = 0xA001, 1, 2
_INTEROPERABILITY = 1

_SIZES_AT = {
    EXIF_DIRECTORY: (0xA002, 0xA003),  # PixelXDimension, PixelYDimension
    INTEROP_DIRECTORY: (0x1001, 0x1002),  # RelatedImageWidth, RelatedImageHeight
}
_SUBJECT = (0x9214, 0xA214)  # SubjectArea, SubjectLocation


def is_exif(block: bytes) -> bool:
    """Whether it is an EXIF block that has a first directory."""
    try:
        tiff = TiffReader(block)
        tiff.directory(tiff.first)
    except ValueError:
        return False
    return True


def orientation_in(block: bytes) -> int | None:
    """The orientation, 1 to 8, that a block names, if it does."""
    try:
        tiff = TiffReader(block)
        entries = tiff.directory(tiff.first)
    except ValueError:
        return None
    return known_orientation(tiff.number(entries, ORIENTATION)) if ORIENTATION in entries else None


def corrected(block: bytes, turn: Turn, thumbnail: Thumbnailer) -> bytes:
    """The block with the orientation 1, the size, the subject's place and the thumbnail of the new
    picture.

    The thumbnail takes the place of the old one, if it fits there. If it doesn't, or if the old one
    isn't a JPEG file, the block is left without; the old one's bytes are zeroed, for it shows what
    the painting may have been meant to hide. So are all other pictures that are found in the block:
    thumbnails of other directories, and JPEG files in makers' notes.

    Args:
        block: for which `is_exif` holds.
        turn: what became of the photograph.
        thumbnail: makes the thumbnail.

    Returns:
        A block of the same length.
    """
    tiff = Tiff(block)
    main = tiff.directory(tiff.first)
    width, height = turn.after
    _set(tiff, main, {ORIENTATION: 1, WIDTH: width, HEIGHT: height})
    parent = main
    for pointer, tags in _SIZES_AT.items():  # the second directory lies within the first
        parent = tiff.pointed(parent, pointer)
        _set(tiff, parent, dict(zip(tags, turn.after, strict=True)))
    _turn_subject(tiff, tiff.pointed(main, EXIF_DIRECTORY), turn)
    wipe_pictures(tiff)
    replace_thumbnail(tiff, thumbnail)
    return bytes(tiff.data)


def in_srgb(block: bytes) -> bytes:
    """The block, saying sRGB of a picture that was Adobe RGB (DCF 2.0: R98 and R03; ColorSpace)."""
    tiff = Tiff(block)
    details = tiff.pointed(tiff.directory(tiff.first), EXIF_DIRECTORY)
    mark = adobe_mark(tiff, details)
    if mark or tiff.number(details, _COLOR_SPACE) == _ADOBE_RGB:
        _set(tiff, details, {_COLOR_SPACE: _SRGB})
    if mark and mark.offset is not None:
        tiff.data[mark.offset : mark.offset + 3] = b"R98"
    return bytes(tiff.data)


def adobe_mark(tiff: TiffReader, details: Mapping[int, Entry]) -> Entry | None:
    """What says in an EXIF directory that colours are Adobe RGB, if anything does."""
    index = tiff.pointed(details, INTEROP_DIRECTORY).get(_INTEROPERABILITY)
    return index if index and index.value.startswith(b"R03") else None


def without_thumbnail(block: bytes) -> bytes:
    """The block without its thumbnail, whose bytes are zeroed."""
    tiff = Tiff(block)
    replace_thumbnail(tiff, lambda length: None)
    return bytes(tiff.data)


def iptc_of(block: bytes) -> bytes | None:
    """The IPTC records in the first directory, where TIFF has its place for them."""
    return _value(block, IPTC)


def xmp_of(block: bytes) -> bytes | None:
    """The XMP packet in the first directory, likewise."""
    return _value(block, XMP)


def _value(block: bytes, tag: int) -> bytes | None:
    tiff = TiffReader(block)
    entry = tiff.directory(tiff.first).get(tag)
    return entry.value if entry else None


def with_iptc(block: bytes | None, records: bytes) -> bytes:
    """The block, or a new one, with IPTC records in a first directory that lies at its end."""
    tiff = Tiff(block) if block else Tiff.empty("<")
    tiff.extend_first(Entry(IPTC, UNDEFINED, len(records), records))
    return bytes(tiff.data)


def without(block: bytes, tag: int) -> bytes:
    """The block without a tag of the first directory, where it has another place in the file."""
    tiff = Tiff(block)
    tiff.remove(tiff.first, tag)
    return bytes(tiff.data)


def _set(tiff: Tiff, entries: dict[int, Entry], numbers: dict[int, int]) -> None:
    """Change those of the tags that are there."""
    for tag in entries.keys() & numbers.keys():
        tiff.set_number(entries[tag], numbers[tag])


def _turn_subject(tiff: Tiff, entries: dict[int, Entry], turn: Turn) -> None:
    """Put the subject where it is now: pixels of the picture as it was stored."""
    for tag in entries.keys() & set(_SUBJECT):
        numbers = tiff.numbers(entries[tag])
        if 2 <= len(numbers) <= 4 and not turn.is_none:
            tiff.set_numbers(entries[tag], turn.subject(numbers))
