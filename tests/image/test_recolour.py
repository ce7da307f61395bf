"""Colours of a photograph, or of a palette, for what was painted: how near they come, in ΔE."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from lab import delta_e, lab
from numpy.typing import NDArray

from styleplug import pictures
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.recolour import recolour
from styleplug.image.resize import fitted, resized

PHOTOGRAPH = fitted(read_picture(pictures.path("photograph.jpg")).pixels, 128)
PAINTINGS = ["discs", "harbour", "mist", "mosaic", "poppies"]
"""Far from it in colour, each its own way."""
MATCHES = ["histogram", "covariance"]

Pixels = NDArray[np.float32]


@pytest.fixture
def painted() -> Callable[[str], Pixels]:
    """Something painted as large as the photograph."""

    def load(name: str) -> Pixels:
        pixels = read_picture(pictures.path(f"{name}.jpg")).pixels
        return resized(pixels, *PHOTOGRAPH.shape[:2])

    return load


def recoloured(
    painted: Pixels,
    colors: str,
    strength: float = 1.0,
    palette: Pixels | None = None,
    alpha: Pixels | None = None,
) -> Pixels:
    other = None if palette is None else Picture(palette)
    return recolour(Picture(painted, alpha), Picture(PHOTOGRAPH, alpha), colors, strength, other)


def spread(pixels: Pixels) -> Pixels:
    """What L, a and b are at each of a hundred shares of the picture."""
    return np.quantile(lab(pixels).reshape(-1, 3), np.linspace(0, 1, 101), axis=0)


@pytest.mark.parametrize("name", PAINTINGS)
def test_by_luminance_each_place_keeps_its_hue_and_chroma(
    painted: Callable[[str], Pixels], name: str
) -> None:
    before = painted(name)
    result = recoloured(before, "luminance")
    far, near = (
        delta_e(lab(image)[..., 1:], lab(PHOTOGRAPH)[..., 1:]).mean() for image in (before, result)
    )
    assert near < 6 < far


@pytest.mark.parametrize("colors", MATCHES)
@pytest.mark.parametrize("name", PAINTINGS)
def test_by_statistics_the_picture_has_the_photographs_colours(
    painted: Callable[[str], Pixels], name: str, colors: str
) -> None:
    before = painted(name)
    result = recoloured(before, colors)
    means = [lab(image).reshape(-1, 3).mean(0) for image in (before, result, PHOTOGRAPH)]
    assert delta_e(means[1], means[2]) < 2 < delta_e(means[0], means[2])
    contrasts = [lab(image).reshape(-1, 3).std(0) for image in (result, PHOTOGRAPH)]
    if name == "mist":  # it has next to no colour, and isn't made colourful out of its noise
        assert (contrasts[0] < 1.1 * contrasts[1]).all()
    else:
        np.testing.assert_allclose(contrasts[0], contrasts[1], rtol=0.1)


@pytest.mark.parametrize("name", PAINTINGS)
def test_histograms_match_from_the_darkest_to_the_brightest(
    painted: Callable[[str], Pixels], name: str
) -> None:
    result = recoloured(painted(name), "histogram")
    assert np.abs(spread(result) - spread(PHOTOGRAPH)).mean(0).max() < 2


@pytest.mark.parametrize("colors", MATCHES)
def test_a_third_pictures_colours(painted: Callable[[str], Pixels], colors: str) -> None:
    palette = painted("poppies")[:40]  # of another size
    result = recoloured(painted("mist"), colors, palette=palette)
    means = [lab(image).reshape(-1, 3).mean(0) for image in (result, palette)]
    assert delta_e(*means) < 3


@pytest.mark.parametrize("colors", ["luminance", *MATCHES])
def test_the_strength_mixes(painted: Callable[[str], Pixels], colors: str) -> None:
    before, whole = painted("mosaic"), recoloured(painted("mosaic"), colors)
    np.testing.assert_array_equal(recoloured(before, colors, strength=0), before)
    np.testing.assert_allclose(
        recoloured(before, colors, strength=0.5), (before + whole) / 2, atol=0.13
    )


@pytest.mark.parametrize("colors", MATCHES)
def test_what_has_the_colours_already_stays_as_it_is(colors: str) -> None:
    np.testing.assert_allclose(recoloured(PHOTOGRAPH, colors), PHOTOGRAPH, atol=5e-3)


@pytest.mark.parametrize("colors", MATCHES)
def test_what_is_hidden_has_no_say(painted: Callable[[str], Pixels], colors: str) -> None:
    alpha = np.ones(PHOTOGRAPH.shape[:2], np.float32)
    alpha[:, :30] = 0
    before = painted("mosaic")
    hidden = before.copy()
    hidden[:, :30] = (1, 0, 1)
    one, other = (recoloured(image, colors, alpha=alpha) for image in (before, hidden))
    np.testing.assert_allclose(one[:, 30:], other[:, 30:], atol=1e-5)


@pytest.mark.parametrize("colors", MATCHES)
def test_a_picture_of_one_colour_is_no_trouble(colors: str) -> None:
    plain = np.full_like(PHOTOGRAPH, 0.5)
    result = recoloured(plain, colors)
    assert result.dtype == np.float32
    assert np.ptp(result, axis=(0, 1)).max() < 1e-6
    np.testing.assert_allclose(result[0, 0], PHOTOGRAPH.mean((0, 1)), atol=0.2)


def test_as_painted_nothing_changes(painted: Callable[[str], Pixels]) -> None:
    before = painted("mosaic")
    assert recoloured(before, "painted") is before
