"""What holds for every picture that goes through the filter network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from styleplug.filters.apply import filtered
from styleplug.filters.architecture import INNER_MARGIN, STRIDE
from styleplug.filters.filter_function import FilterInput
from styleplug.filters.inference import StyledNetwork, ThumbnailPass
from styleplug.filters.tiles import PictureTile, tiles_of
from styleplug.filters.weights import FilterWeights
from styleplug.image.resize import resized
from styleplug.vgg.tensors import as_pixels

Array = NDArray[np.float32]
# What the fixtures make is never changed.
FEW = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def network(filter_weights: FilterWeights) -> StyledNetwork:
    return StyledNetwork(filter_weights, filter_weights.styles[0], "cpu")


def pieced(
    network: StyledNetwork, picture: Array, tiles: list[PictureTile], thumbnail: ThumbnailPass
) -> Array:
    whole = np.empty_like(picture)
    for tile, part in zip(tiles, network.parts(picture, tiles, thumbnail), strict=True):
        whole[tile.place] = part
    return whole


@FEW
@given(height=st.integers(1, 200), width=st.integers(1, 200))
@example(height=1, width=1)
@example(height=5, width=300)
@example(height=300, width=2)
@example(height=16, width=16)
def test_every_picture_keeps_its_size_and_range(
    height: int, width: int, filter_weights: FilterWeights, make_picture: Callable[..., Array]
) -> None:
    picture = as_pixels(make_picture(height, width))
    given = FilterInput(picture, stroke_scale=4, device="cpu")
    one, same = (filtered(given, filter_weights.styles[0], filter_weights).image for _ in range(2))
    assert (one.shape, one.dtype) == (picture.shape, picture.dtype)
    assert one.min() >= 0
    assert one.max() <= 1
    np.testing.assert_array_equal(one, same)


@FEW
@given(height=st.integers(1, 300), width=st.integers(200, 400), longest=st.integers(64, 250))
def test_tiles_leave_no_seams(
    height: int,
    width: int,
    longest: int,
    network: StyledNetwork,
    make_picture: Callable[..., Array],
) -> None:
    picture = as_pixels(make_picture(height, width))
    thumbnail = network.thumbnail_pass(picture)
    parts = pieced(network, picture, tiles_of(height, width, longest), thumbnail)
    np.testing.assert_allclose(parts, thumbnail.filtered, atol=1e-4)


@FEW
@given(factor=st.floats(0.3, 1), longest=st.integers(64, 150))
def test_tiles_of_a_larger_picture_leave_no_seams(
    factor: float, longest: int, network: StyledNetwork, make_picture: Callable[..., Array]
) -> None:
    picture = as_pixels(make_picture(170, 210))
    thumbnail = network.thumbnail_pass(resized(picture, round(170 * factor), round(210 * factor)))
    whole, parts = (
        pieced(network, picture, tiles_of(170, 210, side), thumbnail) for side in (1000, longest)
    )
    np.testing.assert_allclose(parts, whole, atol=1e-4)


def test_what_lies_in_the_margins_matters(
    network: StyledNetwork, make_picture: Callable[..., Array]
) -> None:
    """Or else the tests before would pass whatever the tiles had around them."""
    picture = as_pixels(make_picture(100, 400))
    thumbnail = network.thumbnail_pass(picture)
    tile, _ = tiles_of(100, 400, 200)
    other = picture.copy()
    other[:, tile.columns.place.stop :] = 0
    one, changed = (next(network.parts(pixels, [tile], thumbnail)) for pixels in (picture, other))
    assert np.abs(one - changed).max() > 1e-4


@FEW
@given(cells=st.integers(1, 4))
def test_detail_moves_along_with_the_picture(
    cells: int, network: StyledNetwork, make_picture: Callable[..., Array]
) -> None:
    picture, shift = as_pixels(make_picture(96, 200)), cells * STRIDE
    thumbnail = network.thumbnail_pass(picture)

    def painted(pixels: Array, bottleneck: Array) -> Array:
        seen = replace(thumbnail, filtered=pixels, bottleneck=bottleneck)
        return pieced(network, pixels, tiles_of(*pixels.shape[:2]), seen)

    still = painted(picture[:, :-shift], thumbnail.bottleneck[..., :-cells])
    moved = painted(picture[:, shift:], thumbnail.bottleneck[..., cells:])
    # Half a cell from where it is cut the bottleneck is no longer between two of its cells.
    margin = INNER_MARGIN + STRIDE // 2
    inside = np.s_[:, margin:-margin]
    np.testing.assert_allclose(still[:, shift:][inside], moved[:, :-shift][inside], atol=1e-4)
