"""What a filter does to pictures small and large, seen and hidden, and how it is told to end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from styleplug.errors import Cancelled, FilterError
from styleplug.events import Progress
from styleplug.filters.apply import filtered, octave_sizes
from styleplug.filters.filter_function import FilterInput
from styleplug.filters.weights import FilterWeights
from styleplug.image.resize import resized
from styleplug.vgg.tensors import as_pixels

Array = NDArray[np.float32]
QUICK = {"stroke_scale": 4.0, "device": "cpu"}
"""The network works at 128 pixels, so that larger pictures need octaves."""


@pytest.fixture
def picture(make_picture: Callable[..., Array]) -> Array:
    return as_pixels(make_picture(150, 260))


def test_sizes_double_from_the_working_size_to_the_pictures_own() -> None:
    assert octave_sizes(768, 1024, 1) == [(384, 512), (768, 1024)]
    assert octave_sizes(4000, 6000, 1) == [
        *((341, 512), (631, 947), (1169, 1753), (2162, 3243), (4000, 6000)),
    ]
    assert octave_sizes(300, 500, 1) == [(300, 500)]
    assert octave_sizes(300, 520, 1) == [(295, 512), (300, 520)]
    assert octave_sizes(1024, 1024, 2) == [(256, 256), (512, 512), (1024, 1024)]
    assert octave_sizes(1024, 1024, 0.5) == [(1024, 1024)]
    assert octave_sizes(1, 1, 1) == [(1, 1)]


def test_of_a_panorama_the_network_sees_as_much_as_of_others() -> None:
    assert octave_sizes(1000, 6000, 1)[0] == (148, 887)
    assert octave_sizes(6000, 1000, 2)[0] == (443, 74)


def test_a_large_picture_looks_as_its_preview(
    picture: Array, filter_weights: FilterWeights
) -> None:
    style = filter_weights.styles[0]
    large = filtered(FilterInput(picture, **QUICK), style, filter_weights).image
    preview = filtered(FilterInput(resized(picture, 74, 128), **QUICK), style, filter_weights).image
    assert np.abs(resized(large, 74, 128) - preview).mean() < 0.02
    enlarged = resized(preview, *picture.shape[:2])
    assert np.abs(large - enlarged).mean() > 0.004, "and has detail of its own"


def test_strokes_have_the_size_asked_for(picture: Array, filter_weights: FilterWeights) -> None:
    style = filter_weights.styles[0]
    fine, coarse = (
        filtered(
            FilterInput(picture, device="cpu", stroke_scale=scale), style, filter_weights
        ).image
        for scale in (1, 4)
    )
    assert np.abs(fine - coarse).mean() > 0.01


def test_hidden_colours_have_no_influence(picture: Array, filter_weights: FilterWeights) -> None:
    style, alpha = filter_weights.styles[0], np.ones(picture.shape[:2], np.float32)
    alpha[:, 100:180] = 0
    other = picture.copy()
    other[:, 100:180] = 1 - other[:, 100:180]
    one, same = (
        filtered(FilterInput(pixels, alpha, **QUICK), style, filter_weights).image
        for pixels in (picture, other)
    )
    np.testing.assert_array_equal(one, same)
    seen = filtered(FilterInput(other, **QUICK), style, filter_weights).image
    assert np.abs(one - seen)[:, :60].max() > 1e-3, "where they are seen, they have"


def test_a_picture_that_shows_nothing_is_no_error(filter_weights: FilterWeights) -> None:
    pixels = np.full((20, 30, 3), 0.5, np.float32)
    alpha = np.zeros((20, 30), np.float32)
    result = filtered(FilterInput(pixels, alpha, **QUICK), filter_weights.styles[0], filter_weights)
    assert np.isfinite(result.image).all()


def test_progress_goes_to_the_end(picture: Array, filter_weights: FilterWeights) -> None:
    steps: list[Progress] = []
    style = filter_weights.styles[0]
    filtered(FilterInput(picture, on_progress=steps.append, **QUICK), style, filter_weights)
    assert [(step.scale, step.iteration, step.iterations) for step in steps] == [
        (128, 1, 1),
        (260, 1, 1),
    ]
    assert steps[0].fraction == pytest.approx(128 * 74 / (128 * 74 + 260 * 150))
    assert steps[1].fraction == 1
    assert steps[1].remaining == 0


@pytest.mark.parametrize("tiles", [0, 1])
def test_it_ends_before_the_next_tile(
    tiles: int, picture: Array, filter_weights: FilterWeights
) -> None:
    cancel, told = threading.Event(), []

    def on_progress(step: Progress) -> None:
        told.append(step)
        cancel.set()

    if not tiles:
        cancel.set()
    style = filter_weights.styles[0]
    given = FilterInput(picture, on_progress=on_progress, cancel=cancel, **QUICK)
    with pytest.raises(Cancelled):
        filtered(given, style, filter_weights)
    assert len(told) == tiles


def test_a_style_of_another_network_is_refused(
    picture: Array, filter_weights: FilterWeights
) -> None:
    style = replace(filter_weights.styles[0], network="0")
    with pytest.raises(FilterError, match="dots: was made for another version"):
        filtered(FilterInput(picture), style, filter_weights)
