"""Photoshop files of every kind, made here by Adobe's specification, and by ImageMagick."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from programs import need
from psd import BITMAP, CMYK, GREY, INDEXED, LAB, MULTICHANNEL, RGB, psd

from styleplug.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture


def smooth(channels: int, dtype: type = np.uint8) -> NDArray[np.generic]:
    y, x = np.mgrid[:24, :40] / [[[24]], [[40]]]
    layers = np.stack([x, y, 1 - x, 1 - y, x * y, y / 2][:channels], axis=2)
    return (layers * np.iinfo(dtype).max).astype(dtype)


@pytest.fixture
def read(tmp_path: Path):
    def read(data: bytes) -> Picture:
        path = tmp_path / "a.psd"
        path.write_bytes(data)
        return read_picture(path)

    return read


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("runs", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("further", [0, 1, 3])
def test_rgb_with_further_channels(read, further: int, dtype: type, runs: bool, big: bool) -> None:
    values = smooth(3 + further, dtype)
    picture = read(psd(values, RGB, runs=runs, big=big))
    assert picture.alpha is None
    assert picture.origin.depth == 8 * np.dtype(dtype).itemsize
    np.testing.assert_allclose(picture.pixels, values[..., :3] / np.iinfo(dtype).max, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_transparency_that_was_laid_on_white(read, dtype: type) -> None:
    most = np.iinfo(dtype).max
    colours, alpha = smooth(3, dtype) / most, np.full((24, 40, 1), 0.4)
    alpha[:4] = 0
    values = np.dstack([colours * alpha + 1 - alpha, alpha]) * most
    picture = read(psd(np.rint(values).astype(dtype), RGB, layers=-1))
    np.testing.assert_allclose(picture.alpha, alpha[..., 0], atol=1 / most)
    np.testing.assert_allclose(picture.pixels[4:], colours[4:], atol=2 / most)


def test_transparency_of_other_programs(read) -> None:
    values = smooth(4)
    picture = read(psd(values, RGB, layers=-1))
    np.testing.assert_allclose(picture.alpha, values[..., 3] / 255, atol=1e-6)
    np.testing.assert_allclose(picture.pixels, values[..., :3] / 255, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_cmyk(read, dtype: type) -> None:
    values = smooth(5, dtype)
    light = values / np.iinfo(dtype).max
    picture = read(psd(values, CMYK, runs=True))
    np.testing.assert_allclose(picture.pixels, light[..., :3] * light[..., 3:4], atol=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_lab(read, dtype: type) -> None:
    lab = np.array([[(54.29, 80.80, 69.89), (87.82, -79.27, 80.99), (100, 0, 0)]])
    scale = 1 if dtype is np.uint8 else 256
    most = np.iinfo(dtype).max
    values = np.dstack([lab[..., :1] / 100 * most, (lab[..., 1:] + 128) * scale])
    picture = read(psd(np.rint(values).astype(dtype), LAB))
    expected = [[[1, 0, 0], [0, 1, 0], [1, 1, 1]]]
    np.testing.assert_allclose(picture.pixels, expected, atol=0.05 if scale == 1 else 0.005)
    assert picture.origin.warnings[0] == "is in L*a*b*; it is written as RGB"


def test_grey_palette_and_bitmap(read) -> None:
    values = smooth(1)
    np.testing.assert_allclose(read(psd(values, GREY)).pixels, (values / 255).repeat(3, 2), 1e-6)
    palette = np.random.default_rng(0).integers(0, 256, (256, 3), np.uint8)
    picture = read(psd(values, INDEXED, palette=palette.T.tobytes()))
    np.testing.assert_allclose(picture.pixels, palette[values[..., 0]] / 255, atol=1e-6)
    black = values[:, :37] > 100
    picture = read(psd(black.astype(np.uint8), BITMAP, bits=1, runs=True))
    np.testing.assert_array_equal(picture.pixels, (~black).repeat(3, 2))


def test_its_profile_is_honoured(read, profiles: dict[str, bytes]) -> None:
    profile = profiles["p3"]
    block = b"8BIM" + struct.pack(">HH", 1005, 0) + struct.pack(">I", 3) + b"abc\0"
    block += b"8BIM" + struct.pack(">HB3s", 1039, 3, b"ICC") + struct.pack(">I", len(profile))
    picture = read(psd(smooth(3), RGB, resources=block + profile))
    assert picture.origin.profile == profile


@pytest.mark.parametrize(
    ("bits", "mode"), [(32, RGB), (8, MULTICHANNEL)], ids=["floats", "many channels"]
)
def test_a_kind_that_is_not_read_is_not_called_damaged(read, bits: int, mode: int) -> None:
    values = np.zeros((4, 4, 3), f"u{bits // 8}")
    with pytest.raises(UnsupportedImageError, match="a kind that isn't read; save it as RGB"):
        read(psd(values, mode))


@pytest.mark.parametrize("runs", [False, True])
@pytest.mark.parametrize("length", [10, 30, 200, -40])
def test_a_file_cut_short(read, runs: bool, length: int) -> None:
    with pytest.raises(UnreadableImageError, match="damaged"):
        read(psd(smooth(3), RGB, runs=runs)[:length])


def test_too_many_pixels(read) -> None:
    data = bytearray(psd(smooth(3), RGB))
    data[14:22] = struct.pack(">II", 30000, 30000)
    with pytest.raises(ImageTooLargeError):
        read(bytes(data))


@pytest.mark.parametrize("kind", ["-depth 8 -compress RLE", "-colorspace CMYK", "-colorspace Gray"])
def test_imagemagicks_are_read_as_it_reads_them(tmp_path: Path, kind: str) -> None:
    need("convert", "imagemagick")
    path = tmp_path / "a.psd"
    source = ["convert", "-size", "40x24", "gradient:red-blue", *kind.split(), path]
    subprocess.run(source, check=True)
    command = ["convert", f"{path}[0]", "-colorspace", "sRGB", "-depth", "8", "rgb:-"]
    seen = subprocess.run(command, check=True, capture_output=True).stdout
    expected = np.frombuffer(seen, np.uint8).reshape(24, 40, 3)
    np.testing.assert_allclose(read_picture(path).pixels * 255, expected, atol=1)
