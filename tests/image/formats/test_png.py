"""Chunks of PNG files, as the many programs write them."""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from programs import need

from styleplug.image.formats import png
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.texts import in_xmp
from styleplug.image.metadata.tiff_directories import TiffReader
from styleplug.image.read import read_picture

ARTIST = 0x13B
PACKET = b"<x/>"
RECORDS = b"\x1c\x02\x19\x00\x05beach"


def file(*texts: tuple[bytes, bytes], behind: bool = False) -> bytes:
    """A PNG file with chunks of these kinds and contents, before the pixels or behind them."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    data = buffer.getvalue()
    chunks = b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in texts
    )
    at = data.index(b"IEND") - 4 if behind else 33
    return data[:at] + chunks + data[at:]


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize(
    "chunk",
    [
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0x-default\0XMP\0" + PACKET),
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(PACKET)),
        (b"tEXt", b"XML:com.adobe.xmp\0" + PACKET),
    ],
)
def test_xmp_is_found(chunk: tuple[bytes, bytes], behind: bool) -> None:
    assert png.blocks_of(file(chunk, behind=behind)) == Metadata(xmp=PACKET)


@pytest.mark.parametrize(
    ("name", "records"),
    [
        (b"iptc", RECORDS),
        (b"IPTC profile", b"8BIM\x04\x04\0\0\0\0\0\x0a" + RECORDS),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_iptc_is_found(name: bytes, records: bytes, compressed: bool) -> None:
    text = b"\n%b\n%8d\n%b\n" % (name, len(records), records.hex("\n", -8).encode())
    content = b"\0" + zlib.compress(text) if compressed else text
    chunk = (b"zTXt" if compressed else b"tEXt", b"Raw profile type iptc\0" + content)
    assert png.blocks_of(file(chunk)) == Metadata(iptc=RECORDS)


def raw(name: bytes, content: bytes) -> tuple[bytes, bytes]:
    """A text as ImageMagick and Exiv2 write it."""
    text = b"\n%b\n%8d\n%b\n" % (name, len(content), content.hex("\n", -36).encode())
    return b"zTXt", b"Raw profile type %b\0\0" % name + zlib.compress(text)


@pytest.mark.parametrize(
    ("chunk", "found"),
    [
        (raw(b"exif", b"Exif\0\0II*\0"), Metadata(exif=b"Exif\0\0II*\0")),
        (raw(b"APP1", b"Exif\0\0II*\0"), Metadata(exif=b"Exif\0\0II*\0")),
        (raw(b"xmp", PACKET), Metadata(xmp=PACKET)),
        (raw(b"APP1", b"http://ns.adobe.com/xap/1.0/\0" + PACKET), Metadata(xmp=PACKET)),
        (raw(b"8bim", b"8BIM\x04\x04\0\0\0\0\0\x0a" + RECORDS), Metadata(iptc=RECORDS)),
        (raw(b"8bim", b"8BIM\x04\x25\0\0\0\0\0\x0a" + RECORDS), Metadata()),
        (raw(b"generic", b"anything"), Metadata()),
    ],
)
def test_blocks_in_digits_are_found(chunk: tuple[bytes, bytes], found: Metadata) -> None:
    assert png.blocks_of(file(chunk)) == found


def test_a_blocks_own_place_counts_more(camera_exif: Callable[..., bytes]) -> None:
    data = file(
        raw(b"exif", b"II*\0"),
        (b"eXIf", camera_exif()),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET),
        raw(b"xmp", b"<y/>"),
    )
    assert png.blocks_of(data) == Metadata(camera_exif(), PACKET)


@pytest.mark.parametrize(("program", "package"), [("exiv2", "exiv2"), ("convert", "imagemagick")])
def test_what_other_programs_write(tmp_path: Path, program: str, package: str) -> None:
    need(program, package)
    path, exif = tmp_path / "a.png", Image.Exif()
    exif[ARTIST] = "Ann"
    if program == "exiv2":
        Image.new("RGB", (8, 8)).save(path)
        settings = ("set Exif.Image.Artist Ascii Ann", "set Xmp.dc.title Boats")
        subprocess.run(["exiv2", *(f"-M{setting}" for setting in settings), path], check=True)
    else:
        packet = in_xmp(None, [("Title", "Boats")])
        Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif, xmp=packet)
        subprocess.run(["convert", tmp_path / "a.jpg", path], check=True)
    metadata = read_picture(path).origin.metadata
    block = TiffReader(metadata.exif or b"")
    assert block.directory(block.first)[ARTIST].value.rstrip(b"\0") == b"Ann"
    assert b"Boats" in (metadata.xmp or b"")


@pytest.mark.parametrize(
    "chunk",
    [
        (b"zTXt", b"Raw profile type iptc\0\0damaged"),
        (b"tEXt", b"Raw profile type iptc\0no digits"),
        (b"tEXt", b"Raw profile type iptc\0\niptc\n 1\n"),
        (b"tEXt", b"XML:com.adobe.xmp"),
        (b"iTXt", b"XML:com.adobe.xmp\0"),
        (b"tEXt", b"Author\0Anna"),
    ],
)
def test_nothing_is_found(chunk: tuple[bytes, bytes]) -> None:
    found = png.blocks_of(file(chunk))
    assert (found.exif, found.xmp or None, found.iptc) == (None, None, None)


def test_a_text_that_would_fill_the_memory_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "_MOST_INFLATED", 1000)
    content = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"x" * 10_000_000)
    assert png.blocks_of(file((b"iTXt", content))).xmp == b"x" * 1000


def test_pillow_finds_what_is_written() -> None:
    data = png.embedded(file(), Metadata(xmp=PACKET, iptc=RECORDS))
    with Image.open(io.BytesIO(data)) as image:
        assert isinstance(image, PngImagePlugin.PngImageFile)
        assert image.text["XML:com.adobe.xmp"] == PACKET.decode()
        assert RECORDS.hex() in image.text["Raw profile type iptc"]
