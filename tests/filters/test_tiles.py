"""Tiles cover a picture once, with the picture's own reflection around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from styleplug.filters.layout import INNER_MARGIN, STRIDE
from styleplug.filters.tiles import tiles_of

SIDES = st.integers(1, 700)


@given(height=SIDES, width=SIDES, longest=st.integers(32, 400))
def test_tiles_cover_every_pixel_once(height: int, width: int, longest: int) -> None:
    covered = np.zeros((height, width), int)
    for tile in tiles_of(height, width, longest):
        covered[tile.place] += 1
        assert max(covered[tile.place].shape) <= longest + STRIDE
    assert (covered == 1).all()


@given(height=SIDES, width=SIDES, longest=st.integers(32, 400))
def test_the_network_sees_whole_cells(height: int, width: int, longest: int) -> None:
    for tile in tiles_of(height, width, longest):
        for span in (tile.rows, tile.columns):
            assert len(span.indices) % STRIDE == 0
            assert len(span.indices) >= 2 * INNER_MARGIN + STRIDE


@pytest.mark.parametrize("width", [1, 2, 17, 40])
def test_the_margin_is_the_pictures_reflection(width: int) -> None:
    picture = np.arange(width, dtype=np.float32).reshape(1, width, 1).repeat(3, axis=2)
    (tile,) = tiles_of(1, width)
    far = INNER_MARGIN + -width % STRIDE
    expected = np.pad(picture, ((0, 0), (INNER_MARGIN, far), (0, 0)), mode="reflect")
    np.testing.assert_array_equal(tile.cut(picture)[0, :, :1], expected.transpose(2, 0, 1))


@given(side=SIDES, longest=st.integers(32, 400))
def test_a_tiles_bottleneck_is_part_of_the_whole(side: int, longest: int) -> None:
    values = np.random.default_rng(0).random(cells(side))
    for tile in tiles_of(side, side, longest):
        part = tile.rows.interpolation(len(values), 1) @ values
        first = tile.rows.place.start // STRIDE
        np.testing.assert_allclose(part, values[first : first + len(part)], atol=1e-6)


@given(side=st.integers(100, 700), scale=st.floats(0.1, 1))
def test_an_enlarged_bottleneck_lies_where_it_did(side: int, scale: float) -> None:
    """Values that are their own places in the picture stay so."""
    small = round(side * scale)
    (tile,) = tiles_of(side, side, 1000)
    interpolation = tile.rows.interpolation(cells(small), small / side)
    places = middles(cells(small))
    expected = (middles(len(interpolation)) * small / side).clip(places[0], places[-1])
    np.testing.assert_allclose(interpolation @ places, expected, atol=0.01)


def cells(side: int) -> int:
    """Of the bottleneck of a picture, along one side."""
    return -(-side // STRIDE) + 2 * INNER_MARGIN // STRIDE


def middles(count: int) -> NDArray[np.float64]:
    """Of cells, in pixels of their picture."""
    return (np.arange(count) + 0.5) * STRIDE - INNER_MARGIN
