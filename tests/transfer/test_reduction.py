"""Pictures at a smaller size: means over areas, and the way back."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from styleplug.transfer.reduction import adjoint, matrix, reduced

FRAMEWORKS: dict[str, Callable[[NDArray[Any]], Any]] = {
    "numpy": np.asarray,
    "torch": torch.as_tensor,
}
both_frameworks = pytest.mark.parametrize("as_array", FRAMEWORKS.values(), ids=FRAMEWORKS)
sides = st.integers(1, 60).flatmap(
    lambda larger: st.tuples(st.just(larger), st.integers(1, larger))
)


def random(*shape: int) -> NDArray[np.float64]:
    return np.random.default_rng(sum(shape)).random((1, 3, *shape))


@given(sides)
def test_each_pixel_is_the_mean_over_its_area(axis: tuple[int, int]) -> None:
    larger, smaller = axis
    row = np.random.default_rng(larger).random(larger)
    ends = np.linspace(0, larger, smaller + 1)
    integral = np.interp(ends, np.arange(larger + 1), np.cumsum([0, *row]))
    np.testing.assert_allclose(matrix(*axis) @ row, np.diff(integral) / np.diff(ends))


@given(sides)
def test_each_pixel_counts_alike(axis: tuple[int, int]) -> None:
    larger, smaller = axis
    np.testing.assert_allclose(matrix(*axis).sum(axis=0), smaller / larger)
    np.testing.assert_allclose(matrix(*axis).sum(axis=1), 1)


@both_frameworks
@given(rows=sides, columns=sides)
def test_a_picture_is_reduced_along_both_axes(
    as_array: Callable[[NDArray[Any]], Any], rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    picture = random(rows[0], columns[0])
    expected = matrix(*rows) @ picture @ matrix(*columns).T
    given = as_array(picture.copy())
    found = reduced(given, rows[1], columns[1], as_array)
    np.testing.assert_allclose(np.asarray(found), expected)
    np.testing.assert_array_equal(np.asarray(given), picture)


@both_frameworks
@given(rows=sides, columns=sides)
def test_the_gradient_takes_the_same_way_back(
    as_array: Callable[[NDArray[Any]], Any], rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    smaller, before = random(rows[1], columns[1]), random(rows[0], columns[0])
    gradient = as_array(before.copy())
    adjoint(as_array(smaller), gradient, as_array)
    expected = before + matrix(*rows).T @ smaller @ matrix(*columns)
    np.testing.assert_allclose(np.asarray(gradient), expected)


@both_frameworks
def test_precision_is_kept(as_array: Callable[[NDArray[Any]], Any]) -> None:
    picture = as_array(random(9, 7).astype(np.float32))
    smaller = reduced(picture, 4, 3, as_array)
    adjoint(smaller, picture, as_array)
    assert smaller.dtype == picture.dtype == as_array(np.zeros(1, np.float32)).dtype
