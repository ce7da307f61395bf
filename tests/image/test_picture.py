"""Pictures made of arrays and of Pillow images, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from styleplug.errors import UnreadableImageError, UnsupportedImageError
from styleplug.image.picture import FileInfo, Picture


def first_pixel(image: Any) -> list[float]:
    """RGB of the top left pixel, and its alpha where there is one."""
    picture = Picture.from_any(image)
    assert picture.pixels.dtype == np.float32
    alpha = [] if picture.alpha is None else [picture.alpha[0, 0]]
    return [float(value) for value in [*picture.pixels[0, 0], *alpha]]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.full((2, 3), 51, np.uint8), [0.2, 0.2, 0.2]),
        (np.full((2, 3, 1), 51, np.uint8), [0.2, 0.2, 0.2]),
        (np.full((2, 3, 3), [0, 51, 255], np.uint8), [0, 0.2, 1]),
        (np.full((2, 3, 4), [0, 51, 255, 102], np.uint8), [0, 0.2, 1, 0.4]),
        (np.full((2, 3, 3), [0, 13107, 65535], np.uint16), [0, 0.2, 1]),
        (np.full((2, 3, 3), [0, 13107, 65535], ">u2"), [0, 0.2, 1]),
        (np.full((2, 3, 3), [0, 0.5, 1], np.float16), [0, 0.5, 1]),
        (np.full((2, 3, 3), [0, 0.2, 1], np.float32), [0, 0.2, 1]),
        (np.full((2, 3, 4), [0, 0.2, 1, 0.4], np.float64), [0, 0.2, 1, 0.4]),
        (np.full((2, 3, 3), [-0.01, 0.2, 1.05], np.float64), [0, 0.2, 1]),
    ],
)
def test_arrays_of_every_depth_become_floats(array: Any, expected: list[float]) -> None:
    assert Picture.from_any(array).size == (3, 2)
    assert first_pixel(array) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("array", "problem"),
    [
        (np.zeros(3), r"shape \(3,\).* \(H, W, 3\) for RGB"),
        (np.zeros((3, 8, 8)), r"shape \(3, 8, 8\)"),
        (np.zeros((1, 3, 8, 8)), r"shape \(1, 3, 8, 8\)"),
        (np.zeros((0, 8, 3)), "no pixels"),
        (np.zeros((8, 8, 3), np.int64), "int64 are not supported; use uint8, uint16 or float32"),
        (np.zeros((8, 8, 3), bool), "bool are not supported"),
        (np.full((8, 8, 3), np.nan), "finite; they must be from 0 to 1"),
        (np.full((8, 8, 3), np.inf, np.float32), "finite; they must be from 0 to 1"),
        (np.full((8, 8, 3), 255.0), "from 255 to 255; they must be from 0 to 1"),
        (np.full((8, 8, 3), -1.0), "from -1 to -1; they must be from 0 to 1"),
        (7, "int is no picture; use a path"),
    ],
)
def test_an_array_that_is_no_picture_says_what_is_meant(array: Any, problem: str) -> None:
    with pytest.raises(UnsupportedImageError, match=problem):
        Picture.from_any(array)


def test_a_picture_shares_no_memory_with_the_array_it_came_from() -> None:
    array = np.zeros((2, 2, 3), np.float32)
    picture = Picture.from_any(array)
    array[:] = 1
    assert picture.pixels.max() == 0


def test_a_picture_stays_the_same_picture() -> None:
    picture = Picture.from_any(np.zeros((2, 2, 3)))
    assert Picture.from_any(picture) is picture


@pytest.mark.parametrize("as_given", [str, Path])
def test_a_path_is_read(tmp_path: Path, as_given: type) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (3, 2), "red").save(path)
    picture = Picture.from_any(as_given(path))
    assert picture.path == path
    assert first_pixel(picture) == [1, 0, 0]


def palette_with_transparency() -> Image.Image:
    image = Image.new("P", (3, 2), 1)
    image.putpalette([0, 0, 0, 0, 255, 0])
    image.info["transparency"] = 1
    return image


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("1", (3, 2), 1), [1, 1, 1]),
        (Image.new("L", (3, 2), 51), [0.2, 0.2, 0.2]),
        (Image.new("LA", (3, 2), (51, 102)), [0.2, 0.2, 0.2, 0.4]),
        (Image.new("LA", (3, 2), (51, 255)).convert("La"), [0.2, 0.2, 0.2, 1]),
        (Image.new("RGB", (3, 2), (0, 51, 255)), [0, 0.2, 1]),
        (Image.new("RGBX", (3, 2), (0, 51, 255, 0)), [0, 0.2, 1]),
        (Image.new("RGBA", (3, 2), (0, 51, 255, 102)), [0, 0.2, 1, 0.4]),
        (Image.new("RGBA", (3, 2), (0, 51, 255, 255)).convert("RGBa"), [0, 0.2, 1, 1]),
        (Image.new("RGB", (3, 2), "red").convert("P"), [1, 0, 0]),
        (palette_with_transparency(), [0, 1, 0, 0]),
        (Image.new("CMYK", (3, 2), (0, 255, 255, 0)), [1, 0, 0]),
        (Image.new("HSV", (3, 2), (0, 255, 255)), [1, 0, 0]),
        (Image.new("YCbCr", (3, 2), (255, 128, 128)), [1, 1, 1]),
        (Image.new("RGB", (3, 2), "white").convert("LAB"), [1, 1, 1]),
        (Image.new("I;16", (3, 2), 13107), [0.2, 0.2, 0.2]),
        (Image.new("I;16B", (3, 2), 13107), [0.2, 0.2, 0.2]),
        (Image.new("I", (3, 2), 13107), [0.2, 0.2, 0.2]),
        (Image.new("F", (3, 2), 0.2), [0.2, 0.2, 0.2]),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else "",
)
def test_pillow_images_of_every_mode(image: Image.Image, expected: list[float]) -> None:
    assert Picture.from_any(image).size == (3, 2)
    assert first_pixel(image) == pytest.approx(expected, abs=0.005)  # LAB is coarse


@pytest.mark.parametrize(
    ("image", "problem"),
    [
        (Image.new("I", (3, 2), 70000), "32-bit values from 70000 to 70000"),
        (Image.new("I", (3, 2), -1), "32-bit values from -1 to -1"),
        (Image.new("F", (3, 2), 255.0), "from 0 to 1"),
        (Image.new("RGB", (0, 2)), "no pixels"),
        (Image.new("I", (0, 2)), "no pixels"),
    ],
)
def test_pillow_images_that_cannot_be_used(image: Image.Image, problem: str) -> None:
    with pytest.raises(UnsupportedImageError, match=problem):
        Picture.from_any(image)


def test_a_pillow_image_is_turned_upright() -> None:
    image = Image.new("RGB", (3, 2))
    image.getexif()[0x0112] = 6
    assert Picture.from_any(image).size == (2, 3)


def test_a_pillow_image_whose_file_is_damaged_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    Image.effect_noise((64, 64), 50).save(path)
    path.write_bytes(path.read_bytes()[:1000])
    with Image.open(path) as image, pytest.raises(UnreadableImageError, match="incomplete"):
        Picture.from_any(image)


@pytest.mark.parametrize(
    ("pixels", "alpha"),
    [
        (np.zeros((2, 3), np.float32), None),
        (np.zeros((2, 3, 4), np.float32), None),
        (np.zeros((2, 0, 3), np.float32), None),
        (np.zeros((2, 3, 3), np.float64), None),
        (np.zeros((2, 3, 3), np.float32), np.zeros((3, 2), np.float32)),
        (np.zeros((2, 3, 3), np.float32), np.zeros((2, 3), np.uint8)),
    ],
)
def test_the_constructor_takes_only_what_it_says(pixels: Any, alpha: Any) -> None:
    with pytest.raises(UnsupportedImageError, match="must be"):
        Picture(pixels, alpha)


@pytest.mark.parametrize(("dtype", "depth"), [("uint8", 8), ("uint16", 16), ("float32", 8)])
def test_an_array_tells_its_depth(dtype: str, depth: int) -> None:
    origin = Picture.from_any(np.zeros((2, 2, 3), dtype)).origin
    assert origin == FileInfo(profile=None, depth=depth, warnings=(), size=(2, 2))


def test_to_pil_rounds_to_the_nearest_and_clips() -> None:
    pixels = np.array([[[-0.5, 0.49 / 255, 0.51 / 255], [1.5, 254.6 / 255, 0.5]]], np.float32)
    image = Picture(pixels).to_pil()
    assert image.mode == "RGB"
    assert np.asarray(image).tolist() == [[[0, 0, 1], [255, 255, 128]]]


def test_to_pil_keeps_alpha_and_every_8_bit_value() -> None:
    array = np.arange(256, dtype=np.uint8).reshape(8, 8, 4)
    image = Picture.from_any(array).to_pil()
    assert image.mode == "RGBA"
    np.testing.assert_array_equal(np.asarray(image), array)
