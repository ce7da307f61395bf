"""Boxes of JPEG XL files."""

from __future__ import annotations

import struct

import imagecodecs
import numpy as np
import pytest

from styleplug.image.decode import read_metadata
from styleplug.image.formats import jxl
from styleplug.image.metadata.blocks import Metadata

EXIF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
PACKET = b"<x/>"


def box(kind: bytes, content: bytes, length: int | None = None) -> bytes:
    return struct.pack(">I", len(content) + 8 if length is None else length) + kind + content


@pytest.fixture(scope="module")
def file() -> bytes:
    return bytes(imagecodecs.jpegxl_encode(np.zeros((8, 8, 3), np.uint8), usecontainer=True))


def test_what_is_written_is_found(file: bytes) -> None:
    written = jxl.embedded(file, Metadata(EXIF, PACKET))
    assert jxl.blocks_of(written) == Metadata(EXIF, PACKET)
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
    assert jxl.blocks_of(file + boxes) == Metadata(EXIF, PACKET)


def test_a_file_without_a_container_has_none() -> None:
    bare = bytes(imagecodecs.jpegxl_encode(np.zeros((8, 8, 3), np.uint8), usecontainer=False))
    assert jxl.blocks_of(bare) == Metadata()


def test_a_box_that_would_fill_the_memory_is_told_and_costs_no_other(file: bytes) -> None:
    bomb = box(b"brob", b"xml " + imagecodecs.brotli_encode(bytes(20_000_000)))
    exif = EXIF[:8] + b"\0\0" + bytes(4)
    metadata, remarks = read_metadata(file + bomb + box(b"Exif", bytes(4) + exif))
    assert metadata == Metadata(exif)
    assert remarks == ("has XMP data that are damaged; they were left out",)
