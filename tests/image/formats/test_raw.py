"""RAW files: a DNG made here by its specification, and others told by how they begin."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from crw import crw
from dng import HEIGHT, LONG, SHORT, WIDTH, dng, dng_in_adobe_rgb, tiff
from PIL import ExifTags, Image

from styleplug.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from styleplug.image import samples
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture


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
    assert picture.origin.warnings == ("is a RAW file; it was developed with LibRaw's defaults",)
    left, right = picture.pixels[HEIGHT // 2, [WIDTH // 4, WIDTH * 3 // 4]]
    assert left.min() > 0.5
    assert right.argmax() == 1
    assert right[1] - right[[0, 2]].max() > 0.2


def test_a_crw_is_developed(tmp_path: Path, rawpy) -> None:
    path = tmp_path / "photo.crw"
    path.write_bytes(crw())
    picture = read_picture(path)
    assert (picture.size, picture.origin.depth) == ((128, 64), 16)
    assert picture.origin.warnings == ("is a RAW file; it was developed with LibRaw's defaults",)
    assert picture.pixels.std() < 0.2


def test_a_turned_dng_is_upright(tmp_path: Path, rawpy) -> None:
    path = tmp_path / "photo.dng"
    path.write_bytes(dng(orientation=6))
    picture = read_picture(path)
    assert picture.size == (HEIGHT, WIDTH)
    assert picture.turn.orientation == 6
    assert picture.pixels[WIDTH * 3 // 4, HEIGHT // 2].argmax() == 1


def test_what_was_developed_to_srgb_says_so(tmp_path: Path, rawpy) -> None:
    path = tmp_path / "photo.dng"
    path.write_bytes(dng_in_adobe_rgb())
    picture = read_picture(path)
    write_picture(picture, tmp_path / "out.jpg")
    written = read_picture(tmp_path / "out.jpg")
    assert written.origin.profile is None
    np.testing.assert_allclose(written.pixels.mean(), picture.pixels.mean(), atol=0.01)
    with Image.open(tmp_path / "out.jpg") as image:
        exif = image.getexif()
        assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] == 1
        assert exif.get_ifd(ExifTags.IFD.Interop)[1] == "R98"


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
        ("a.crw", b"II\x1a\0\0\0HEAPCCDR" + bytes(100)),
        ("a.mrw", b"\0MRM" + bytes(100)),
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
    assert read_picture(tmp_path / "a.tif").origin.warnings == ()
