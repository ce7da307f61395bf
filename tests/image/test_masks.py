"""Masks and colour maps, as paint programs save them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter

from styleplug.errors import UnsupportedImageError
from styleplug.image.masks import cropped, mask_values, masked, matched_colors
from styleplug.image.picture import Picture


def colour_map(*bands: str) -> Image.Image:
    """Bands of colours from left to right, 480 by 64 pixels."""
    image = Image.new("RGB", (480, 64))
    width = 480 // len(bands)
    for number, band in enumerate(bands):
        image.paste(band, (number * width, 0, (number + 1) * width, 64))
    return image


def as_jpeg(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return Image.open(file)


def test_white_acts_and_black_or_transparent_does_not() -> None:
    image = Image.new("RGBA", (4, 1))
    image.putdata([(255,) * 4, (0, 0, 0, 255), (255, 255, 255, 0), (51, 51, 51, 255)])
    values = mask_values(Picture.from_any(image))
    np.testing.assert_allclose(values, [[1, 0, 0, 0.2]], atol=1e-6)


@pytest.mark.parametrize(
    ("crop", "rows", "columns"),
    [
        ("left", slice(None), slice(0, 6)),
        ("bottom", slice(2, 5), slice(None)),
        ("center", slice(1, 4), slice(2, 8)),
    ],
)
def test_of_a_crop_only_that_part_is_seen(crop: str, rows: slice, columns: slice) -> None:
    picture = Picture(np.ones((5, 10, 3), np.float32))
    alpha = cropped(picture, crop).alpha
    assert alpha is not None
    assert alpha[rows, columns].min() == 1
    assert alpha.sum() == alpha[rows, columns].size
    assert cropped(picture, "all") is picture


def test_a_mask_of_another_size_hides_part_of_a_picture() -> None:
    picture = Picture(np.ones((8, 6, 3), np.float32), np.full((8, 6), 0.5, np.float32))
    half = np.float32([[1, 1, 0, 0]] * 4)
    alpha = masked(picture, half).alpha
    assert alpha is not None
    assert alpha.shape == (8, 6)
    np.testing.assert_allclose(alpha[:, [0, -1]], [[0.5, 0]] * 8, atol=0.06)


@pytest.mark.parametrize("kind", [lambda image: image, as_jpeg])
def test_equal_colours_correspond(kind) -> None:
    first, second = colour_map("red", "blue", "#808080"), colour_map("blue", "#808080", "red")
    soft = first.filter(ImageFilter.GaussianBlur(1))
    pairs = matched_colors(Picture.from_any(kind(soft)), Picture.from_any(kind(second)))
    assert len(pairs) == 3
    total = sum(pair.first for pair in pairs)
    np.testing.assert_array_equal(total, 1)
    columns = {
        (int(pair.first[32].argmax()) // 150, int(pair.second[32].argmax()) // 150)
        for pair in pairs
    }
    assert columns == {(0, 2), (1, 0), (2, 1)}


def test_a_colour_without_its_like_is_named() -> None:
    pictures = [Picture.from_any(colour_map(*bands)) for bands in (("red", "lime"), ("red",))]
    with pytest.raises(UnsupportedImageError, match="has no #00ff00, which the other map has"):
        matched_colors(*pictures)


def test_a_photograph_is_no_colour_map() -> None:
    noise = Picture(np.random.default_rng(0).random((64, 96, 3), np.float32))
    with pytest.raises(UnsupportedImageError, match="is no colour map; fill each part"):
        matched_colors(noise, noise)
