"""What holds for every picture that goes through the filter network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from styleplug.filters.apply import filtered
from styleplug.filters.layout import STRIDE
from styleplug.filters.normalisation import Statistics
from styleplug.filters.running import StyledNetwork
from styleplug.filters.tiles import HALO, Tile, tiles_of
from styleplug.filters.weights import FilterWeights
from styleplug.vgg.tensors import as_pixels

Array = NDArray[np.float32]
# What the fixtures make is never changed.
FEW = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def network(filter_weights: FilterWeights) -> StyledNetwork:
    return StyledNetwork(filter_weights, filter_weights.styles[0], "cpu")


def pieced(
    network: StyledNetwork, picture: Array, tiles: list[Tile], statistics: Statistics
) -> Array:
    whole = np.empty_like(picture)
    for tile, part in zip(tiles, network.parts(picture, tiles, statistics), strict=True):
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
    one, same = (
        filtered(picture, filter_weights.styles[0], filter_weights, stroke_scale=4, device="cpu")
        for _ in range(2)
    )
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
    whole, statistics = network.measured(picture)
    tiles = tiles_of(height, width, longest)
    np.testing.assert_allclose(pieced(network, picture, tiles, statistics), whole, atol=1e-4)


def test_what_lies_within_a_halo_matters(
    network: StyledNetwork, make_picture: Callable[..., Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or else the test before would pass whatever the tiles had around them."""
    picture = as_pixels(make_picture(100, 400))
    whole, statistics = network.measured(picture)
    monkeypatch.setattr("styleplug.filters.tiles.HALO", 32)
    seams = pieced(network, picture, tiles_of(100, 400, 200), statistics) - whole
    assert np.abs(seams).max() > 1e-4


@FEW
@given(cells=st.integers(1, 4))
def test_strokes_move_along_with_the_picture(
    cells: int, network: StyledNetwork, make_picture: Callable[..., Array]
) -> None:
    picture, shift = as_pixels(make_picture(280, 320)), cells * STRIDE
    _, statistics = network.measured(picture)
    still, moved = (
        pieced(network, part, tiles_of(*part.shape[:2]), statistics)
        for part in (picture[:, :-shift], picture[:, shift:])
    )
    inside = np.s_[HALO:-HALO, HALO:-HALO]
    np.testing.assert_allclose(still[:, shift:][inside], moved[:, :-shift][inside], atol=1e-4)
