"""What a photograph's file says besides its pixels, from one file to another."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from styleplug.image.decode import read_metadata
from styleplug.image.formats import png
from styleplug.image.metadata import tiff_blocks
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.exif import IPTC, ORIENTATION
from styleplug.image.metadata.tiff_directories import UNDEFINED, Entry, Tiff
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.turn import Turn
from styleplug.image.write import write_picture

EXTENSIONS = [".jpg", ".png", ".tif", ".webp", ".avif", ".heic", ".jxl"]
RECORDS = b"\x1c\x02\x19\x00\x05beach\x1c\x02Z\x00\x05Arles"
PACKET = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Some 1.0">\n'
    b' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    b'  <rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    b' tiff:Orientation="6" tiff:Make="Canon">\n'
    b"   <tiff:Artist>Anna &amp; Ben</tiff:Artist>\n  </rdf:Description>\n"
    b' </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>'
)
PIXELS = np.random.default_rng(0).random((128, 64, 3), np.float32)


@pytest.fixture(params=["<", ">"], ids=["little-endian", "big-endian"])
def metadata(request: pytest.FixtureRequest, camera_exif: Callable[..., bytes]) -> Metadata:
    """All three blocks, in either byte order."""
    return Metadata(camera_exif(request.param), PACKET, RECORDS)


def written(path: Path, metadata: Metadata, picture: Picture | None = None) -> Metadata:
    """The metadata of a picture, written and read again."""
    write_picture((picture or Picture(PIXELS)).with_metadata(metadata), path, overwrite=True)
    return read_picture(path).origin.metadata


def note_of(exif: bytes) -> tuple[int, bytes]:
    """Where the MakerNote is, and the directory and the texts that it consists of."""
    tiff = Tiff(exif)
    entry = tiff.pointed(tiff.directory(tiff.first), 0x8769)[0x927C]
    assert entry.offset is not None
    return entry.offset, entry.value


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_every_format_keeps_all_three_blocks(
    tmp_path: Path, metadata: Metadata, extension: str
) -> None:
    found = written(tmp_path / f"a{extension}", metadata)
    assert found.iptc == RECORDS
    assert found.xmp == PACKET.replace(b'Orientation="6"', b'Orientation="1"')
    assert metadata.exif is not None
    assert found.exif is not None
    assert note_of(found.exif) == note_of(metadata.exif)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_pixels_are_the_same_with_metadata_and_without(
    tmp_path: Path, metadata: Metadata, extension: str
) -> None:
    for name, blocks in (("plain", Metadata()), ("full", metadata)):
        written(tmp_path / f"{name}{extension}", blocks)
    plain, full = (read_picture(tmp_path / f"{name}{extension}") for name in ("plain", "full"))
    np.testing.assert_array_equal(plain.pixels, full.pixels)


@pytest.mark.parametrize("extension", [".png", ".tif"])
@pytest.mark.parametrize("alpha", [None, np.linspace(0, 1, 64 * 128, dtype=np.float32)])
def test_16_bits_are_the_same_in_either_byte_order(
    tmp_path: Path, metadata: Metadata, extension: str, alpha: np.ndarray | None
) -> None:
    levels = np.arange(128 * 64 * 3, dtype=np.uint16).reshape(128, 64, 3) * 2
    layers = levels if alpha is None else np.dstack([levels, levels[..., 0]])
    picture = Picture.from_any(layers)
    path = tmp_path / f"a{extension}"
    written(path, metadata, picture)
    found = read_picture(path)
    assert found.origin.depth == 16
    np.testing.assert_array_equal(np.rint(found.pixels * 65535), levels)
    assert (found.alpha is None) == (alpha is None)


@pytest.mark.parametrize("first", EXTENSIONS)
@pytest.mark.parametrize("second", EXTENSIONS)
def test_blocks_survive_a_change_of_format(
    tmp_path: Path, camera_exif: Callable[..., bytes], first: str, second: str
) -> None:
    before = Metadata(camera_exif(), PACKET, RECORDS)
    middle = written(tmp_path / f"a{first}", before)
    after = written(tmp_path / f"b{second}", middle)
    assert before.exif is not None
    assert after.exif is not None
    assert note_of(after.exif) == note_of(before.exif)
    assert (after.xmp, after.iptc) == (middle.xmp, RECORDS)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_picture_painted_again_does_not_grow(
    tmp_path: Path, metadata: Metadata, extension: str
) -> None:
    once = written(tmp_path / f"a{extension}", metadata)
    twice = written(tmp_path / f"b{extension}", once)
    again = written(tmp_path / f"c{extension}", twice)
    assert (again.xmp, again.iptc) == (once.xmp, once.iptc)
    assert len(again.exif or b"") == len(twice.exif or b"")


@pytest.mark.parametrize("extension", [".jpg", ".png"])
def test_iptc_stands_only_once_where_it_has_its_own_place(
    tmp_path: Path, metadata: Metadata, extension: str
) -> None:
    exif = written(tmp_path / "a.webp", metadata).exif
    assert exif is not None
    assert IPTC in Tiff(exif).directory(Tiff(exif).first)
    exif = written(tmp_path / f"b{extension}", Metadata(exif, None, RECORDS)).exif
    assert exif is not None
    assert IPTC not in Tiff(exif).directory(Tiff(exif).first)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_iptc_without_exif(tmp_path: Path, extension: str) -> None:
    assert written(tmp_path / f"a{extension}", Metadata(iptc=RECORDS)).iptc == RECORDS


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_picture_without_metadata_gets_none(tmp_path: Path, extension: str) -> None:
    found = written(tmp_path / f"a{extension}", Metadata())
    assert (found.xmp, found.iptc) == (None, None)
    if found.exif:  # the density of a TIFF file is one
        assert ORIENTATION not in Tiff(found.exif).directory(Tiff(found.exif).first)


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ({"exif": b"Exif\0\0no structure"}, "EXIF"),
        ({"exif": b"Exif\0\0II*\0\xff\xff\0\0"}, "EXIF"),
        ({"xmp": b"<x:xmpmeta"}, "XMP"),
        ({"xmp": b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + PACKET}, "XMP"),
        ({"xmp": b"<plain/>"}, "XMP"),
    ],
)
def test_a_damaged_block_is_left_out_and_told(blocks: dict[str, bytes], problem: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", **blocks)
    metadata, warnings = read_metadata(buffer.getvalue())
    assert metadata == Metadata()
    assert warnings == (f"has {problem} data that are damaged; they were left out",)


def test_what_is_whole_is_kept_beside_what_is_damaged(tmp_path: Path) -> None:
    with Image.new("RGB", (8, 8)) as image:
        image.save(tmp_path / "a.jpg", exif=b"Exif\0\0damaged", xmp=PACKET)
    picture = read_picture(tmp_path / "a.jpg")
    assert picture.origin.metadata == Metadata(xmp=PACKET)
    assert any("EXIF" in warning for warning in picture.origin.warnings)


def test_metadata_that_no_file_can_hold_cost_a_log_line_and_not_the_picture(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    packet = PACKET.replace(b"<rdf:RDF", b"<!--" + b"x" * 70_000 + b"--><rdf:RDF")
    with caplog.at_level(logging.WARNING):
        found = written(tmp_path / "a.jpg", Metadata(xmp=packet, iptc=RECORDS))
    assert found == Metadata(iptc=RECORDS)
    assert "can't be stored in a JPEG file (" in caplog.text
    assert read_picture(tmp_path / "a.jpg").size == (64, 128)


@pytest.mark.parametrize(("extension", "depth"), [(".tif", 16), (".tif", 8), (".png", 8)])
def test_an_orientation_in_xmp_alone_is_applied_once(
    tmp_path: Path, extension: str, depth: int
) -> None:
    """As Pillow applies it, whoever decodes the file."""
    layers = (PIXELS * (2**depth - 1)).astype(f"uint{depth}")
    write_picture(Picture.from_any(layers), tmp_path / f"a{extension}")
    data = (tmp_path / f"a{extension}").read_bytes()
    embed = {".tif": tiff_blocks.embedded, ".png": png.embedded}[extension]
    (tmp_path / f"a{extension}").write_bytes(embed(data, Metadata(xmp=PACKET)))
    picture = read_picture(tmp_path / f"a{extension}")
    assert picture.size == (128, 64)
    assert picture.turn == Turn(6, (64, 128), (128, 64))
    write_picture(picture, tmp_path / f"b{extension}")
    again = read_picture(tmp_path / f"b{extension}")
    assert (again.size, again.turn.orientation) == ((128, 64), 1)


def test_an_orientation_in_xmp_that_was_not_applied_stays(tmp_path: Path) -> None:
    """EXIF has none, and Pillow doesn't know how this one is written."""
    packet = PACKET.replace(b'"6"', b"'6'")
    with Image.new("RGB", (8, 4)) as image:
        image.save(tmp_path / "a.jpg", xmp=packet)
    picture = read_picture(tmp_path / "a.jpg")
    assert picture.size == (8, 4)
    assert written(tmp_path / "b.jpg", picture.origin.metadata, picture).xmp == PACKET


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("stands", [1, 3, 6])
def test_where_exif_has_an_orientation_xmp_follows(
    tmp_path: Path, camera_exif: Callable[..., bytes], extension: str, stands: int
) -> None:
    packet = PACKET.replace(b'"6"', b'"%d"' % stands)
    found = written(tmp_path / f"a{extension}", Metadata(camera_exif(), packet))
    assert found.xmp is not None
    assert b'tiff:Orientation="1"' in found.xmp


def test_xmp_that_is_too_large_is_left_out_and_told() -> None:
    buffer = io.BytesIO()
    packet = PACKET.replace(b"</rdf:Description>", b"<tiff:Artist/>" * 4500 + b"</rdf:Description>")
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    many = packet.replace(b"<tiff:Artist/>", b"<tiff:Artist/>" * 3)
    for data, expected in (
        (packet, ()),
        (many, ("has XMP data that are too large; they were left out",)),
    ):
        file = png.embedded(buffer.getvalue(), Metadata(xmp=data))
        metadata, warnings = read_metadata(file)
        assert (metadata.xmp is None, warnings) == (bool(expected), expected)


def test_xmp_in_an_exif_block_counts_where_there_is_no_other() -> None:
    tiff = Tiff.empty("<")
    tiff.set_first(tiff.append_directory([Entry(0x2BC, UNDEFINED, len(PACKET), PACKET)]))
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=b"Exif\0\0" + bytes(tiff.data))
    assert read_metadata(buffer.getvalue())[0].xmp == PACKET
