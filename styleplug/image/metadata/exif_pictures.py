"""Pictures in EXIF blocks: the thumbnail is replaced, and all others go, for they show what the
painting may have been meant to hide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from styleplug.image.metadata.tiff_directories import Entry, Tiff

Thumbnailer = Callable[[int], bytes | None]
"""Gives the thumbnail, a JPEG file of at most so many bytes; None if it can't be made so small."""

THUMBNAIL, THUMBNAIL_LENGTH = 0x201, 0x202
STRIPS, STRIP_LENGTHS = 0x111, 0x117

_EXTENTS = {STRIPS: STRIP_LENGTHS, 0x144: 0x145, THUMBNAIL: THUMBNAIL_LENGTH}  # strips, tiles
_EXIF_DIRECTORY, _MAKER_NOTE, _SUBDIRECTORIES = 0x8769, 0x927C, 0x14A
_ORIENTATION = 0x112
_WITH_PICTURES = (0x2BC, 0x8649, 0x935C)  # XMP, which has another place; Photoshop's blocks
_MOST_DIRECTORIES = 32

_JPEG = re.compile(rb"\xff\xd8\xff")
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_SCAN, _END = 0xDA, b"\xff\xd9"
_MOST_JPEGS, _MOST_SEGMENTS = 256, 64


def replace_thumbnail(tiff: Tiff, thumbnail: Thumbnailer) -> None:
    """Put another thumbnail, if one fits, in the place of that of the second directory; otherwise
    remove both."""
    offset = tiff.next_directory(tiff.first)
    if not offset:
        return
    entries = _entries(tiff, offset)
    at, length = tiff.number(entries, THUMBNAIL), tiff.number(entries, THUMBNAIL_LENGTH)
    is_whole = at >= 8 and 0 < length <= len(tiff.data) - at
    new = thumbnail(length) if is_whole else None
    if new:
        tiff.set_number(entries[THUMBNAIL_LENGTH], len(new))
        if _ORIENTATION in entries:
            tiff.set_number(entries[_ORIENTATION], 1)
    else:
        tiff.unlink_next(tiff.first)
        _wipe_extents(tiff, entries)
    if is_whole:
        tiff.data[at : at + length] = (new or b"").ljust(length, b"\0")


def wipe_pictures(tiff: Tiff) -> None:
    """Zero all pictures but that thumbnail: those of other directories, and JPEG files anywhere,
    such as makers' notes have."""
    second = tiff.next_directory(tiff.first)
    for offset in list(_directories(tiff)):
        if offset == second:
            continue
        entries = _entries(tiff, offset)
        _wipe_extents(tiff, entries, is_first=offset == tiff.first)
        for tag in entries.keys() & set(_WITH_PICTURES):
            _wipe(tiff, entries[tag].offset or 0, len(entries[tag].value))
        for tag in (*_EXTENTS, *_EXTENTS.values(), *_WITH_PICTURES, _SUBDIRECTORIES):
            tiff.remove(offset, tag)
    kept = _entries(tiff, second)
    if kept:
        tiff.unlink_next(second)
    main = _entries(tiff, tiff.first)
    note = tiff.pointed(main, _EXIF_DIRECTORY).get(_MAKER_NOTE)
    for start, end in list(_jpegs(tiff.data, note)):
        if start != tiff.number(kept, THUMBNAIL):
            _wipe(tiff, start, end - start)


def _directories(tiff: Tiff) -> Iterator[int]:
    """Where the directories lie that may describe pictures."""
    waiting, seen = [tiff.first], set[int]()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        offset = waiting.pop()
        if offset in seen or not (entries := _entries(tiff, offset)):
            continue
        seen.add(offset)
        yield offset
        waiting.append(tiff.next_directory(offset))
        waiting.append(tiff.number(entries, _EXIF_DIRECTORY))
        if _SUBDIRECTORIES in entries:
            waiting += tiff.numbers(entries[_SUBDIRECTORIES])


def _entries(tiff: Tiff, offset: int) -> dict[int, Entry]:
    """The entries of a directory; none where there is none."""
    try:
        return tiff.directory(offset)
    except ValueError:
        return {}


def _wipe_extents(tiff: Tiff, entries: Mapping[int, Entry], *, is_first: bool = False) -> None:
    """Zero the pixels that a directory describes.

    The first may still describe those of the file that the block was taken from; they would reach
    beyond the block, or over the directory itself.
    """
    for offsets, lengths in _EXTENTS.items():
        if offsets in entries and lengths in entries:
            extents = (tiff.numbers(entries[tag]) for tag in (offsets, lengths))
            for at, length in zip(*extents, strict=False):
                end = at + length
                is_another = end > len(tiff.data) and is_first
                if at >= 8 and not at <= tiff.first < end and not is_another:
                    _wipe(tiff, at, length)


def _wipe(tiff: Tiff, at: int, length: int) -> None:
    end = min(at + length, len(tiff.data))
    tiff.data[at:end] = bytes(max(0, end - at))


def _jpegs(data: bytearray, note: Entry | None) -> Iterator[tuple[int, int]]:
    """Where JPEG files begin and end. One that is cut off ends where the maker's note ends that it
    is in; elsewhere it is taken for something else."""
    after = 0
    for count, match in enumerate(_JPEG.finditer(data)):
        if count == _MOST_JPEGS:
            return
        start = match.start()
        scan = _scan(data, start + 2) if start >= after else None
        if scan is None:
            continue
        end = data.find(_END, scan) + len(_END)
        if end < len(_END):
            if note is None or not 0 <= start - (note.offset or 0) < len(note.value):
                continue
            end = (note.offset or 0) + len(note.value)
        after = end
        yield start, end


def _scan(data: bytearray, at: int) -> int | None:
    """Where the pixels of a JPEG file begin whose first segment lies at an index; None if what is
    there is no JPEG file."""
    has_frame = False
    for _ in range(_MOST_SEGMENTS):
        if at + 4 > len(data) or data[at] != 0xFF:
            return None
        marker = data[at + 1]
        has_frame |= marker in _FRAMES
        if marker == _SCAN:
            return at if has_frame else None
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
