"""The losses against their formulas, and what every picture owes to them."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from styleplug.transfer.losses import content_error, gram_matrix, style_error, total_variation

features = arrays(
    np.float32,
    array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=6).map(lambda shape: (1, *shape)),
    elements=st.floats(0, 100, width=32),
).map(torch.tensor)


@given(features)
def test_gram_matrix_is_symmetric_and_positive_semidefinite(f: torch.Tensor) -> None:
    gram = gram_matrix(f.double())
    torch.testing.assert_close(gram, gram.T, rtol=1e-12, atol=0)
    assert torch.linalg.eigvalsh(gram).min() >= -1e-9 * gram.trace()


@given(features)
def test_gram_matrix_is_that_of_the_formula(f: torch.Tensor) -> None:
    _, c, h, w = f.shape
    rows = f.double().reshape(c, h * w).numpy()
    expected = rows @ rows.T / (c * h * w)
    np.testing.assert_allclose(gram_matrix(f.double()), expected, rtol=1e-9, atol=1e-12)


@given(features)
def test_errors_vanish_at_their_targets(f: torch.Tensor) -> None:
    assert content_error(f, f) == 0
    assert style_error(gram_matrix(f), gram_matrix(f)) == 0


@given(st.floats(0.01, 100))
def test_content_error_does_not_depend_on_the_scale_of_features(factor: float) -> None:
    f, p = torch.rand(2, 1, 3, 5, 4, dtype=torch.float64)
    torch.testing.assert_close(content_error(f * factor, p * factor), content_error(f, p))


def test_errors_of_a_dark_layer_are_numbers() -> None:
    dark = torch.zeros(1, 2, 3, 3)
    assert torch.isfinite(content_error(dark + 1, dark))
    assert torch.isfinite(style_error(gram_matrix(dark + 1), gram_matrix(dark)))


@given(st.floats(0, 1, width=32), st.integers(2, 9), st.integers(2, 9))
def test_total_variation_of_a_constant_is_zero(value: float, height: int, width: int) -> None:

    assert total_variation(torch.full((1, 3, height, width), value)) == 0


def test_total_variation_is_that_of_the_formula() -> None:
    checkerboard = torch.tensor([[0.0, 1.0], [1.0, 0.0]]).expand(1, 3, 2, 2)
    assert total_variation(checkerboard) == 2
