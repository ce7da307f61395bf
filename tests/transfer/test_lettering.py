"""Where there is lettering: drawn words of several sizes, and photographs without any."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from portrait import portrait

from styleplug import pictures
from styleplug.image.luma import luma
from styleplug.image.read import read_picture
from styleplug.image.resize import fitted
from styleplug.transfer.lettering import lettering_map
from styleplug.transfer.preserved import what_to_preserve

FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
PHOTOGRAPHS = Path(__file__).parents[3] / "shared" / "images" / "content"
BOX = (60, 80)
"""Left and top of what is written."""


def written(size: int, ink: int, paper: int, words: str = "Bakery 1931") -> NDArray[np.float32]:
    """Light and dark of words on a sign, beside a soft gradient."""
    image = Image.linear_gradient("L").resize((384, 256))
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, size)
    left, top, right, bottom = draw.textbbox(BOX, words, font)
    draw.rectangle((left - 9, top - 9, right + 9, bottom + 9), fill=paper)
    draw.text(BOX, words, fill=ink, font=font)
    return np.asarray(image, np.float32) / 255


@pytest.mark.parametrize("size", [14, 20, 32, 44])
@pytest.mark.parametrize(("ink", "paper"), [(20, 230), (250, 70)], ids=["dark", "light"])
def test_words_are_found_where_they_are(size: int, ink: int, paper: int) -> None:
    found = lettering_map(written(size, ink, paper))
    assert found is not None
    rows, columns = np.nonzero(found > 0.9)
    top, left = rows.min(), columns.min()
    assert abs(left - BOX[0]) <= 3 + size / 2
    assert BOX[1] - 2 <= top <= BOX[1] + size / 2
    assert rows.max() - top < 1.6 * size
    width = ImageFont.truetype(FONT, size).getlength("Bakery 1931")
    assert columns.max() - left > 0.45 * width
    assert found[200:].max() == 0


def test_too_few_letters_are_none() -> None:
    assert lettering_map(written(30, 20, 230, "Oh")) is None


def test_none_in_a_portrait_a_cat_grain_and_one_colour() -> None:
    grain = np.random.default_rng(0).normal(0.5, 0.05, (200, 300)).astype(np.float32)
    cat = read_picture(pictures.path("photograph.jpg")).pixels
    flat = np.full((9, 40), 0.5, np.float32)
    for light in (luma(portrait(400)), luma(fitted(cat, 400)), grain, flat):
        assert lettering_map(light) is None


@pytest.mark.skipif(not PHOTOGRAPHS.is_dir(), reason="shared/images/content isn't here")
@pytest.mark.parametrize(
    ("name", "most"),
    [("amber", 0), ("chicago", 0), ("golden_gate", 0), ("stata", 0.02), ("tubingen", 0.05)],
)
def test_little_in_photographs_without_lettering(name: str, most: float) -> None:
    """Rows of windows pass for some now and then."""
    pixels = read_picture(PHOTOGRAPHS / f"{name}.jpg").pixels
    found = lettering_map(luma(fitted(pixels, min(512, max(pixels.shape)))))
    assert (0 if found is None else found.mean()) <= most


def test_lettering_is_preserved_when_it_is_asked_for() -> None:
    light = written(32, 20, 230)
    pixels = np.repeat(light[..., np.newaxis], 3, axis=2)
    found, notes = what_to_preserve(pixels, "text=0.5")
    assert found is not None
    assert found.max() == 0.5
    assert notes == ()
    nothing, notes = what_to_preserve(np.zeros((20, 30, 3), np.float32), "text=0.5")
    assert (nothing, notes) == (None, ("no lettering is found to be preserved",))
