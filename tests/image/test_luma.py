"""Light and dark of one picture, colours of another."""

from __future__ import annotations

import numpy as np

from styleplug.image.luma import luma, recoloured

# Away from black and white, so that nothing is clipped.
PAINTED, PHOTOGRAPH = 0.3 + 0.4 * np.random.default_rng(0).random((2, 9, 12, 3), np.float32)
GREYS = np.repeat(np.linspace(0, 1, 11, dtype=np.float32)[:, np.newaxis, np.newaxis], 3, axis=2)


def test_grey_has_its_own_value_as_luma() -> None:
    np.testing.assert_allclose(luma(GREYS), GREYS[..., 0], atol=1e-6)


def test_light_and_dark_are_the_paintings() -> None:
    result = recoloured(PAINTED, PHOTOGRAPH)
    np.testing.assert_allclose(luma(result), luma(PAINTED), atol=1e-6)


def test_colours_are_the_photographs() -> None:
    result = recoloured(PAINTED, PHOTOGRAPH)
    for one, other in ((0, 1), (1, 2)):
        np.testing.assert_allclose(
            result[..., one] - result[..., other],
            PHOTOGRAPH[..., one] - PHOTOGRAPH[..., other],
            atol=1e-6,
        )


def test_a_grey_photograph_stays_grey_and_a_picture_of_itself_stays_as_it_is() -> None:
    grey = np.broadcast_to(luma(PHOTOGRAPH)[..., np.newaxis], PHOTOGRAPH.shape)
    assert np.ptp(recoloured(PAINTED, grey), axis=2).max() < 1e-6
    np.testing.assert_allclose(recoloured(PHOTOGRAPH, PHOTOGRAPH), PHOTOGRAPH, atol=1e-6)


def test_the_result_is_a_picture() -> None:
    result = recoloured(np.ones_like(PAINTED), PHOTOGRAPH)
    assert result.dtype == np.float32
    assert result.max() <= 1
