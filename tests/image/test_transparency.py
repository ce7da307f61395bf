"""Pictures without their hidden colours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from styleplug.errors import UnsupportedImageError
from styleplug.image.picture import Picture
from styleplug.image.resize import resized
from styleplug.image.transparency import fill_hidden, filled, has_visible_pixels, resized_picture

levels = st.sampled_from([0.0, 0.0, 1 / 65535, 0.5, 1.0])
shapes = st.tuples(st.integers(1, 20), st.integers(1, 20))
cut_outs = shapes.flatmap(
    lambda shape: st.tuples(
        arrays(np.float32, (*shape, 3), elements=st.floats(0, 1, width=32)),
        arrays(np.float32, (*shape, 3), elements=st.floats(0, 1, width=32)),
        arrays(np.float32, shape, elements=levels).filter(np.any),
    )
)


@pytest.mark.slow
@given(cut_outs)
def test_hidden_colours_have_no_influence(cut_out) -> None:
    pixels, others, alpha = cut_out
    exchanged = np.where(alpha[..., np.newaxis] > 0, pixels, others)
    np.testing.assert_array_equal(filled(exchanged, alpha), filled(pixels, alpha))


@pytest.mark.slow
@given(cut_outs)
def test_seen_pixels_stay_and_hidden_ones_are_colours(cut_out) -> None:
    pixels, _, alpha = cut_out
    result = filled(pixels, alpha)
    assert (result.shape, result.dtype) == (pixels.shape, np.float32)
    np.testing.assert_array_equal(result[alpha > 0], pixels[alpha > 0])
    assert 0 <= result.min() <= result.max() <= 1


@given(cut_outs, st.floats(0, 1, width=32))
def test_one_colour_goes_on_everywhere(cut_out, grey) -> None:
    alpha = cut_out[2]
    pixels = np.where(alpha[..., np.newaxis] > 0, np.float32(grey), np.float32(1 - grey))
    np.testing.assert_allclose(filled(pixels, alpha), grey, atol=1e-5)


def test_the_nearest_seen_colours_go_on() -> None:
    pixels = np.zeros((32, 64, 3), np.float32)
    pixels[:, :8, 0] = pixels[:, -8:, 2] = 1
    alpha = np.zeros((32, 64), np.float32)
    alpha[:, :8] = alpha[:, -8:] = 1
    result = filled(pixels, alpha)
    assert (result[:, 8:16, 0] > 0.9).all()
    assert (result[:, -16:-8, 2] > 0.9).all()


def test_an_opaque_picture_is_left_alone() -> None:
    picture = Picture(np.zeros((4, 5, 3), np.float32))
    assert fill_hidden(picture) is picture


@pytest.mark.parametrize("alpha", [1.0, 0.1])
def test_an_alpha_that_is_even_everywhere_is_none(alpha) -> None:
    pixels = np.random.default_rng(0).random((4, 5, 3), np.float32)
    result = fill_hidden(Picture(pixels, np.full((4, 5), alpha, np.float32)))
    assert result.alpha is None
    np.testing.assert_array_equal(result.pixels, pixels)


def test_an_alpha_that_is_not_is_kept() -> None:
    alpha = np.eye(4, 5, dtype=np.float32)
    pixels = np.random.default_rng(0).random((4, 5, 3), np.float32)
    result = fill_hidden(Picture(pixels, alpha))
    assert result.alpha is alpha
    np.testing.assert_array_equal(result.pixels, filled(pixels, alpha))


@pytest.mark.parametrize("alpha", [0, 1e-6])
def test_a_picture_that_shows_nothing_is_refused(alpha) -> None:
    hidden = np.full((4, 5), alpha, np.float32)
    assert not has_visible_pixels(hidden)
    with pytest.raises(UnsupportedImageError, match="all of it is transparent"):
        fill_hidden(Picture(np.zeros((4, 5, 3), np.float32), hidden))


def test_one_pixel_is_enough_to_be_seen() -> None:
    alpha = np.zeros((4, 5), np.float32)
    alpha[2, 3] = 1 / 65535
    assert has_visible_pixels(alpha)
    assert has_visible_pixels(None)


def test_pixels_and_alpha_are_brought_to_a_size_alike() -> None:
    rgba = np.random.default_rng(0).random((8, 12, 4), np.float32)
    pixels, alpha = rgba[..., :3], rgba[..., 3]
    result = resized_picture(Picture(pixels, alpha), 5, 7)
    np.testing.assert_array_equal(result.pixels, resized(pixels, 5, 7))
    np.testing.assert_array_equal(result.alpha, resized(alpha, 5, 7))
    assert resized_picture(Picture(pixels), 5, 7).alpha is None
