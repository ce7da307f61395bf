"""The shipped filters weave no grid of the network's stride into what changes softly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from styleplug.filters.apply import filtered
from styleplug.filters.architecture import LUMA, STRIDE
from styleplug.filters.filter_function import FilterInput
from styleplug.filters.style import FilterStyle
from styleplug.filters.weights import load_weights
from styleplug.runtime.models import find_model

Array = NDArray[np.float32]

WEIGHTS = load_weights(find_model("filters"))
PERIODS = (STRIDE, STRIDE // 2, STRIDE // 4)
"""In pixels, where the network's doublings would show."""

NEIGHBOURS = 8
"""Frequencies on each side that a grid's is compared with."""

FAINTEST = 1 / 32
"""Of an 8-bit step, the amplitude that counts as none."""


@pytest.mark.parametrize("style", WEIGHTS.styles, ids=lambda style: style.name)
def test_a_gradient_gets_no_grid(style: FilterStyle) -> None:
    for side, dark, light in ((320, 0.0, 1.0), (448, (0.25, 0.45, 0.8), (0.85, 0.88, 0.95))):
        picture = painted(gradient(side, dark, light), style)
        for period in PERIODS:
            assert peak(picture, period) <= 3, f"every {period} pixels at {side}"


def test_a_large_gradient_gets_no_grid() -> None:
    """In which the network runs tile by tile."""
    picture = painted(gradient(640, 0.0, 1.0), WEIGHTS.styles[-1])
    assert max(peak(picture, period) for period in PERIODS) <= 3


def painted(picture: Array, style: FilterStyle) -> Array:
    return filtered(FilterInput(picture, device="cpu"), style, WEIGHTS).image


def gradient(side: int, dark: ArrayLike, light: ArrayLike) -> Array:
    """From one corner to the other, in 8 bits as files have it: what it is along rows and columns
    averages away, so that only what stands still in them is left."""
    rows, columns = np.mgrid[:side, :side] / (2 * (side - 1))
    share = (rows + columns)[..., None]
    colours = (1 - share) * np.array(dark) + share * np.array(light) + np.zeros(3)
    return (np.round(colours * 255) / 255).astype(np.float32)


def peak(picture: Array, period: int) -> float:
    """How far a period of pixels stands over its neighbours in the spectra of the mean row and the
    mean column of the luminance."""
    luma = np.round(picture * 255) @ np.array(LUMA)
    return max(over_neighbours(luma.mean(axis), period) for axis in (0, 1))


def over_neighbours(values: NDArray[np.float64], period: int) -> float:
    window = np.hanning(len(values))
    amplitudes = abs(np.fft.rfft((values - values.mean()) * window)) * 2 / window.sum()
    place = len(values) // period
    near = [*range(place - NEIGHBOURS, place - 1), *range(place + 2, place + NEIGHBOURS + 1)]
    usual = np.median([amplitudes[one] for one in near if one < len(amplitudes)])
    return float(amplitudes[place] / max(usual, FAINTEST))
