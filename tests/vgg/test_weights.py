from __future__ import annotations

import numpy as np
import pytest
from onnx import helper

from styleplug.errors import ModelError
from styleplug.vgg.layers import VGG16
from styleplug.vgg.weights import load_weights

IMAGENET = (
    (0.4800154, 0.73429835),
    (0.16621928, -0.30912212),
    (-0.008902963, -0.04577766),
    (-0.0023012366, -0.06418542),
    (0.002486315, -0.074358866),
    (-0.0103266295, 0.019675018),
    (0.0024918285, 0.035415243),
    (-0.012453815, 0.013485669),
    (0.007116542, 0.023680462),
    (-0.0041355654, 0.03757768),
    (-0.0006068934, 0.09722325),
    (-0.0011261065, 0.21327873),
    (0.00040788297, 0.18837857),
)
"""First weight (RGB) and bias of each convolution of the ImageNet VGG-16, as printed by others."""

IMAGENET_STATISTICS = {
    ("conv1_1.weight", 255): (-0.0024379087, 0.20669945, -0.67140007, 0.6085159),
    ("conv1_1.bias", 1): (0.5013912, 0.32847992, -0.015828926, 2.064037),
    ("conv5_3.weight", 1): (-0.0010818949, 0.008478405, -0.09288482, 0.28699666),
    ("conv5_3.bias", 1): (0.14986369, 0.4928213, -0.50036746, 9.431553),
}
"""Mean, standard deviation, minimum and maximum, likewise."""


def test_a_tiny_network_comes_back(tiny_model, tiny_architecture, tiny_weights) -> None:
    architecture, mean, weights = load_weights(tiny_model)
    assert architecture == tiny_architecture
    np.testing.assert_array_equal(mean, np.array([0.5, 0.45, 0.4], np.float32))
    assert set(weights) == set(tiny_weights)
    for name, array in weights.items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, tiny_weights[name].astype(np.float16))


def test_the_real_network_comes_back(real_model) -> None:
    architecture, mean, weights = load_weights(real_model)
    assert architecture == VGG16
    np.testing.assert_allclose(mean * 255, [123.68, 116.779, 103.939], rtol=1e-6)
    assert weights["conv1_1.weight"].shape == (64, 3, 3, 3)


def test_the_real_network_is_the_one_trained_on_imagenet(real_model) -> None:
    _, _, weights = load_weights(real_model)
    for (name, _, _), (weight, bias) in zip(VGG16.convolutions, IMAGENET, strict=True):
        scale = 255 if name == "conv1_1" else 1
        first = weights[f"{name}.weight"][0, 0, 0, 0] / scale
        np.testing.assert_allclose(first, weight, rtol=2**-11)
        np.testing.assert_allclose(weights[f"{name}.bias"][0], bias, rtol=2**-11)
    for (name, scale), (mean, deviation, low, high) in IMAGENET_STATISTICS.items():
        array = weights[name].astype(np.float64) / scale
        actual = [array.mean(), array.std(), array.min(), array.max()]
        np.testing.assert_allclose(actual, [mean, deviation, low, high], rtol=2**-11, atol=1e-6)


@pytest.mark.parametrize("data", [b"no network", b"", b"\xff" * 100])
def test_bytes_that_are_no_network_are_refused(data, model_file) -> None:
    with pytest.raises(ModelError):
        load_weights(model_file(data))


def test_another_network_is_refused(model_file) -> None:
    model = helper.make_model(helper.make_graph([], "graph", [], []))
    with pytest.raises(ModelError, match="other"):
        load_weights(model_file(model.SerializeToString(), "other"))
