"""Sizes that keep the aspect, and pixels that keep their look."""

from __future__ import annotations

import numpy as np
import pytest

from styleplug.image.resize import averaged, fitted, fitted_size, lanczos, resized


@pytest.mark.parametrize(
    ("width", "height", "longest", "expected"),
    [
        (640, 480, 320, (240, 320)),
        (480, 640, 320, (320, 240)),
        (100, 100, 7, (7, 7)),
        (3, 2, 512, (341, 512)),
        (1000, 1, 10, (1, 10)),
        (1, 1000, 10, (10, 1)),
        (4, 2, 5, (3, 5)),
    ],
)
def test_fitted_size(width: int, height: int, longest: int, expected: tuple[int, int]) -> None:
    assert fitted_size(width, height, longest) == expected


@pytest.mark.parametrize("shape", [(8, 12), (8, 12, 1), (8, 12, 3)])
def test_the_shape_is_as_asked(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).random(shape, np.float32)
    for result in (resized(pixels, 5, 7), resized(pixels, 31, 7)):
        assert result.shape[1:] == (7, *shape[2:])
        assert result.dtype == np.float32
        assert result.flags.c_contiguous
    assert fitted(pixels, 6).shape == (4, 6, *shape[2:])


def test_the_same_size_changes_nothing() -> None:
    pixels = np.random.default_rng(0).random((8, 12, 3), np.float32)
    np.testing.assert_array_equal(resized(pixels, 8, 12), pixels)


def test_channels_stay_apart() -> None:
    pixels = np.zeros((8, 12, 3), np.float32)
    pixels[..., 1] = 1
    np.testing.assert_allclose(resized(pixels, 5, 7)[2, 3], [0, 1, 0], atol=1e-6)


def test_an_edge_does_not_leave_the_range() -> None:
    edge = np.repeat(np.array([[0, 0, 0, 1, 1, 1]], np.float32), 6, axis=0)
    result = resized(edge, 24, 24)
    assert result.min() == 0
    assert result.max() == 1


def test_a_fine_chessboard_becomes_grey_and_no_moire() -> None:
    board = (np.indices((90, 90)).sum(axis=0) % 2).astype(np.float32)
    np.testing.assert_allclose(resized(board, 10, 10)[1:-1, 1:-1], 0.5, atol=0.02)


def test_a_view_that_is_not_contiguous() -> None:
    pixels = np.random.default_rng(0).random((12, 8, 3), np.float32)
    turned = pixels.transpose(1, 0, 2)[:, ::-1]
    np.testing.assert_array_equal(resized(turned, 5, 7), resized(turned.copy(), 5, 7))


def test_without_clipping_the_filter_is_linear() -> None:
    one, other = np.random.default_rng(0).random((2, 8, 12, 3), np.float32)
    both = lanczos(one - other, 5, 31)
    np.testing.assert_allclose(both, lanczos(one, 5, 31) - lanczos(other, 5, 31), atol=1e-6)
    edge = np.repeat(np.array([[0, 0, 0, 1, 1, 1]], np.float32), 6, axis=0)
    assert lanczos(edge, 24, 24).min() < 0 < 1 < lanczos(edge, 24, 24).max()


def test_means_over_areas() -> None:
    alpha = np.random.default_rng(0).random((6, 9), np.float32)
    expected = alpha.reshape(2, 3, 3, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(averaged(alpha, 2, 3), expected, rtol=1e-6)
    np.testing.assert_array_equal(averaged(alpha, 6, 9), alpha)
