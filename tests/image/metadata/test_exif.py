"""EXIF blocks, put right without moving anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from styleplug.image.metadata import exif
from styleplug.image.metadata.exif_pictures import (
    STRIP_LENGTHS,
    STRIPS,
    THUMBNAIL,
    THUMBNAIL_LENGTH,
)
from styleplug.image.metadata.tiff_directories import Entry, Tiff
from styleplug.image.turn import Turn

NEW = b"\xff\xd8new thumbnail\xff\xd9"


@pytest.fixture(params=["<", ">"], ids=["little-endian", "big-endian"])
def block(request: pytest.FixtureRequest, camera_exif: Callable[..., bytes]) -> bytes:
    return camera_exif(request.param)


def turn(size: tuple[int, int]) -> Turn:
    """Of a picture that was stored as it is."""
    return Turn(1, size, size)


def directories(block: bytes) -> dict[str, dict[int, Entry]]:
    """The directories of a block, by the names that the standard gives them."""
    tiff = Tiff(block)
    main = tiff.directory(tiff.first)
    details = tiff.pointed(main, exif.EXIF_DIRECTORY)
    second = tiff.next_directory(tiff.first)
    return {
        "IFD0": main,
        "Exif": details,
        "Interop": tiff.pointed(details, exif.INTEROP_DIRECTORY),
        "IFD1": tiff.directory(second) if second else {},
    }


def test_orientation_and_sizes_are_those_of_the_picture(block: bytes) -> None:
    found = exif.corrected(block, turn((70_000, 200)), lambda length: NEW)
    tiff, parts = Tiff(found), directories(found)
    assert tiff.number(parts["IFD0"], exif.ORIENTATION) == 1
    for part, tags in (("Exif", (0xA002, 0xA003)), ("Interop", (0x1001, 0x1002))):
        assert tuple(tiff.number(parts[part], tag) for tag in tags) == (70_000, 200)


def test_only_what_is_put_right_differs(block: bytes) -> None:
    """Every other byte is where it was: so are MakerNotes, and what they point to."""
    found = exif.corrected(block, turn((400, 300)), lambda length: NEW)
    assert len(found) == len(block)
    parts = directories(block)
    thumbnail = Tiff(block).number(parts["IFD1"], THUMBNAIL)
    length = Tiff(block).number(parts["IFD1"], THUMBNAIL_LENGTH)
    allowed = set(range(thumbnail, thumbnail + length))
    for part, tags in {
        "IFD0": (exif.ORIENTATION,),
        "Exif": (0xA002, 0xA003),
        "Interop": (0x1001, 0x1002),
        "IFD1": (THUMBNAIL_LENGTH,),
    }.items():
        for tag in tags:
            position = parts[part][tag].position
            assert position is not None
            allowed |= set(range(position, position + 12))
    differing = {at for at in range(len(block)) if block[at] != found[at]}
    assert differing <= allowed


def test_the_thumbnail_takes_the_place_of_the_old_one(block: bytes) -> None:
    found = exif.corrected(block, turn((400, 300)), lambda length: NEW)
    parts = directories(found)
    at = Tiff(found).number(parts["IFD1"], THUMBNAIL)
    assert at == Tiff(block).number(directories(block)["IFD1"], THUMBNAIL)
    assert Tiff(found).number(parts["IFD1"], THUMBNAIL_LENGTH) == len(NEW)
    assert found[at : at + len(NEW) + 8] == NEW + bytes(8)


def test_a_thumbnail_that_does_not_fit_leaves_none_of_the_old(block: bytes) -> None:
    """The old one may show what the painting hides."""
    parts = directories(block)
    at = Tiff(block).number(parts["IFD1"], THUMBNAIL)
    length = Tiff(block).number(parts["IFD1"], THUMBNAIL_LENGTH)
    asked = []
    found = exif.corrected(block, turn((400, 300)), asked.append)
    assert asked == [length]
    assert directories(found)["IFD1"] == {}
    assert found[at : at + length] == bytes(length)


def test_a_thumbnail_of_plain_pixels_is_removed() -> None:
    tiff = Tiff.empty("<")
    pixels = tiff.append(b"\x55" * 300)
    numbers = {STRIPS: pixels, STRIP_LENGTHS: 300}
    second = tiff.append_directory(tiff.numeric_entry(tag, [n]) for tag, n in numbers.items())
    tiff.set_first(tiff.append_directory([Entry(0x010F, 2, 6, b"Canon\0")], second))
    found = exif.corrected(bytes(tiff.data), turn((4, 3)), lambda length: NEW)
    assert directories(found)["IFD1"] == {}
    assert b"\x55" not in found


@pytest.mark.parametrize("records", [b"\x1c\x02\x19\x00\x05beach", b"\x1c"])
def test_iptc_goes_in_and_out_and_nothing_moves(block: bytes, records: bytes) -> None:
    full = exif.with_iptc(block, records)
    assert full[8 : len(block)] == block[8:]
    assert exif.iptc_of(full) == records
    assert directories(full)["Exif"] == directories(block)["Exif"]
    assert directories(full)["IFD1"] == directories(block)["IFD1"]
    assert exif.iptc_of(exif.without(full, exif.IPTC)) is None


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"MM\0+\0\0\0\x08",
        b"II*\0\x08\0\0\0",
        b"II*\0\x08\0\0\0\x02\0" + bytes(12),
        b"II*\0\x02\0\0\0",
        # Two entries of all the file: of thousands, no memory would be large enough.
        b"II*\0\x08\0\0\0\x02\0" + b"\1\0\1\0\x20\0\0\0\0\0\0\0" * 2,
    ],
)
def test_what_is_no_block(block: bytes) -> None:
    assert not exif.is_exif(block)
