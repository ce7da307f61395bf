"""Features that count by how much of them is seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from styleplug.vgg.encoder import Encoder
from styleplug.vgg.masks import feature_weights

alphas = st.tuples(st.integers(16, 40), st.integers(16, 40)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.sampled_from([0, 0.25, 1]))
)


@given(alphas.filter(np.any), st.integers(1, 5))
def test_the_mean_of_the_squares_is_one(alpha, block) -> None:
    weights = feature_weights(alpha, f"relu{block}_1")
    assert weights.dtype == np.float32
    assert weights.min() >= 0
    assert np.mean(weights**2, dtype=np.float64) == pytest.approx(1, rel=1e-4)


def test_where_all_is_seen_alike_all_features_count_alike() -> None:
    weights = feature_weights(np.full((37, 53), 0.3, np.float32), "relu3_1")
    np.testing.assert_allclose(weights, np.ones((9, 13)), rtol=1e-6)


def test_alpha_is_averaged_as_the_network_pools() -> None:
    alpha = np.random.default_rng(0).random((32, 48), np.float32)
    blocks = alpha.reshape(8, 4, 12, 4).mean(axis=(1, 3))
    weights = feature_weights(alpha, "relu3_2")
    np.testing.assert_allclose(weights**2, blocks / blocks.mean(), rtol=1e-5)


def test_the_last_seen_pixel_counts_even_where_pooling_drops_it() -> None:
    alpha = np.zeros((31, 31), np.float32)
    alpha[30, 30] = 1
    assert feature_weights(alpha, "relu5_1").tolist() == [[1]]


@pytest.mark.parametrize("size", [(16, 16), (37, 53), (101, 48)])
def test_the_size_is_that_of_the_features(tiny_model, make_picture, size) -> None:
    layers = [f"relu{block}_1" for block in range(1, 6)]
    for layer, features in Encoder(tiny_model).features(make_picture(*size), layers).items():
        assert feature_weights(np.ones(size, np.float32), layer).shape == features.shape[2:]
