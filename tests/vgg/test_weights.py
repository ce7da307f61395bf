from __future__ import annotations

import numpy as np
import pytest
from onnx import helper

from styleplug.errors import ModelError
from styleplug.vgg.layers import VGG16
from styleplug.vgg.weights import load_weights


def test_a_tiny_network_comes_back(tiny_model, tiny_architecture, tiny_weights) -> None:
    architecture, mean, weights = load_weights(tiny_model.read())
    assert architecture == tiny_architecture
    np.testing.assert_array_equal(mean, np.array([0.5, 0.45, 0.4], np.float32))
    assert set(weights) == set(tiny_weights)
    for name, array in weights.items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, tiny_weights[name].astype(np.float16))


def test_the_real_network_comes_back(real_model) -> None:
    architecture, mean, weights = load_weights(real_model.read())
    assert architecture == VGG16
    np.testing.assert_allclose(mean * 255, [123.68, 116.779, 103.939], rtol=1e-6)
    assert weights["conv1_1.weight"].shape == (64, 3, 3, 3)


@pytest.mark.parametrize("data", [b"no network", b"", b"\xff" * 100])
def test_bytes_that_are_no_network_are_refused(data) -> None:
    with pytest.raises(ModelError):
        load_weights(data)


def test_another_network_is_refused() -> None:
    model = helper.make_model(helper.make_graph([], "other", [], []))
    with pytest.raises(ModelError, match="other"):
        load_weights(model.SerializeToString())
