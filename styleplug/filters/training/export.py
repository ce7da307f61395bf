"""Writing `models/filters.onnx`: the filter network with its styles, as one graph for any program.

The graph's contract stands in `models/README.md`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import onnx

from styleplug.errors import ModelError
from styleplug.filters.architecture import (
    EPSILON,
    INNER_MARGIN,
    MARGIN,
    NORMALISED,
    STRIDE,
    WEIGHTS,
)
from styleplug.filters.graph import NetworkGraph
from styleplug.filters.weights import MODEL, VECTORS, FilterWeights
from styleplug.runtime.graph_builder import GraphBuilder
from styleplug.runtime.onnx_format import FLOAT


def export_filters(weights: FilterWeights, metadata: Mapping[str, str]) -> bytes:
    """The network and its styles as an ONNX model; the same arguments give the same bytes.

    Args:
        weights: the network, whose arrays are stored as float16, and one style or more.
        metadata: licence, attribution, training and the like, kept in the model.

    Raises:
        ModelError: there is no style, or an array holds numbers that float16 can't hold.
    """
    if not weights.styles:
        raise ModelError(MODEL, "has no style; give it one")
    graph = GraphBuilder()
    image = graph.input("image", (1, 3, "H", "W"))
    shares = graph.input("style_weights", (len(weights.styles),))
    network = NetworkGraph(graph, _Stored(graph, weights), _Normalised(graph, weights, shares))
    facts = {
        "network": weights.network,
        "styles": json.dumps(
            [{"name": style.name, "description": style.description} for style in weights.styles]
        ),
    }
    filtered, _ = network.whole(_padded(graph, image))
    graph.output(_cropped(graph, filtered, image), (1, 3, "H", "W"), "filtered")
    data = graph.model({**metadata, **facts})
    onnx.checker.check_model(data)
    return data


class _Stored:
    """The convolutions' arrays, as float16 that is cast once, when a session is opened."""

    def __init__(self, graph: GraphBuilder, weights: FilterWeights) -> None:
        self._graph = graph
        self._arrays = weights.arrays

    def __call__(self, name: str) -> tuple[str, ...]:
        return tuple(self._value(key) for key in WEIGHTS if key.rpartition(".")[0] == name)

    def _value(self, key: str) -> str:
        with np.errstate(over="ignore"):
            array = np.ascontiguousarray(self._arrays[key], np.float16)
        if not np.isfinite(array).all():
            raise ModelError(MODEL, f"{key} holds numbers that float16 can't hold")
        return self._graph.op("Cast", self._graph.constant(array, key), to=FLOAT)


class _Normalised:
    """Instance normalisations in a mixture of the styles."""

    def __init__(self, graph: GraphBuilder, weights: FilterWeights, shares: str) -> None:
        self._graph = graph
        shares = graph.op("Div", shares, graph.op("ReduceSum", shares))
        vectors = zip(*((style.scale, style.shift) for style in weights.styles), strict=True)
        self._vectors = [
            graph.op("MatMul", shares, graph.constant(np.stack(table), name))
            for name, table in zip(VECTORS, vectors, strict=True)
        ]
        self._begin = 0
        self._channels = iter(NORMALISED)

    def __call__(self, values: str) -> str:
        begin, self._begin = self._begin, self._begin + next(self._channels)
        gain, offset = (
            self._graph.slice(vector, 0, begin, self._begin) for vector in self._vectors
        )
        return self._graph.op("InstanceNormalization", values, gain, offset, epsilon=EPSILON)


def _padded(graph: GraphBuilder, image: str) -> str:
    """The picture with at least `MARGIN` pixels of its reflection around, as the network has it."""
    op, integers = graph.op, graph.integers
    size = op("Shape", image, start=2)
    stride = integers(STRIDE)
    # The remainder of a negative number is not negative here, as in Python.
    far = op("Add", op("Mod", op("Neg", size), stride), integers(MARGIN))
    pads = op("Concat", integers(0, 0, MARGIN, MARGIN, 0, 0), far, axis=0)
    return op("Pad", image, pads, mode="reflect")


def _cropped(graph: GraphBuilder, filtered: str, image: str) -> str:
    op, integers = graph.op, graph.integers
    margin = integers(INNER_MARGIN, INNER_MARGIN)
    end = op("Add", op("Shape", image, start=2), margin)
    return op("Slice", filtered, margin, end, integers(2, 3))
