"""Gram matrices of what is seen: ONNX Runtime and PyTorch agree, and both follow the formula."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from plain_losses import gram_matrix

from styleplug.vgg.encoder import Encoder
from styleplug.vgg.masks import feature_weights
from styleplug.vgg.mirror import TorchVGG

LAYERS = [f"relu{block}_1" for block in range(1, 6)]


@pytest.fixture
def alpha():
    """A disc with a soft edge, in a picture of 83 by 58 pixels."""
    y, x = np.mgrid[:83, :58]
    return np.clip((25 - np.hypot(y - 40, x - 30)) / 8, 0, 1).astype(np.float32)


@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("network", ["tiny_model", "real_model"])
def test_gram_matrices_agree(network, pooling, alpha, make_picture, request) -> None:
    model = request.getfixturevalue(network)
    picture = make_picture(*alpha.shape)
    grams = Encoder(model, pooling=pooling, device="cpu").gram_matrices(picture, LAYERS, alpha)
    mirror = TorchVGG(model, pooling=pooling, device="cpu")
    with torch.no_grad():
        features = mirror(torch.tensor(picture), LAYERS)
    for layer in LAYERS:
        weighted = features[layer] * torch.tensor(feature_weights(alpha, layer))
        np.testing.assert_allclose(
            grams[layer], gram_matrix(weighted), rtol=1e-4, atol=1e-5 * np.abs(grams[layer]).max()
        )


def test_gram_matrices_are_those_of_the_formula(tiny_model, alpha, make_picture) -> None:
    picture = make_picture(*alpha.shape)
    encoder = Encoder(tiny_model, device="cpu")
    grams = encoder.gram_matrices(picture, LAYERS, alpha)
    for layer, features in encoder.features(picture, LAYERS).items():
        matrix = features[0].astype(np.float64)
        seen = feature_weights(alpha, layer).astype(np.float64) ** 2
        expected = np.einsum("hw,chw,dhw->cd", seen, matrix, matrix) / (len(matrix) * seen.sum())
        np.testing.assert_allclose(grams[layer], expected, rtol=1e-4, atol=1e-6)
