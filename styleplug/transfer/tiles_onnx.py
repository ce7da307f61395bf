"""What `styleplug.transfer.tiles` asks of an engine, by ONNX graphs for one shape of window."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.session import Session
from styleplug.transfer.tiles import Sums, TileTargets
from styleplug.vgg.gradient import DifferentiablePass, Network, Value, order_of_winners
from styleplug.vgg.graph_builder import GraphBuilder

Array = NDArray[np.float32]

PIXELS, ORDER = "pixels", "order"
WEIGHTS, CONTENT, PRODUCTS, SQUARES = "{}.weights", "{}.content", "{}.products", "{}.squares"
"""Inputs by layer; the last two are derivatives of the loss."""

_MakeGraph = Callable[[Network, tuple[int, int], tuple[str, ...], tuple[str, ...]], bytes]


class OnnxTilePasses:
    """ONNX Runtime on the network's device.

    There is one session at a time, for one of the passes and one shape of window. To open another
    takes half a second.
    """

    def __init__(self, network: Network) -> None:
        self.network, self.architecture = network, network.architecture
        self._key: tuple[object, ...] = ()
        self._session: Session | None = None

    def picture(self, batch: Array) -> Array:
        return batch

    def batch(self, picture: Array) -> Array:
        return picture

    def sums(self, pixels: Array, targets: TileTargets) -> Sums:
        style, content = targets.style_layers, tuple(targets.content)
        results = self._run(_sums_graph, pixels, targets, {})
        return Sums(
            dict(zip(style, results, strict=False)),
            {name: float(one) for name, one in zip(content, results[len(style) :], strict=True)},
        )

    def gradient(self, pixels: Array, targets: TileTargets, by_sums: Sums) -> Array:
        with np.errstate(over="ignore"):  # the loss is infinite then, which is told where it's seen
            derivatives = {
                **{PRODUCTS.format(name): 2 * by for name, by in by_sums.products.items()},
                **{SQUARES.format(name): np.array(2 * by) for name, by in by_sums.squares.items()},
            }
            inputs = {name: by.astype(np.float32) for name, by in derivatives.items()}
        [gradient] = self._run(_gradient_graph, pixels, targets, inputs)
        return gradient

    def rest(self) -> None:
        self._session = None

    def _run(
        self,
        make_graph: _MakeGraph,
        pixels: Array,
        targets: TileTargets,
        derivatives: dict[str, Array],
    ) -> list[Array]:
        """What the graph gives for a tile."""
        shape, style, content = pixels.shape[2:], targets.style_layers, tuple(targets.content)
        key = (make_graph, shape, style, content)
        if self._session is None or key != self._key:
            self._session = None  # the old one's memory goes before the new one's is taken
            graph = make_graph(self.network, shape, style, content)
            self._session, self._key = self.network.open_session(graph), key
        inputs = {PIXELS: np.ascontiguousarray(pixels), **derivatives}
        for name, weights in targets.weights.items():
            inputs[WEIGHTS.format(name)] = weights[np.newaxis, np.newaxis]
        for name, features in targets.content.items():
            inputs[CONTENT.format(name)] = features
        if make_graph is _gradient_graph and self.network.pooling == "max":
            inputs[ORDER] = order_of_winners(*shape)
        return self._session.run(None, inputs)


class _Weighted(NamedTuple):
    """A layer's features, their weights, and the one times the other, also as (C, H·W)."""

    features: Value
    weights: str
    weighted: str
    rows: str


def _sums_graph(
    network: Network, shape: tuple[int, int], style: tuple[str, ...], content: tuple[str, ...]
) -> bytes:
    """Products by style layer, then squares by content layer."""
    graph = GraphBuilder()
    pixels = Value(graph.input(PIXELS, (1, 3, *shape)), 3, *shape)
    run = DifferentiablePass(graph, network, pixels, {*style, *content}, None)
    layers = {name: _weighted(graph, name, value) for name, value in run.features.items()}
    products = [graph.op("Gemm", layers[name].rows, layers[name].rows, transB=1) for name in style]
    squares = [
        graph.op("ReduceSumSquare", _difference(graph, name, layers[name]), keepdims=0)
        for name in content
    ]
    return graph.model((*products, *squares))


def _gradient_graph(
    network: Network, shape: tuple[int, int], style: tuple[str, ...], content: tuple[str, ...]
) -> bytes:
    """The gradient with respect to the pixels."""
    graph = GraphBuilder()
    pixels = Value(graph.input(PIXELS, (1, 3, *shape)), 3, *shape)
    order = graph.input(ORDER, (1, 1, *shape)) if network.pooling == "max" else None
    run = DifferentiablePass(graph, network, pixels, {*style, *content}, order)
    by_features = {}
    for name, value in run.features.items():
        layer, parts = _weighted(graph, name, value), []
        if name in style:
            products = graph.input(PRODUCTS.format(name), (value.channels, value.channels))
            by_rows = graph.op("MatMul", products, layer.rows)
            parts.append(graph.op("Reshape", by_rows, graph.integers(*value.shape)))
        if name in content:
            square = graph.input(SQUARES.format(name), ())
            parts.append(graph.op("Mul", _difference(graph, name, layer), square))
        by_features[name] = graph.op("Mul", graph.op("Sum", *parts), layer.weights)
    return graph.model((run.gradient(by_features),))


def _weighted(graph: GraphBuilder, name: str, value: Value) -> _Weighted:
    weights = graph.input(WEIGHTS.format(name), (1, 1, value.height, value.width))
    weighted = graph.op("Mul", value.name, weights)
    rows = graph.op("Reshape", weighted, graph.integers(value.channels, -1))
    return _Weighted(value, weights, weighted, rows)


def _difference(graph: GraphBuilder, name: str, layer: _Weighted) -> str:
    """From the photograph's weighted features."""
    return graph.op("Sub", layer.weighted, graph.input(CONTENT.format(name), layer.features.shape))
