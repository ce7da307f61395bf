"""Tiles cover a picture once, with the picture's own reflection around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from styleplug.filters.layout import MARGIN, STRIDE
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
