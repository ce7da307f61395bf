"""RAW files: a DNG made here by its specification, and others told by how they begin."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from styleplug.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from styleplug.image import samples
from styleplug.image.read import read_picture

BYTE, ASCII, SHORT, LONG, RATIONAL, SRATIONAL = 1, 2, 3, 4, 5, 10
FORMATS = {BYTE: "B", ASCII: "B", SHORT: "H", LONG: "I", RATIONAL: "II", SRATIONAL: "ii"}
WIDTH, HEIGHT, WHITE = 128, 96, 4095


def tiff(tags: dict[int, tuple[int, list[int]]], pixels: bytes) -> bytes:
    """A little-endian TIFF file of one page; tag 273 gets the place of the pixels."""
    pixels_at = 8 + 2 + 12 * len(tags) + 4
    extra_at = pixels_at + len(pixels)
    entries, extra = b"", b""
    for tag, (kind, values) in sorted(tags.items()):
        if tag == 273:
            values = [pixels_at]
        content = struct.pack("<" + FORMATS[kind] * (len(values) // len(FORMATS[kind])), *values)
        count = len(values) // len(FORMATS[kind])
        if len(content) > 4:
            extra, content = extra + content, struct.pack("<I", extra_at + len(extra))
        entries += struct.pack("<HHI4s", tag, kind, count, content)
    head = b"II*\0" + struct.pack("<IH", 8, len(tags))
    return head + entries + bytes(4) + pixels + extra


def dng(orientation: int = 1) -> bytes:
    """A photograph by an imaginary camera: its left half is white, its right half green."""
    mosaic = np.full((HEIGHT, WIDTH), WHITE // 2, np.uint16)
    mosaic[0::2, WIDTH // 2 :: 2] = WHITE // 50  # red
    mosaic[1::2, WIDTH // 2 + 1 :: 2] = WHITE // 50  # blue
    identity = [10000 * (i % 4 == 0) if j == 0 else 10000 for i in range(9) for j in (0, 1)]
    tags = {
        254: (LONG, [0]),
        256: (LONG, [WIDTH]),
        257: (LONG, [HEIGHT]),
        258: (SHORT, [16]),
        259: (SHORT, [1]),  # not compressed
        262: (SHORT, [32803]),  # a colour filter array
        271: (ASCII, list(b"Imaginary\0")),
        272: (ASCII, list(b"One\0")),
        273: (LONG, [0]),
        274: (SHORT, [orientation]),
        277: (SHORT, [1]),
        278: (LONG, [HEIGHT]),
        279: (LONG, [mosaic.nbytes]),
        33421: (SHORT, [2, 2]),
        33422: (BYTE, [0, 1, 1, 2]),  # red, green / green, blue
        50706: (BYTE, [1, 4, 0, 0]),
        50708: (ASCII, list(b"Imaginary One\0")),
        50717: (LONG, [WHITE]),
        50721: (SRATIONAL, identity),
        50728: (RATIONAL, [1, 1, 1, 1, 1, 1]),
        50778: (SHORT, [21]),  # daylight
    }
    return tiff(tags, mosaic.tobytes())


@pytest.fixture
def rawpy():
    return pytest.importorskip("rawpy", reason="the extra raw isn't installed")


def test_a_dng_is_developed(tmp_path: Path, rawpy) -> None:
    path = tmp_path / "photo.dng"
    path.write_bytes(dng())
    picture = read_picture(path)
    assert picture.size == (WIDTH, HEIGHT)
    assert picture.origin.depth == 16
    assert picture.origin.profile is None
    assert picture.origin.remarks == ("is a RAW file; it was developed with LibRaw's defaults",)
    left, right = picture.pixels[HEIGHT // 2, [WIDTH // 4, WIDTH * 3 // 4]]
    assert left.min() > 0.5
    assert right.argmax() == 1
    assert right[1] - right[[0, 2]].max() > 0.2


def test_a_turned_dng_is_upright(tmp_path: Path, rawpy) -> None:
    path = tmp_path / "photo.dng"
    path.write_bytes(dng(orientation=6))
    picture = read_picture(path)
    assert picture.size == (HEIGHT, WIDTH)
    assert picture.pixels[WIDTH * 3 // 4, HEIGHT // 2].argmax() == 1


def test_a_raw_file_cut_short(tmp_path: Path, rawpy) -> None:
    path = tmp_path / "photo.dng"
    path.write_bytes(dng()[:9000])
    with pytest.raises(UnreadableImageError, match="damaged"):
        read_picture(path)


def test_too_many_pixels(tmp_path: Path, rawpy, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "photo.dng").write_bytes(dng())
    monkeypatch.setattr(samples, "MAX_PIXELS", 1000)
    with pytest.raises(ImageTooLargeError, match="safe to open"):
        read_picture(tmp_path / "photo.dng")


def nef() -> bytes:
    """How Nikon's files begin: with a thumbnail that says that it is one."""
    tags = {
        254: (LONG, [1]),
        256: (LONG, [8]),
        257: (LONG, [8]),
        258: (SHORT, [8, 8, 8]),
        259: (SHORT, [1]),
        262: (SHORT, [2]),
        273: (LONG, [0]),
        277: (SHORT, [3]),
        278: (LONG, [8]),
        279: (LONG, [192]),
        330: (LONG, [4000]),
    }
    return tiff(tags, bytes(192))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.dng", dng()),
        ("a.nef", nef()),
        ("a.tif", nef()),
        ("a.cr2", b"II*\0\x10\0\0\0CR\x02\0" + bytes(100)),
        ("a.cr3", b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(100)),
        ("a.raf", b"FUJIFILMCCD-RAW 0201" + bytes(100)),
    ],
)
def test_without_rawpy_the_remedy_is_named_and_no_thumbnail_taken_for_the_photograph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes
) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnsupportedImageError, match=r"a\..*pip install 'styleplug\[raw\]'"):
        read_picture(path)


def test_a_usual_tiff_is_not_raw(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.tif")
    assert read_picture(tmp_path / "a.tif").origin.remarks == ()
