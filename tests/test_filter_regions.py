"""Filters in regions: each changes its part of the picture, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import styleplug
from styleplug import FilterRegion, FilterResult, Part
from styleplug.errors import StyleplugError
from styleplug.events import Event, Finished
from styleplug.hookspecs import FilterRequest, hookimpl
from styleplug.image.masks import shares
from styleplug.plugins import plugin_manager

Pixels = NDArray[np.float32]
HEIGHT, WIDTH = 24, 36
LEFT = np.zeros((HEIGHT, WIDTH), np.float32)
LEFT[:, : WIDTH // 2] = 1
PHOTO = np.random.default_rng(0).random((HEIGHT, WIDTH, 3), np.float32)


class Plain:
    """A plug-in whose filters are named after the grey that they give: 0.0 to 1.0."""

    @hookimpl
    def styleplug_apply_filter(self, request: FilterRequest) -> FilterResult | None:
        try:
            grey = float(request.filter)
        except ValueError:
            return None
        return FilterResult(np.full_like(request.image, grey))


@pytest.fixture(autouse=True, scope="module")
def plain() -> Iterator[None]:
    plugin = Plain()
    plugin_manager().register(plugin, "plain")
    yield
    plugin_manager().unregister(plugin)


def filtered(*regions: FilterRegion[Pixels], **more: object) -> Pixels:
    return styleplug.apply_filter(PHOTO, regions, **more).image


def test_two_filters_in_two_regions_and_the_rest_untouched() -> None:
    middle = np.zeros_like(LEFT)
    middle[:, WIDTH // 2 : WIDTH * 3 // 4] = 1
    image = filtered(FilterRegion("0.25", LEFT), FilterRegion("0.75", middle))
    expected = PHOTO.copy()
    expected[:, : WIDTH // 2], expected[:, WIDTH // 2 : WIDTH * 3 // 4] = 0.25, 0.75
    np.testing.assert_allclose(image, expected, atol=1e-6)
    untouched = np.s_[:, WIDTH * 3 // 4 :]
    np.testing.assert_array_equal(image[untouched], PHOTO[untouched])


def test_a_filter_without_a_region_has_what_is_left_within_the_mask() -> None:
    upper = np.zeros_like(LEFT)
    upper[: HEIGHT // 2] = 1
    image = filtered(FilterRegion("0.5"), FilterRegion("0.25", LEFT), mask=upper)
    np.testing.assert_allclose(image[: HEIGHT // 2, : WIDTH // 2], 0.25, atol=1e-6)
    np.testing.assert_allclose(image[: HEIGHT // 2, WIDTH // 2 :], 0.5, atol=1e-6)
    np.testing.assert_array_equal(image[HEIGHT // 2 :], PHOTO[HEIGHT // 2 :])


def test_who_waits_is_told_of_one_end() -> None:
    heard: list[Event] = []
    image = filtered(FilterRegion("0.5"), FilterRegion("0.2", LEFT), on_event=heard.append)
    [finished] = [event for event in heard if isinstance(event, Finished)]
    np.testing.assert_array_equal(finished.result.image, image)


@pytest.mark.parametrize(
    ("regions", "words"),
    [
        ([], "filters with a region each"),
        ([FilterRegion("0.1"), FilterRegion("0.2")], "filter is '0.1, 0.2', but must be filters"),
        ([FilterRegion("0.1", 0 * LEFT)], "the region of 0.1', but must be white"),
        ([FilterRegion("0.1", LEFT), FilterRegion("0.2", 1 - LEFT), FilterRegion("0.3")], "0.3"),
        ([FilterRegion("0.1", Part.PERSON)], "nobody is found in it; give a mask's file instead"),
        ([FilterRegion("0.1", LEFT), FilterRegion("none")], "filter is 'none'"),
    ],
)
def test_regions_that_cannot_be(regions: list[FilterRegion[Pixels]], words: str) -> None:
    with pytest.raises(StyleplugError) as refused:
        filtered(*regions)
    assert words in str(refused.value)


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=4), st.booleans())
def test_shares_are_of_each_pixel_at_most_all(values: list[float], has_rest: bool) -> None:
    masks = [np.full((1, 2), value, np.float32) for value in values]
    found = shares([*masks, *([None] if has_rest else [])], (1, 2))
    total = np.sum(found, axis=0)
    np.testing.assert_allclose(total, 1 if has_rest else min(1, sum(values)), atol=1e-5)
    for share, mask in zip(found, masks, strict=False):
        assert (share <= mask).all()
