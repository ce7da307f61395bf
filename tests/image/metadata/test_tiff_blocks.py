"""Metadata in TIFF files, among whose directories they are."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from styleplug.image.decode import read_metadata
from styleplug.image.metadata import tiff_blocks
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.exif import EXIF_DIRECTORY, is_exif
from styleplug.image.metadata.tiff_directories import Entry, Tiff, TiffReader
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture

NOTE = b"Canon's notes" * 9


def saved(tags: dict[int, object], **options: object) -> bytes:
    """A TIFF file with some tags in its first directory."""
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags.items():
        info[tag] = value
        info.tagtype[tag] = {str: 2, bytes: 7}.get(type(value), 4)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "TIFF", tiffinfo=info, **options)
    return buffer.getvalue()


def tags_of(block: bytes | None) -> dict[int, Entry]:
    assert block is not None
    return TiffReader(block).directory(TiffReader(block).first)


def with_note_at(offset: int) -> bytes:
    """A TIFF structure with a MakerNote at an offset."""
    tiff = Tiff.empty("<")
    tiff.data += bytes(offset - len(tiff.data))
    at = tiff.append(NOTE)
    note = Entry(tiff_blocks.MAKER_NOTE, 7, len(NOTE), NOTE, at)
    details = tiff.append_directory([note])
    make = Entry(0x010F, 2, 6, b"Canon\0")
    tiff.set_first(tiff.append_directory([make, tiff.numeric_entry(EXIF_DIRECTORY, [details])]))
    return bytes(tiff.data)


@pytest.mark.parametrize(("offset", "kept"), [(8, True), (5000, True), (100_000, False)])
def test_a_maker_note_keeps_its_offset_unless_pixels_lie_before_it(offset: int, kept: bool) -> None:
    block = tiff_blocks.blocks_of(with_note_at(offset)).exif
    assert block is not None
    assert len(block) < offset + 1000
    tiff = TiffReader(block)
    note = tiff.pointed(tags_of(block), EXIF_DIRECTORY)[tiff_blocks.MAKER_NOTE]
    assert note.value == NOTE
    assert (note.offset == offset) == kept


def test_what_describes_the_pixels_is_not_taken_along() -> None:
    """Strips, profile and DNG's tags would describe another picture."""
    file = saved({270: "Boats", 50706: b"\1\4\0\0", 33550: b"a map"}, icc_profile=b"profile")
    assert set(tags_of(tiff_blocks.blocks_of(file).exif)) == {270, 33550}


def test_a_file_without_more_than_pixels_has_none() -> None:
    assert tiff_blocks.blocks_of(saved({})) == Metadata()


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_thumbnail_before_the_photograph_speaks_only_where_that_is_silent(order: str) -> None:
    tiff = Tiff.empty(order)
    details = tiff.append_directory([tiff.numeric_entry(0x8827, [200])])
    thumbnail = [tiff.numeric_entry(254, [1]), tiff.numeric_entry(EXIF_DIRECTORY, [details])]
    photograph = tiff.append_directory([Entry(270, 2, 6, b"Boats\0")])
    title = Entry(270, 2, 10, b"thumbnail\0")
    tiff.set_first(tiff.append_directory([*thumbnail, title], photograph))
    tags = tags_of(tiff_blocks.blocks_of(bytes(tiff.data)).exif)
    assert set(tags) == {270, EXIF_DIRECTORY}
    assert tags[270].value == b"Boats\0"


def test_a_thumbnail_alone_speaks_for_the_photograph() -> None:
    """As in RAW files, whose photographs lie further within."""
    assert set(tags_of(tiff_blocks.blocks_of(saved({254: 1, 270: "Boats"})).exif)) == {270}


def test_directories_that_point_to_themselves_end() -> None:
    tiff = Tiff.empty(">")
    first = tiff.append_directory([tiff.numeric_entry(EXIF_DIRECTORY, [8])])
    tiff.set_first(first)
    assert first == 8
    block = tiff_blocks.blocks_of(bytes(tiff.data)).exif
    assert block is not None
    assert is_exif(block)


