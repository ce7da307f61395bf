"""Comments and other texts, from one file to another."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from styleplug.image.decode import read_metadata
from styleplug.image.metadata import texts
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.xmp import Packet
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture

TEXTS = (
    ("Title", "Boats"),
    ("Author", "Анна & Ben"),
    ("Copyright", "© Anna"),
    ("Description", "<Boats> on the beach"),
    ("Comment", "Grüße\nfrom Arles"),
    ("parameters", "Steps: 20"),
)
OTHERS = [".jpg", ".tif", ".webp", ".avif", ".heic", ".jxl"]
PIXELS = np.zeros((64, 64, 3), np.float32)


@pytest.fixture
def png(tmp_path: Path) -> Path:
    """A file with all of the texts, as Pillow writes them."""
    info = PngImagePlugin.PngInfo()
    for keyword, text in TEXTS:
        info.add_itxt(keyword, text, zip=True)
    Image.new("RGB", (8, 8)).save(tmp_path / "photo.png", pnginfo=info)
    return tmp_path / "photo.png"


def rewritten(source: Path, target: Path) -> Path:
    write_picture(read_picture(source), target)
    return target


def test_png_keeps_all(tmp_path: Path, png: Path) -> None:
    with Image.open(rewritten(png, tmp_path / "a.png")) as image:
        assert isinstance(image, PngImagePlugin.PngImageFile)
        assert tuple(image.text.items()) == TEXTS


@pytest.mark.parametrize("extension", OTHERS)
def test_other_formats_keep_what_xmp_has_a_property_for(
    tmp_path: Path, png: Path, exiftool: Callable[..., Any], extension: str
) -> None:
    [tags] = exiftool("-json", "-G1", rewritten(png, tmp_path / f"a{extension}"))
    assert tags["XMP-dc:Title"] == "Boats"
    assert tags["XMP-dc:Creator"] == "Анна & Ben"
    assert tags["XMP-dc:Rights"] == "© Anna"
    assert tags["XMP-dc:Description"] == "<Boats> on the beach"
    comment = tags["File:Comment" if extension == ".jpg" else "XMP-exif:UserComment"]
    assert comment.replace("..", "\n").replace(".from", "\nfrom") == "Grüße\nfrom Arles"


def test_what_xmp_says_already_stays(tmp_path: Path) -> None:
    packet = texts.in_xmp(None, [("Title", "Ships")])
    for keyword in ("Title", "Author"):
        metadata = Metadata(xmp=packet, texts=((keyword, "Boats"),))
        write_picture(Picture(PIXELS).with_metadata(metadata), tmp_path / f"{keyword}.webp")
    found = read_picture(tmp_path / "Title.webp").origin.metadata
    assert found.xmp == packet
    found = read_picture(tmp_path / "Author.webp").origin.metadata
    assert [prop.tag for prop in Packet(found.xmp or b"").properties] == [
        b"dc:title",
        b"dc:creator",
    ]


def test_the_comment_of_a_jpeg(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", comment="Grüße".encode())
    with Image.open(rewritten(tmp_path / "a.jpg", tmp_path / "b.jpg")) as image:
        assert image.info["comment"] == "Grüße".encode()
    with Image.open(rewritten(tmp_path / "b.jpg", tmp_path / "b.png")) as image:
        assert image.info["Comment"] == "Grüße"


def test_a_comment_of_another_time_is_in_latin_1(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", comment=b"Gr\xfc\xdfe\0")
    assert read_picture(tmp_path / "a.jpg").origin.metadata.texts == (("Comment", "Grüße"),)


def test_a_comment_longer_than_a_segment(tmp_path: Path) -> None:
    long = Metadata(texts=(("Comment", "a boat 🛶 " * 20_000),))
    write_picture(Picture(PIXELS).with_metadata(long), tmp_path / "a.jpg")
    found = read_picture(tmp_path / "a.jpg").origin.metadata.texts
    assert "".join(text for _, text in found) == long.texts[0][1]


def test_what_xml_does_not_allow_is_left_out_of_xmp(tmp_path: Path) -> None:
    metadata = Metadata(texts=(("Title", "a\0\x1b[1mb\ufffe"),))
    write_picture(Picture(PIXELS).with_metadata(metadata), tmp_path / "a.webp")
    packet = Packet(read_picture(tmp_path / "a.webp").origin.metadata.xmp or b"")
    assert b">a[1mb<" in packet.properties[0].xml


def test_notes_of_another_file_are_left_out(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    for keyword in ("exif:Orientation", "Thumb::URI", "date:create", "Software"):
        info.add_text(keyword, "6")
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=info)
    assert read_picture(tmp_path / "a.png").origin.metadata.texts == (("Software", "6"),)


def test_texts_that_are_too_long_are_left_out_and_told() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "Boats")
    info.add_text("Comment", "x" * (texts.MAX_TEXTS + 1), zip=True)
    info.add_text("Author", "Ann")
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=info)
    metadata, warnings = read_metadata(buffer.getvalue())
    assert metadata.texts == (("Title", "Boats"), ("Author", "Ann"))
    assert warnings == ("has texts that are too long or too many; the rest was left out",)
