"""EXIF blocks, put right for a picture that was turned upright, resized and painted.

Numbers are changed where they stand, and whatever is new is put at the end, so that nothing else
moves: the notes of camera makers (MakerNote) hold offsets of a kind that only their makers know.
"""

from __future__ import annotations

from collections.abc import Callable

from styleplug.image.tiff_directories import UNDEFINED, Entry, Tiff, TiffReader

Thumbnailer = Callable[[int], bytes | None]
"""Gives the thumbnail, a JPEG file of at most so many bytes; None if it can't be made so small."""

WIDTH, HEIGHT, ORIENTATION = 0x100, 0x101, 0x112
THUMBNAIL, THUMBNAIL_LENGTH = 0x201, 0x202
STRIPS, STRIP_LENGTHS = 0x111, 0x117
EXIF_DIRECTORY, GPS_DIRECTORY, INTEROP_DIRECTORY = 0x8769, 0x8825, 0xA005
IPTC = 0x83BB
_COLOR_SPACE, _SRGB, _ADOBE_RGB = 0xA001, 1, 2
_INTEROPERABILITY = 1

_SIZES_AT = {
    EXIF_DIRECTORY: (0xA002, 0xA003),  # PixelXDimension, PixelYDimension
    INTEROP_DIRECTORY: (0x1001, 0x1002),  # RelatedImageWidth, RelatedImageHeight
}


def is_exif(block: bytes) -> bool:
    """Whether it is an EXIF block that has a first directory."""
    try:
        tiff = TiffReader(block)
        tiff.directory(tiff.first)
    except ValueError:
        return False
    return True


def is_turned(block: bytes) -> bool:
    """Whether the upright picture has the width where the stored one has the height."""
    tiff = TiffReader(block)
    return tiff.number(tiff.directory(tiff.first), ORIENTATION) in (5, 6, 7, 8)


def corrected(block: bytes, size: tuple[int, int], thumbnail: Thumbnailer) -> bytes:
    """The block with the orientation 1, the size, and the thumbnail of the new picture.

    The thumbnail takes the place of the old one, if it fits there. If it doesn't, or if the old one
    isn't a JPEG file, the block is left without; the old one's bytes are zeroed, for it shows what
    the painting may have been meant to hide.

    Args:
        block: for which `is_exif` holds.
        size: (width, height) of the new picture in pixels.
        thumbnail: makes the thumbnail.

    Returns:
        A block of the same length.
    """
    tiff = Tiff(block)
    main = tiff.directory(tiff.first)
    _set(tiff, main, {ORIENTATION: 1, WIDTH: size[0], HEIGHT: size[1]})
    parent = main
    for pointer, tags in _SIZES_AT.items():  # the second directory lies within the first
        parent = tiff.pointed(parent, pointer)
        _set(tiff, parent, dict(zip(tags, size, strict=True)))
    _replace_thumbnail(tiff, thumbnail)
    return bytes(tiff.data)


def in_srgb(block: bytes) -> bytes:
    """The block, saying sRGB of a picture that was Adobe RGB (DCF 2.0: R98 and R03; ColorSpace)."""
    tiff = Tiff(block)
    details = tiff.pointed(tiff.directory(tiff.first), EXIF_DIRECTORY)
    index = tiff.pointed(details, INTEROP_DIRECTORY).get(_INTEROPERABILITY)
    is_adobe = index is not None and index.value.startswith(b"R03")
    if is_adobe or tiff.number(details, _COLOR_SPACE) == _ADOBE_RGB:
        _set(tiff, details, {_COLOR_SPACE: _SRGB})
    if is_adobe and index is not None and index.offset is not None:
        tiff.data[index.offset : index.offset + 3] = b"R98"
    return bytes(tiff.data)


def without_thumbnail(block: bytes) -> bytes:
    """The block without its thumbnail, whose bytes are zeroed."""
    tiff = Tiff(block)
    _replace_thumbnail(tiff, lambda length: None)
    return bytes(tiff.data)


def iptc_of(block: bytes) -> bytes | None:
    """The IPTC records in the first directory, where TIFF has its place for them."""
    tiff = TiffReader(block)
    entry = tiff.directory(tiff.first).get(IPTC)
    return entry.value if entry else None


def with_iptc(block: bytes | None, records: bytes) -> bytes:
    """The block, or a new one, with IPTC records in a first directory that lies at its end."""
    tiff = Tiff(block) if block else Tiff.empty("<")
    entries = tiff.directory(tiff.first) if block else {}
    following = tiff.next_directory(tiff.first) if block else 0
    entries[IPTC] = Entry(IPTC, UNDEFINED, len(records), records)
    tiff.set_first(tiff.append_directory(entries.values(), following))
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


def _replace_thumbnail(tiff: Tiff, thumbnail: Thumbnailer) -> None:
    offset = tiff.next_directory(tiff.first)
    if not offset:
        return
    try:
        entries = tiff.directory(offset)
    except ValueError:
        entries = {}
    at, length = tiff.number(entries, THUMBNAIL), tiff.number(entries, THUMBNAIL_LENGTH)
    is_whole = at >= 8 and 0 < length <= len(tiff.data) - at
    new = thumbnail(length) if is_whole else None
    if new:
        _set(tiff, entries, {THUMBNAIL_LENGTH: len(new), ORIENTATION: 1})
    else:
        tiff.unlink_next(tiff.first)
        _wipe_strips(tiff, entries)
    if is_whole:
        tiff.data[at : at + length] = (new or b"").ljust(length, b"\0")


def _wipe_strips(tiff: Tiff, entries: dict[int, Entry]) -> None:
    """Zero the pixels of a thumbnail that isn't a JPEG file."""
    if STRIPS in entries and STRIP_LENGTHS in entries:
        lengths = tiff.numbers(entries[STRIP_LENGTHS])
        for at, length in zip(tiff.numbers(entries[STRIPS]), lengths, strict=False):
            end = min(at + length, len(tiff.data))
            tiff.data[at:end] = bytes(max(0, end - at))
