"""Parts of photographs: what is found, where, and with which edges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from portrait import portrait

import styleplug
from styleplug import pictures
from styleplug.errors import ConfigError
from styleplug.image.read import read_picture
from styleplug.image.resize import resized
from styleplug.parts import Part
from styleplug.segmentation import find_part, refine

Pixels = NDArray[np.float32]
PHOTOGRAPHS = Path(__file__).parents[3] / "shared" / "images" / "content"


def landscape(height: int = 240, width: int = 320) -> tuple[Pixels, NDArray[np.bool_]]:
    """Sky that grows lighter towards jagged mountains, a lake of the sky's colour; and where the
    sky is."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width] / [[[height]], [[width]]]
    ridge = 0.5 + 0.1 * np.abs(np.sin(9 * x)) + 0.03 * np.sin(50 * x)
    sky = y < ridge
    blue = np.stack([0.3 + 0.5 * y, 0.5 + 0.4 * y, 0.8 + 0.15 * y], axis=2)
    rock = np.stack([0.3 - 0.1 * y, 0.28 - 0.1 * y, 0.2 + 0 * y], axis=2)
    rock += 0.08 * random.standard_normal((height, width, 1))
    picture = np.where(sky[..., np.newaxis], blue, rock)
    picture[int(0.85 * height) :] = (0.45, 0.62, 0.85)
    picture += 0.01 * random.standard_normal(picture.shape)
    return picture.clip(0, 1).astype(np.float32), sky


def likeness(mask: Pixels, place: NDArray[np.bool_]) -> float:
    """Intersection over union."""
    return float(np.minimum(mask, place).sum() / np.maximum(mask, place).sum())


def test_a_person_is_found_and_the_rest_is_background() -> None:
    photo = portrait(300)
    height, width, _ = photo.shape
    person = find_part(Part.PERSON, photo)
    assert person is not None
    assert person.shape == (height, width)
    assert person.dtype == np.float32
    at = {"face": (0.4, 0.5), "coat": (0.85, 0.5), "flag": (0.2, 0.1), "wall": (0.2, 0.9)}
    found = {name: person[int(y * height), int(x * width)] for name, (y, x) in at.items()}
    assert found == {"face": 1, "coat": 1, "flag": 0, "wall": 0}
    assert 0.5 < person.mean() < 0.65
    background = find_part(Part.BACKGROUND, photo)
    np.testing.assert_allclose(background, 1 - person, atol=1e-6)


def test_nobody_in_a_picture_without_persons() -> None:
    harbour = read_picture(pictures.path("harbour.jpg")).pixels
    assert find_part(Part.PERSON, harbour) is None
    background = find_part(Part.BACKGROUND, harbour)
    assert background is not None
    assert background.min() == 1


def test_the_sky_above_mountains_and_not_the_lake() -> None:
    photo, sky = landscape()
    found = find_part(Part.SKY, photo)
    assert found is not None
    assert likeness(found, sky) > 0.97
    assert found[-20:].max() < 0.05


@pytest.mark.parametrize("shape", [(8, 8), (40, 700), (700, 40)])
def test_no_sky_in_one_colour_whatever_its_shape(shape: tuple[int, int]) -> None:
    assert find_part(Part.SKY, np.full((*shape, 3), 0.4, np.float32)) is None


@pytest.mark.skipif(not PHOTOGRAPHS.is_dir(), reason="shared/images/content isn't here")
@pytest.mark.parametrize(
    ("name", "sky", "ground"),
    [
        ("tubingen.jpg", [(0.1, 0.5), (0.3, 0.3)], [(0.5, 0.7), (0.8, 0.5), (0.4, 0.95)]),
        ("chicago.jpg", [(0.1, 0.1), (0.3, 0.9)], [(0.4, 0.5), (0.9, 0.5)]),
        ("hoovertowernight.jpg", [(0.1, 0.5), (0.3, 0.6)], [(0.3, 0.77), (0.8, 0.2)]),
    ],
)
def test_the_sky_of_photographs(
    name: str, sky: list[tuple[float, float]], ground: list[tuple[float, float]]
) -> None:
    """By day, behind houses, and at night; places read off by eye, as parts of the sides."""
    photo = resized(read_picture(PHOTOGRAPHS / name).pixels, 240, 320)
    found = find_part(Part.SKY, photo)
    assert found is not None
    for places, least, most in ((sky, 0.95, 1), (ground, 0, 0.05)):
        for y, x in places:
            assert least <= found[int(y * 240), int(x * 320)] <= most, (name, y, x)


def test_a_rough_mask_gets_the_photographs_edges() -> None:
    """A border that runs 5 pixels beside the edge comes to lie on it."""
    photo = np.full((600, 900, 3), 0.2, np.float32)
    photo[:, 450:] = (0.8, 0.7, 0.3)
    rough = np.zeros((512, 768), np.float32)
    rough[:, 389:] = 1
    found = refine.refined(rough, photo)
    assert found.shape == (600, 900)
    assert found[:, :448].max() < 0.1
    assert found[:, 452:].min() > 0.5


def test_strips_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = portrait(800)
    rough = resized(photo[..., 0], *refine.working_size(photo))
    whole = refine.refined(rough, photo)
    monkeypatch.setattr(refine, "_ROWS", 7)
    np.testing.assert_array_equal(refine.refined(rough, photo), whole)


@given(st.floats(0, 1, width=32), st.integers(1, 40), st.integers(1, 40))
def test_an_even_mask_stays_even(value: float, height: int, width: int) -> None:
    photo = np.random.default_rng(0).random((height, width, 3), np.float32)
    found = refine.refined(np.full((height, width), value, np.float32), photo)
    assert np.ptp(found) < 1e-4
    assert 0 <= found.min() <= found.max() <= 1


def test_from_python_by_name() -> None:
    photo, sky = landscape(120, 160)
    assert likeness(styleplug.find_part(photo, "sky"), sky) > 0.95
    with pytest.raises(ConfigError, match="part is 'cat', but must be one of person, background"):
        styleplug.find_part(photo, "cat")
