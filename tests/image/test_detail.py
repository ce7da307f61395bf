"""Fine detail: what it is, and that nothing else comes with it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from styleplug.image.detail import enlarged, fine_luma
from styleplug.image.resize import resized

Array = NDArray[np.float32]
HEIGHT, WIDTH = 120, 160
SMALL = (30, 40)


@pytest.fixture
def photograph() -> Array:
    """Noise of every frequency, away from black and white, so that nothing is clipped."""
    noise = np.random.default_rng(0).random((HEIGHT, WIDTH, 3), np.float32)
    return 0.4 + 0.2 * noise


@pytest.fixture
def painted() -> Array:
    return 0.3 + 0.4 * np.random.default_rng(1).random((*SMALL, 3), np.float32)


def energy_below(values: Array, frequency: float) -> float:
    """The share of the energy below a frequency, in units of the small picture's Nyquist's."""
    spectrum = np.abs(np.fft.fft2(values)) ** 2
    y = np.abs(np.fft.fftfreq(HEIGHT))[:, np.newaxis] * 2 * HEIGHT / SMALL[0]
    x = np.abs(np.fft.fftfreq(WIDTH)) * 2 * WIDTH / SMALL[1]
    return float(spectrum[np.maximum(x, y) < frequency].sum() / spectrum.sum())


def test_none_and_all_differ_only_above_the_nyquist_frequency(
    photograph: Array, painted: Array
) -> None:
    without, with_all = (enlarged(painted, photograph, detail) for detail in (0, 1))
    difference = (with_all - without)[..., 0]
    assert difference.std() > 0.02
    # The filters are no knives, so not right up to it; and of the photograph 3.5 % lies there.
    assert energy_below(photograph[..., 0] - photograph[..., 0].mean(), 0.75) > 0.03
    assert energy_below(difference, 0.75) < 0.001


def test_the_difference_is_grey(photograph: Array, painted: Array) -> None:
    difference = enlarged(painted, photograph, 1) - enlarged(painted, photograph, 0)
    np.testing.assert_allclose(difference - difference[..., :1], 0, atol=1e-6)


def test_detail_is_proportional(photograph: Array, painted: Array) -> None:
    none, half, all_of_it = (enlarged(painted, photograph, detail) for detail in (0, 0.5, 1))
    np.testing.assert_allclose(half - none, (all_of_it - none) / 2, atol=1e-6)


def test_without_detail_it_is_the_painting_alone(photograph: Array, painted: Array) -> None:
    np.testing.assert_array_equal(enlarged(painted, photograph, 0), resized(painted, HEIGHT, WIDTH))


def test_a_painting_as_large_as_the_photograph_lacks_nothing(photograph: Array) -> None:
    other = photograph[::-1].copy()
    np.testing.assert_array_equal(enlarged(other, photograph, 1), other)


def test_a_photograph_and_its_own_small_copy_make_the_photograph(photograph: Array) -> None:
    grey = np.repeat(photograph[..., :1], 3, axis=2)
    np.testing.assert_allclose(enlarged(resized(grey, *SMALL), grey, 1), grey, atol=1e-5)


def test_the_result_stays_in_range(painted: Array) -> None:
    stripes = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    stripes[:, ::2] = 1
    result = enlarged(np.round(painted), stripes, 1)
    assert (result.min(), result.max()) == (0, 1)
    assert result.dtype == np.float32


def test_an_even_photograph_has_no_detail() -> None:
    even = np.full((40, 50, 3), 0.7, np.float32)
    np.testing.assert_allclose(fine_luma(even, 10, 12), 0, atol=1e-6)
