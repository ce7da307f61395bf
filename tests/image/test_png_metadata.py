"""Chunks of PNG files, as the many programs write them."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from styleplug.image import png_metadata

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
    assert png_metadata.blocks_of(file(chunk, behind=behind)) == (None, PACKET, None)


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
    assert png_metadata.blocks_of(file(chunk)) == (None, None, RECORDS)


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
    assert not any(png_metadata.blocks_of(file(chunk)))


def test_a_text_that_would_fill_the_memory_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png_metadata, "_LONGEST_TEXT", 1000)
    content = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"x" * 10_000_000)
    assert png_metadata.blocks_of(file((b"iTXt", content)))[1] == b"x" * 1000


def test_pillow_finds_what_is_written() -> None:
    data = png_metadata.embedded(file(), None, PACKET, RECORDS)
    with Image.open(io.BytesIO(data)) as image:
        assert isinstance(image, PngImagePlugin.PngImageFile)
        assert image.text["XML:com.adobe.xmp"] == PACKET.decode()
        assert RECORDS.hex() in image.text["Raw profile type iptc"]
