"""Raw pixels, to and fro."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from styleplug.errors import ImageTooLargeError, UnreadableImageError, UnwritableImageError
from styleplug.image.picture import Picture
from styleplug.worker.messages import DTYPES, LAYOUTS, PictureSource, PixelFormat
from styleplug.worker.pixels import check_form, read_source, write_result

PIXELS = np.random.default_rng(0).random((3, 4, 3), np.float32)
ALPHA = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
STEP = {"float32": 1e-6, "uint16": 0.51 / 65535, "uint8": 0.51 / 255}


def read(path: Path, raw: PixelFormat) -> Picture:
    return read_source(PictureSource(str(path), raw, width=4, height=3))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written_is_read(tmp_path: Path, layout: str, dtype: str) -> None:
    raw = PixelFormat(layout, dtype)
    path = write_result(Picture(PIXELS, ALPHA), raw, tmp_path)
    assert path.stat().st_size == 12 * LAYOUTS[layout] * np.dtype(DTYPES[dtype]).itemsize
    found = read(path, raw)
    expected = PIXELS
    if layout.startswith("Y"):
        expected = np.dstack([PIXELS @ np.float32([0.2126, 0.7152, 0.0722])] * 3)
    np.testing.assert_allclose(found.pixels, expected, atol=STEP[dtype])
    if layout.endswith("A"):
        np.testing.assert_allclose(found.alpha, ALPHA, atol=STEP[dtype])
    else:
        assert found.alpha is None


def test_the_order_of_bytes_and_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    path.write_bytes(bytes([255, 255, 0, 0, 0, 128]) + bytes(4 * 3 * 6 - 6))
    found = read(path, PixelFormat("RGB", "uint16")).pixels
    np.testing.assert_allclose(found[0, 0], [1, 0, 0.50000763], atol=1e-6)
    assert found.sum() == found[0, 0].sum()


def test_an_opaque_picture_is_opaque(tmp_path: Path) -> None:
    raw = PixelFormat("RGBA", "uint8")
    assert read(write_result(Picture(PIXELS), raw, tmp_path), raw).alpha.min() == 1


def test_floats_that_are_out_of_range_are_clipped(tmp_path: Path) -> None:
    odd = np.float32([np.nan, np.inf, -np.inf, -0.5, 7, 0.25] * 6)
    odd.tofile(tmp_path / "a.raw")
    found = read(tmp_path / "a.raw", PixelFormat("RGB", "float32")).pixels
    np.testing.assert_array_equal(found.ravel()[:6], np.float32([0, 1, 0, 0, 1, 0.25]))


@pytest.mark.parametrize("size", [0, 35, 37])
def test_a_file_of_another_size_than_it_is_said_to_have(tmp_path: Path, size: int) -> None:
    (tmp_path / "a.raw").write_bytes(bytes(size))
    with pytest.raises(UnreadableImageError, match=rf"has {size} bytes, but 4×3 pixels.* are 36"):
        read(tmp_path / "a.raw", PixelFormat("RGB", "uint8"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match="No such file"):
        read(tmp_path / "a.raw", PixelFormat("RGB", "uint8"))


@pytest.mark.parametrize("format", ["png", "tiff", "jpeg", "webp"])
def test_picture_files(tmp_path: Path, format: str) -> None:
    with Image.open(write_result(Picture(PIXELS, ALPHA), format, tmp_path)) as image:
        assert (image.format, image.size) == (format.upper(), (4, 3))
        assert image.has_transparency_data == (format != "jpeg")


def test_a_format_that_lacks_its_library_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UnwritableImageError, match=r"pip install 'styleplug\[heif\]'"):
        check_form("heif", tmp_path)
    check_form("png", tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", ["png", PixelFormat("RGB", "uint8")])
def test_a_place_that_cannot_be_written_to(tmp_path: Path, form: PixelFormat | str) -> None:
    with pytest.raises(UnwritableImageError):
        write_result(Picture(PIXELS), form, tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["a\0.raw", "\ud800.raw", "x" * 5000])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableImageError):
        read(tmp_path / name, PixelFormat("RGB", "uint8"))


def test_more_pixels_than_are_safe_to_open(tmp_path: Path) -> None:
    path, side = tmp_path / "a.raw", 12_000
    with path.open("wb") as file:
        file.truncate(side * side)  # zeros that take no room on the disk
    with pytest.raises(ImageTooLargeError, match="134 megapixels"):
        read_source(PictureSource(str(path), PixelFormat("Y", "uint8"), side, side))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_no_picture(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.raw")
    with pytest.raises(UnreadableImageError, match="has 0 bytes"):
        read(tmp_path / "a.raw", PixelFormat("RGB", "uint8"))


@pytest.mark.parametrize("form", ["png", PixelFormat("RGB", "uint8")])
def test_no_file_of_the_hosts_is_in_the_way_of_the_result(
    tmp_path: Path, form: PixelFormat | str
) -> None:
    names = ["result.png", "result-2.png", "result.raw", "result-2.raw"]
    for name in names:
        (tmp_path / name).write_text("the host's")
    path = write_result(Picture(PIXELS), form, tmp_path)
    assert path.stem == "result-3"
    assert {(tmp_path / name).read_text() for name in names} == {"the host's"}
