"""No picture in an EXIF block shows the photograph after it was painted."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.exif import EXIF_DIRECTORY, corrected
from styleplug.image.metadata.exif_pictures import (
    STRIP_LENGTHS,
    STRIPS,
    THUMBNAIL,
    THUMBNAIL_LENGTH,
)
from styleplug.image.metadata.tiff_directories import UNDEFINED, Entry, Tiff
from styleplug.image.picture import Picture
from styleplug.image.turn import Turn
from styleplug.image.write import write_picture

TURN = Turn(1, (64, 64), (64, 64))
SUBDIRECTORIES, MAKER_NOTE, XMP, PHOTOSHOP = 0x14A, 0x927C, 0x2BC, 0x8649
MAKER = Entry(0x010F, 2, 6, b"Canon\0")
PLAIN = b"the photograph's pixels, " * 40


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 60).save(buffer, "JPEG", progressive=True)
    return buffer.getvalue()


def directory(tiff: Tiff, picture: bytes) -> list[Entry]:
    """What describes a picture, a JPEG file or plain pixels."""
    offset, length = (
        (THUMBNAIL, THUMBNAIL_LENGTH) if picture[:1] == b"\xff" else (STRIPS, STRIP_LENGTHS)
    )
    numbers = {offset: tiff.append(picture), length: len(picture)}
    return [tiff.numeric_entry(tag, [number]) for tag, number in numbers.items()]


def in_the_first(tiff: Tiff, picture: bytes) -> None:
    tiff.set_first(tiff.append_directory([MAKER, *directory(tiff, picture)]))


def in_the_third(tiff: Tiff, picture: bytes) -> None:
    third = tiff.append_directory(directory(tiff, picture))
    second = tiff.append_directory(directory(tiff, jpeg()), third)
    tiff.set_first(tiff.append_directory([MAKER], second))


def in_a_directory_below(tiff: Tiff, picture: bytes) -> None:
    below = [tiff.append_directory(directory(tiff, picture)) for _ in range(2)]
    pointers = tiff.numeric_entry(SUBDIRECTORIES, below)
    tiff.set_first(tiff.append_directory([MAKER, pointers]))


def within_a_maker_note(tiff: Tiff, picture: bytes) -> None:
    note = b"Casio\0" + picture + b"the end of the note"
    details = tiff.append_directory([Entry(MAKER_NOTE, UNDEFINED, len(note), note)])
    tiff.set_first(tiff.append_directory([MAKER, tiff.numeric_entry(EXIF_DIRECTORY, [details])]))


def within_a_maker_note_cut_off(tiff: Tiff, picture: bytes) -> None:
    within_a_maker_note(tiff, picture.replace(b"\xff\xd9", b""))


def within_another_block(tiff: Tiff, picture: bytes) -> None:
    entries = [Entry(tag, UNDEFINED, len(picture), picture) for tag in (XMP, PHOTOSHOP)]
    tiff.set_first(tiff.append_directory([MAKER, *entries]))


MAKER_NOTES = [within_a_maker_note, within_a_maker_note_cut_off]
"""Where plain pixels can't be told from anything else."""
PLACES = [in_the_first, in_the_third, in_a_directory_below, within_another_block, *MAKER_NOTES]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("place", "picture"),
    [
        *((place, jpeg()) for place in PLACES),
        *((place, PLAIN) for place in PLACES if place not in MAKER_NOTES),
    ],
)
def test_pictures_go_wherever_they_are(
    place: Callable[[Tiff, bytes], None], picture: bytes, order: str
) -> None:
    tiff = Tiff.empty(order)
    place(tiff, picture)
    found = corrected(bytes(tiff.data), TURN, lambda length: b"\xff\xd8new\xff\xd9")
    assert picture[-200:-100] not in found
    assert b"Canon" in found
    assert len(found) == len(tiff.data)
    if place is within_a_maker_note:
        assert b"Casio\0\0" in found
        assert b"\0the end of the note" in found


@pytest.mark.parametrize("extension", [".jpg", ".png", ".tif", ".webp", ".avif", ".heic", ".jxl"])
@pytest.mark.parametrize("place", [in_the_first, in_the_third, in_a_directory_below])
def test_no_format_keeps_them(
    tmp_path: Path, place: Callable[[Tiff, bytes], None], extension: str
) -> None:
    tiff = Tiff.empty("<")
    place(tiff, picture := jpeg())
    painted = Picture(np.zeros((64, 64, 3), np.float32))
    write_picture(
        painted.with_metadata(Metadata(exif=bytes(tiff.data))), tmp_path / f"a{extension}"
    )
    written = (tmp_path / f"a{extension}").read_bytes()
    assert picture[-200:-100] not in written
    assert b"Canon" in written


@pytest.mark.parametrize(("at", "length"), [(0, 8), (8, 10**6), (40, 10**6), (2**31, 10)])
def test_what_describes_the_pixels_of_another_file_costs_nothing(at: int, length: int) -> None:
    """As in blocks that were taken from TIFF files."""
    tiff = Tiff.empty("<")
    note = Entry(MAKER_NOTE, UNDEFINED, 9, b"the maker")
    details = tiff.numeric_entry(EXIF_DIRECTORY, [tiff.append_directory([note])])
    strips = [tiff.numeric_entry(tag, [n]) for tag, n in ((STRIPS, at), (STRIP_LENGTHS, length))]
    tiff.set_first(tiff.append_directory([MAKER, *strips, details]))
    found = corrected(bytes(tiff.data), TURN, lambda length: None)
    assert b"Canon" in found
    assert b"the maker" in found


def test_directories_in_a_circle_end() -> None:
    tiff = Tiff.empty("<")
    first = tiff.append_directory([MAKER], len(tiff.data) + 6)  # behind the text
    assert tiff.next_directory(first) == first
    tiff.set_first(first)
    assert b"Canon" in corrected(bytes(tiff.data), TURN, lambda length: None)
