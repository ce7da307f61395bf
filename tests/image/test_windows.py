"""Means over windows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from styleplug.image.windows import window_means


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 12))
def test_means_are_those_of_the_windows_within_the_picture(
    height: int, width: int, radius: int
) -> None:
    values = np.random.default_rng(height).random((height, width, 2))
    found = window_means(values, radius)
    for y in range(height):
        for x in range(width):
            rows, columns = (slice(max(0, at - radius), at + radius + 1) for at in (y, x))
            np.testing.assert_allclose(found[y, x], values[rows, columns].mean(axis=(0, 1)))
