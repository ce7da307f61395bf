from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest

from styleplug.vgg.graph import feature_graph, gram_graph, weighted_gram_graph
from styleplug.vgg.weights import Weights, load_stored_weights


@pytest.fixture
def network(tiny_model) -> Weights:
    return load_stored_weights(tiny_model)


def run(data: bytes, picture):
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(None, {"image": picture})


def test_a_cut_graph_has_no_weights_of_deeper_layers(network) -> None:
    cut = onnx.load_from_string(feature_graph(network, ["relu1_1"], "max"))
    assert {tensor.name for tensor in cut.graph.initializer} == {
        "mean",
        "conv1_1.weight",
        "conv1_1.bias",
    }
    assert [node.op_type for node in cut.graph.node] == ["Sub", "Cast", "Cast", "Conv", "Relu"]


def test_the_outputs_are_the_layers_in_the_order_asked_for(network) -> None:
    cut = onnx.load_from_string(feature_graph(network, ["relu3_1", "relu1_2"], "max"))
    assert [output.name for output in cut.graph.output] == ["relu3_1", "relu1_2"]


def test_a_cut_graph_is_sound_and_gives_what_the_whole_one_gives(
    network, tiny_model, make_picture
) -> None:
    picture = make_picture(33, 21)
    data = feature_graph(network, ["relu2_2"], "max")
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    names = network.architecture.layers
    whole = run(tiny_model.read(), picture)[names.index("relu2_2")]
    np.testing.assert_allclose(run(data, picture)[0], whole, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("pooling", "operator"), [("max", "MaxPool"), ("avg", "AveragePool")])
def test_pooling_is_exchanged_everywhere(network, pooling, operator) -> None:
    cut = onnx.load_from_string(feature_graph(network, ["relu5_3"], pooling))
    pools = [node for node in cut.graph.node if "Pool" in node.op_type]
    assert [node.op_type for node in pools] == [operator] * 4


def test_the_weights_given_stay_as_they_were(network, tiny_model) -> None:
    gram_graph(network, ["relu3_1"], "avg")
    weighted_gram_graph(network, ["relu3_1"], "avg")
    before = load_stored_weights(tiny_model)
    assert network.arrays.keys() == before.arrays.keys()
    for name, array in network.arrays.items():
        np.testing.assert_array_equal(array, before.arrays[name])


def test_gram_matrices_are_the_only_outputs(network) -> None:
    data = gram_graph(network, ["relu1_1", "relu2_1"], "max")
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    assert [output.name for output in model.graph.output] == ["relu1_1.gram", "relu2_1.gram"]


def test_gram_matrices_follow_their_definition(network, make_picture) -> None:
    picture = make_picture(27, 50)
    layers = ["relu1_1", "relu3_2"]
    features = run(feature_graph(network, layers, "avg"), picture)
    grams = run(gram_graph(network, layers, "avg"), picture)
    for array, gram in zip(features, grams, strict=True):
        matrix = array[0].reshape(array.shape[1], -1).astype(np.float64)
        np.testing.assert_allclose(gram, matrix @ matrix.T / matrix.size, rtol=1e-5)


def test_weights_are_inputs_that_features_are_multiplied_by(network, make_picture) -> None:
    layers = ["relu1_1", "relu2_2"]
    data = weighted_gram_graph(network, layers, "max")
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    names = [entry.name for entry in model.graph.input]
    assert names == ["image", "relu1_1.weights", "relu2_2.weights"]
    picture = make_picture(20, 30)
    plain = run(gram_graph(network, layers, "max"), picture)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    weights = {"relu1_1.weights": (20, 30), "relu2_2.weights": (10, 15)}
    twice = {name: np.full((1, 1, *shape), 2, np.float32) for name, shape in weights.items()}
    for gram, expected in zip(session.run(None, {"image": picture, **twice}), plain, strict=True):
        np.testing.assert_allclose(gram, 4 * expected, rtol=1e-5)
