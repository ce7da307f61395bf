"""Surgery on the network's ONNX graph: cutting it, changing its pooling, appending Gram matrices.

Nothing here changes the model that it is given; each function returns a new one, serialised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

POOLINGS: Mapping[str, str] = MappingProxyType({"max": "MaxPool", "avg": "AveragePool"})
"""Operator by pooling."""


def feature_graph(model: onnx.ModelProto, layers: Iterable[str], pooling: str) -> bytes:
    """The network cut after the deepest of the layers, which become its outputs, in their order.

    Args:
        model: a network as `export_onnx` writes it.
        layers: names of its layers.
        pooling: one of `POOLINGS`, 2x2 windows with stride 2 in either case.
    """
    return bytes(_cut(model, tuple(layers), pooling).SerializeToString())


def gram_graph(model: onnx.ModelProto, layers: Iterable[str], pooling: str) -> bytes:
    """The network cut as by `feature_graph`, with each output replaced by its Gram matrix.

    G = F F^T / (C * H * W), (C, C) float32, over the C x (H * W) matrix F of the features of ONE
    picture. Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks",
    2016, equation 3, leave the division to the loss.
    """
    cut = _cut(model, tuple(layers), pooling)
    for layer, channels in _without_outputs(cut.graph).items():
        _append_gram(cut.graph, layer, layer, channels)
    return bytes(cut.SerializeToString())


def weighted_gram_graph(model: onnx.ModelProto, layers: Iterable[str], pooling: str) -> bytes:
    """As `gram_graph`, of features that are first multiplied by weights.

    For each layer there is an input `LAYER.weights`, (1, 1, h, w) float32: those of
    `styleplug.vgg.masks`.
    """
    cut = _cut(model, tuple(layers), pooling)
    for layer, channels in _without_outputs(cut.graph).items():
        weights, weighted = f"{layer}.weights", f"{layer}.weighted"
        shape: list[str | int | None] = [1, 1, f"{layer}.H", f"{layer}.W"]
        cut.graph.input.append(helper.make_tensor_value_info(weights, TensorProto.FLOAT, shape))
        cut.graph.node.append(helper.make_node("Mul", [layer, weights], [weighted]))
        _append_gram(cut.graph, layer, weighted, channels)
    return bytes(cut.SerializeToString())


def _without_outputs(graph: onnx.GraphProto) -> dict[str, int]:
    """Remove a graph's outputs; returns their names and numbers of channels, in order."""
    outputs = {
        output.name: output.type.tensor_type.shape.dim[1].dim_value for output in graph.output
    }
    del graph.output[:]
    return outputs


def _cut(model: onnx.ModelProto, layers: tuple[str, ...], pooling: str) -> onnx.ModelProto:
    """A model of only those nodes and initialisers that the layers depend on."""
    needed = set(layers)
    nodes = []
    for node in reversed(model.graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            nodes.append(_with_pooling(node, pooling))
    outputs = {output.name: output for output in model.graph.output}
    graph = helper.make_graph(
        nodes[::-1],
        model.graph.name,
        model.graph.input,
        [outputs[layer] for layer in layers],
        [tensor for tensor in model.graph.initializer if tensor.name in needed],
    )
    cut = helper.make_model(graph, opset_imports=model.opset_import)
    cut.ir_version = model.ir_version
    return cut


def _with_pooling(node: onnx.NodeProto, pooling: str) -> onnx.NodeProto:
    if node.op_type not in POOLINGS.values():
        return node
    changed = onnx.NodeProto()
    changed.CopyFrom(node)
    changed.op_type = POOLINGS[pooling]
    return changed


def _append_gram(graph: onnx.GraphProto, layer: str, features: str, channels: int) -> None:
    """Add an output `LAYER.gram` to the graph, made of the features of that name."""
    prefix = f"{layer}.gram"
    constants = {
        f"{prefix}.rows": np.array([channels, -1], np.int64),
        f"{prefix}.axis": np.array(1, np.int64),
    }
    graph.initializer.extend(numpy_helper.from_array(a, name) for name, a in constants.items())
    matrix, shape, pixels, count, products = (
        f"{prefix}.{part}" for part in ("matrix", "shape", "pixels", "count", "products")
    )
    graph.node.extend(
        [
            helper.make_node("Reshape", [features, f"{prefix}.rows"], [matrix]),
            # The division by C is in alpha; that by H * W follows, for the size isn't known here.
            helper.make_node("Gemm", [matrix, matrix], [products], transB=1, alpha=1 / channels),
            helper.make_node("Shape", [matrix], [shape]),
            helper.make_node("Gather", [shape, f"{prefix}.axis"], [pixels]),
            helper.make_node("Cast", [pixels], [count], to=TensorProto.FLOAT),
            helper.make_node("Div", [products, count], [prefix]),
        ]
    )
    graph.output.append(
        helper.make_tensor_value_info(prefix, TensorProto.FLOAT, [channels, channels])
    )
