"""Tiles cover a picture once, with the picture's own reflection around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from styleplug.filters.architecture import INNER_MARGIN, MARGIN, STRIDE
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
            assert len(span.indices) >= 2 * MARGIN + STRIDE


@pytest.mark.parametrize("width", [1, 2, 17, 40])
def test_the_margin_is_the_pictures_reflection(width: int) -> None:
    picture = np.arange(width, dtype=np.float32).reshape(1, width, 1).repeat(3, axis=2)
    (tile,) = tiles_of(1, width)
    far = MARGIN + -width % STRIDE
    expected = np.pad(picture, ((0, 0), (MARGIN, far), (0, 0)), mode="reflect")
    np.testing.assert_array_equal(tile.cut(picture)[0, :, :1], expected.transpose(2, 0, 1))


@given(side=SIDES, longest=st.integers(32, 400))
def test_a_tiles_bottleneck_is_part_of_the_whole(side: int, longest: int) -> None:
    values = np.random.default_rng(0).random(cell_count(side))
    for tile in tiles_of(side, side, longest):
        part = tile.rows.interpolation(len(values), 1) @ values
        cells = (part[1:-1:2] + part[2:-1:2]) / 2
        first = tile.rows.place.start // STRIDE
        expected = smooth(values)[first : first + len(cells) - 4]
        np.testing.assert_allclose(cells[2:-2], expected, atol=1e-6)


@given(side=st.integers(100, 700), scale=st.floats(0.1, 1))
def test_an_enlarged_bottleneck_lies_where_it_did(side: int, scale: float) -> None:
    """Values that are their own places in the picture stay so."""
    small = round(side * scale)
    (tile,) = tiles_of(side, side, 1000)
    interpolation = tile.rows.interpolation(cell_count(small), small / side)
    places = middles(cell_count(small))
    halves = (np.arange(len(interpolation)) - 0.5) * STRIDE / 2 - MARGIN
    expected = (halves * small / side).clip(places[0], places[-1])
    np.testing.assert_allclose(interpolation @ places, expected, atol=0.01)


def smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the two halves of each inner cell are in the mean, by linear interpolation."""
    return (values[:-2] + 6 * values[1:-1] + values[2:]) / 8


def cell_count(side: int) -> int:
    """Of the bottleneck of a picture, along one side."""
    return -(-side // STRIDE) + 2 * INNER_MARGIN // STRIDE


def middles(count: int) -> NDArray[np.float64]:
    """Of cells, in pixels of their picture."""
    return (np.arange(count) + 0.5) * STRIDE - INNER_MARGIN
