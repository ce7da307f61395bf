"""Which paintings can be learned."""

import numpy as np
import pytest

from styleplug.errors import UnsupportedImageError
from styleplug.filters.training.paintings import checked
from styleplug.image.picture import Picture


def painting(height, width, alpha=None):
    return Picture(np.full((height, width, 3), 0.5, np.float32), alpha)


@pytest.mark.parametrize("size", [(128, 128), (128, 512), (3000, 750)])
def test_what_can_be_learned(size):
    assert checked(painting(*size)).pixels.shape == (*size, 3)


@pytest.mark.parametrize("size", [(127, 400), (400, 127), (200, 1000)])
def test_too_few_pixels(size):
    with pytest.raises(UnsupportedImageError, match="at least 128 pixels a side"):
        checked(painting(*size))


def test_transparency():
    even = np.full((128, 128), 0.5, np.float32)
    assert checked(painting(128, 128, even)).alpha is None
    half = even.copy()
    half[:64] = 0
    with pytest.raises(UnsupportedImageError, match="transparent in parts"):
        checked(painting(128, 128, half))
    with pytest.raises(UnsupportedImageError, match="all of it is transparent"):
        checked(painting(128, 128, np.zeros_like(even)))
