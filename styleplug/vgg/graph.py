"""The network as an ONNX graph for pictures of any size: its features, or their Gram matrices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from styleplug.runtime.graph_builder import GraphBuilder, Shape
from styleplug.runtime.onnx_format import FLOAT
from styleplug.vgg.layers import Convolution, block_of
from styleplug.vgg.weights import Weights

POOLINGS: Mapping[str, str] = MappingProxyType({"max": "MaxPool", "avg": "AveragePool"})
"""Operator by pooling."""
POOLING_WINDOW: Mapping[str, Any] = MappingProxyType({"kernel_shape": [2, 2], "strides": [2, 2]})
CONVOLUTION: Mapping[str, Any] = MappingProxyType({"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]})
"""Attributes of the operators."""


def write_layers(
    graph: GraphBuilder, weights: Weights, layers: Iterable[str], pooling: str = "max"
) -> None:
    """Write the network's input, `image`, and all that the layers depend on, by the layers' names.

    Weights are stored as they come, and cast to float32 once, when a session is opened.
    """
    image = graph.input("image", ("N", 3, "H", "W"))
    mean = graph.constant(weights.mean.reshape(1, 3, 1, 1), "mean")
    current = graph.op("Sub", image, mean, name="centred")
    for convolution in weights.architecture.up_to(layers):
        if convolution.follows_pooling:
            name = f"pool{block_of(convolution.layer) - 1}"
            current = graph.op(POOLINGS[pooling], current, name=name, **POOLING_WINDOW)
        parameters = _parameters(graph, weights, convolution)
        current = graph.op("Conv", current, *parameters, name=convolution.name, **CONVOLUTION)
        current = graph.op("Relu", current, name=convolution.layer)


def feature_shape(convolution: Convolution) -> Shape:
    """Of a layer; height and width bear the block's number, for they shrink with it."""
    block = block_of(convolution.layer)
    return ("N", convolution.out_channels, f"H{block}", f"W{block}")


def feature_graph(weights: Weights, layers: Iterable[str], pooling: str) -> bytes:
    """The network up to the deepest of the layers, which are its outputs, in their order.

    Args:
        weights: of the network.
        layers: names of its layers.
        pooling: one of `POOLINGS`, 2x2 windows with stride 2 in either case.
    """
    graph, wanted = _network(weights, layers, pooling)
    for layer, convolution in wanted.items():
        graph.output(layer, feature_shape(convolution))
    return graph.model()


def gram_graph(weights: Weights, layers: Iterable[str], pooling: str) -> bytes:
    """As `feature_graph`, with the Gram matrix of each layer, `LAYER.gram`, in its place.

    G = F F^T / (C * H * W), (C, C) float32, over the C x (H * W) matrix F of the features of ONE
    picture. Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks",
    2016, equation 3, leave the division to the loss.
    """
    graph, wanted = _network(weights, layers, pooling)
    for layer, convolution in wanted.items():
        _write_gram(graph, layer, layer, convolution.out_channels)
    return graph.model()


def weighted_gram_graph(weights: Weights, layers: Iterable[str], pooling: str) -> bytes:
    """As `gram_graph`, of features that are first multiplied by weights.

    For each layer there is an input `LAYER.weights`, (1, 1, h, w) float32: those of
    `styleplug.vgg.masks`.
    """
    graph, wanted = _network(weights, layers, pooling)
    for layer, convolution in wanted.items():
        seen = graph.input(f"{layer}.weights", (1, 1, f"{layer}.H", f"{layer}.W"))
        _write_gram(graph, layer, graph.op("Mul", layer, seen), convolution.out_channels)
    return graph.model()


def _network(
    weights: Weights, layers: Iterable[str], pooling: str
) -> tuple[GraphBuilder, Mapping[str, Convolution]]:
    """A graph with the layers, and the convolution that each of them comes from, in their order."""
    graph, convolutions = GraphBuilder(), weights.architecture.convolutions
    by_layer = {convolution.layer: convolution for convolution in convolutions}
    wanted = {layer: by_layer[layer] for layer in layers}
    write_layers(graph, weights, wanted, pooling)
    return graph, wanted


def _parameters(graph: GraphBuilder, weights: Weights, convolution: Convolution) -> list[str]:
    names = []
    for kind in ("weight", "bias"):
        name = f"{convolution.name}.{kind}"
        array = weights.arrays[name]
        stored = graph.constant(array, name)
        if array.dtype != np.float32:
            stored = graph.op("Cast", stored, name=f"{name}.float32", to=FLOAT)
        names.append(stored)
    return names


def _write_gram(graph: GraphBuilder, layer: str, features: str, channels: int) -> None:
    """Give out the Gram matrix of features of the layer."""
    matrix = graph.op("Reshape", features, graph.integers(channels, -1))
    # The division by C is in alpha; that by H * W follows, for the size isn't known here.
    products = graph.op("Gemm", matrix, matrix, transB=1, alpha=1 / channels)
    count = graph.op("Cast", graph.op("Shape", matrix, start=1), to=FLOAT)
    gram = graph.op("Div", products, count, name=f"{layer}.gram")
    graph.output(gram, (channels, channels))