def big(order: str, *directories: dict[int, tuple[int, int, bytes]], second: int = 0) -> bytes:
    """A file of 64-bit offsets: directories behind one another, of values of at most 8 bytes, and
    where the second page lies."""
    data = {"<": b"II+\0", ">": b"MM\0+"}[order] + struct.pack(f"{order}HHQ", 8, 0, 16)
    for tags in directories:
        data += struct.pack(f"{order}Q", len(tags))
        for tag, (type_, count, value) in tags.items():
            data += struct.pack(f"{order}HHQ", tag, type_, count) + value.ljust(8, b"\0")
        data += struct.pack(f"{order}Q", second)
        second = 0
    return data


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_file_of_64_bit_offsets(order: str) -> None:
    def number(value: int) -> bytes:
        return struct.pack(f"{order}{'q' if value < 0 else 'Q'}", value)

    second = 16 + 8 + 5 * 20 + 8
    main = {
        270: (2, 6, b"Boats\0"),
        33550: (16, 1, number(70_000)),
        33551: (17, 1, number(-5)),
        33552: (18, 1, number(16)),
        EXIF_DIRECTORY: (18, 1, number(second)),
    }
    details = {0x829A: (5, 1, struct.pack(f"{order}II", 1, 250)), 0x9000: (7, 4, b"0231")}
    block = tiff_blocks.blocks_of(big(order, main, details)).exif
    tags = tags_of(block)
    assert set(tags) == {270, 33550, 33551, EXIF_DIRECTORY}
    assert tags[270].value == b"Boats\0"
    assert tags[33550].value == struct.pack(f"{order}I", 70_000)
    assert tags[33551].value == struct.pack(f"{order}d", -5)
    found = TiffReader(block or b"").pointed(tags, EXIF_DIRECTORY)
    assert found[0x829A].value == struct.pack(f"{order}II", 1, 250)
    assert found[0x9000].value == b"0231"


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_thumbnail_before_a_photograph_with_64_bit_offsets(order: str) -> None:
    thumbnail = {254: (4, 1, struct.pack(f"{order}I", 1)), 270: (2, 6, b"small\0")}
    file = big(order, thumbnail, {270: (2, 6, b"Boats\0")}, second=16 + 8 + 2 * 20 + 8)
    assert tags_of(tiff_blocks.blocks_of(file).exif)[270].value == b"Boats\0"


def test_a_photograph_with_64_bit_offsets(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[270] = "Boats"
    path = tmp_path / "a.tif"
    Image.new("RGB", (8, 8)).save(path, big_tiff=True, exif=exif, dpi=(300, 300))
    assert path.read_bytes()[:4] == b"II+\0"
    origin = read_picture(path).origin
    assert origin.warnings == ()
    assert origin.metadata.resolution == (300, 300)
    assert tags_of(origin.metadata.exif)[270].value == b"Boats\0"


def test_more_entries_than_a_directory_holds() -> None:
    data = b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, 70_000) + bytes(20 * 70_000)
    assert read_metadata(data)[1] == ("has metadata that can't be read; they were left out",)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_many_strips(tmp_path: Path, camera_exif: Callable[..., bytes], dtype: type) -> None:
    layers = np.random.default_rng(0).integers(0, 256, (700, 300, 3)).astype(dtype)
    picture = Picture.from_any(layers).with_metadata(Metadata(camera_exif(">")))
    write_picture(picture, tmp_path / "a.tif")
    with Image.open(tmp_path / "a.tif") as image:
        assert getattr(image, "n_frames", 1) == 1
    found = read_picture(tmp_path / "a.tif")
    np.testing.assert_array_equal(found.pixels, picture.pixels)


def test_xmp_and_iptc_of_other_types(tmp_path: Path) -> None:
    """Photoshop counts IPTC in numbers of four bytes."""
    tiff = Tiff(saved({}))
    entries = tags_of(bytes(tiff.data))
    entries[tiff_blocks.IPTC] = Entry(tiff_blocks.IPTC, 4, 2, b"\x1c\x02\x19\0\1a\0\0")
    entries[tiff_blocks.XMP] = Entry(tiff_blocks.XMP, 1, 4, b"<x/>")
    tiff.set_first(tiff.append_directory(entries.values()))
    found = tiff_blocks.blocks_of(bytes(tiff.data))
    assert (found.xmp, found.iptc) == (b"<x/>", b"\x1c\x02\x19\0\1a\0\0")


@pytest.mark.parametrize("own", [b"", b"\x1c\2Z", b"\x1c\2Z\0\5Delft"])
def test_iptc_among_photoshops_resources(own: bytes) -> None:
    """ImageMagick writes it there, and three bytes of it where it belongs."""
    records = b"\x1c\2Z\0\5Arles"
    resources = b"8BIM\4\4\0\0\0\0\0" + bytes([len(records)]) + records
    tags: dict[int, object] = {34377: resources, **({33723: own} if own else {})}
    metadata, warnings = read_metadata(saved(tags))
    assert metadata.iptc == (own if len(own) > 3 else records)
    assert warnings == ()
