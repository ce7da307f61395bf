"""Boxes of JPEG XL files."""

from __future__ import annotations

import struct

import imagecodecs
import numpy as np
import pytest

from styleplug.image import jxl_metadata

EXIF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
PACKET = b"<x/>"


def box(kind: bytes, content: bytes, length: int | None = None) -> bytes:
    return struct.pack(">I", len(content) + 8 if length is None else length) + kind + content


@pytest.fixture(scope="module")
def file() -> bytes:
    return bytes(imagecodecs.jpegxl_encode(np.zeros((8, 8, 3), np.uint8), usecontainer=True))


def test_what_is_written_is_found(file: bytes) -> None:
    written = jxl_metadata.embedded(file, EXIF, PACKET, None)
    assert jxl_metadata.blocks_of(written) == (EXIF, PACKET, None)
    assert not imagecodecs.jpegxl_decode(written).any()


@pytest.mark.parametrize(
    "boxes",
    [
        box(b"Exif", bytes(4) + EXIF) + box(b"xml ", PACKET),
        box(b"xml ", PACKET) + box(b"Exif", b"\0\0\0\6Exif\0\0" + EXIF),
        box(b"brob", b"xml " + imagecodecs.brotli_encode(PACKET))
        + box(b"brob", b"Exif" + imagecodecs.brotli_encode(bytes(4) + EXIF)),
        box(b"xml ", struct.pack(">Q", 16 + len(PACKET)) + PACKET, length=1)
        + box(b"Exif", bytes(4) + EXIF, length=0),
    ],
    ids=["plain", "with a beginning of JPEG's", "compressed", "other lengths"],
)
def test_boxes_of_other_programs(file: bytes, boxes: bytes) -> None:
    assert jxl_metadata.blocks_of(file + boxes) == (EXIF, PACKET, None)


def test_a_file_without_a_container_has_none() -> None:
    bare = bytes(imagecodecs.jpegxl_encode(np.zeros((8, 8, 3), np.uint8), usecontainer=False))
    assert jxl_metadata.blocks_of(bare) == (None, None, None)


def test_a_box_that_would_fill_the_memory(file: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jxl_metadata, "_LONGEST", 1000)
    bomb = box(b"brob", b"xml " + imagecodecs.brotli_encode(bytes(100_000)))
    with pytest.raises(imagecodecs.BrotliError):
        jxl_metadata.blocks_of(file + bomb)
