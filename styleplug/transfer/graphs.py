"""ONNX graphs of the loss's terms and their gradient, for windows and for whole pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.graph_builder import GraphBuilder
from styleplug.transfer.balance import Slope
from styleplug.transfer.loss import Loss
from styleplug.transfer.reduction import matrix
from styleplug.transfer.terms.term import Window
from styleplug.vgg.expression import Expression, constant
from styleplug.vgg.gradient import DifferentiablePass, Network

PICTURE, ORDER = "picture", "order"
"""Inputs; ORDER, only for the gradient of max pooling, is `vgg.gradient.argmax_tiebreak`."""

Array = NDArray[np.float32]


class _Features:
    """The network in a graph, and a window's terms upon its features."""

    def __init__(self, run: DifferentiablePass, window: Window) -> None:
        self.run, self.window = run, window

    def statistics(self) -> list[Expression]:
        return self.window.statistics(self.run.features)

    def gradient(self, by_statistics: Sequence[Expression]) -> Expression:
        """With respect to the pixels."""
        return self.run.gradient(self.window.by_features(self.run.features, by_statistics))


def window_inputs(window: Window) -> dict[str, Array]:
    """What a window's graph is fed with besides its pixels."""
    inputs = {f"{layer}.weights": array for layer, array in window.weights.items()}
    for i, maps in enumerate(window.maps):
        inputs |= {f"maps.{i}.{name}": array for name, array in maps.items()}
    return inputs


def statistics_graph(network: Network, shape: tuple[int, int], window: Window) -> bytes:
    """The statistics of a window of this shape; another one's arrays may be fed in."""
    graph = GraphBuilder()
    found = _features(graph, network, shape, window, order=None).statistics()
    return _model(graph, found)


def gradient_graph(
    network: Network,
    shape: tuple[int, int],
    window: Window,
    by_statistics: Mapping[str, Array],
) -> bytes:
    """The gradient with respect to a window's pixels, from the derivatives with respect to the
    statistics, which are inputs, too."""
    graph = GraphBuilder()
    features = _features(graph, network, shape, window, order=_order(graph, network, shape))
    derivatives = [_input(graph, name, array.shape) for name, array in by_statistics.items()]
    return _model(graph, [features.gradient(derivatives)])


def fused_graph(network: Network, loss: Loss) -> bytes:
    """Of whole pictures: content error, style error, and the gradient with respect to the picture.

    The targets are within.
    """
    graph, size = GraphBuilder(), loss.levels[0].size
    picture = _input(graph, PICTURE, (1, 3, *size))
    order = _order(graph, network, size)
    reductions = [_reduction(size, level.size) for level in loss.levels[1:]]
    pictures = [picture, *(_reduced(picture, *axes) for axes in reductions)]
    levels = [
        _Features(
            DifferentiablePass(network, pixels, loss.layers, order),
            level.whole().converted(partial(constant, graph)),
        )
        for pixels, level in zip(pictures, loss.levels, strict=True)
    ]
    errors = loss.errors([features.statistics() for features in levels])
    slope = _slope(loss.balance.slope, errors.content)
    gradients = [
        features.gradient(by_statistics)
        for features, by_statistics in zip(levels, loss.by_statistics(errors, slope), strict=True)
    ]
    back = [
        _reduced(gradient, rows.T, columns.T)
        for gradient, (rows, columns) in zip(gradients[1:], reductions, strict=True)
    ]
    gradient = gradients[0].op("Sum", *(one.name for one in back))
    return _model(graph, [errors.content, errors.style, gradient])


def _features(
    graph: GraphBuilder,
    network: Network,
    shape: tuple[int, int],
    window: Window,
    order: str | None,
) -> _Features:
    """Of a window whose arrays are the graph's inputs."""
    picture = _input(graph, PICTURE, (1, 3, *shape))
    run = DifferentiablePass(network, picture, window.layers, order)
    names = iter(window_inputs(window))
    as_input = window.converted(lambda array: _input(graph, next(names), array.shape))
    return _Features(run, as_input)


def _model(graph: GraphBuilder, outputs: Iterable[Expression]) -> bytes:
    for output in outputs:
        graph.output(output.name)
    return graph.model()


def _input(graph: GraphBuilder, name: str, shape: tuple[int, ...]) -> Expression:
    return Expression(graph, graph.input(name, shape), shape)


def _order(graph: GraphBuilder, network: Network, size: tuple[int, int]) -> str | None:
    return graph.input(ORDER, (1, 1, *size)) if network.pooling == "max" else None


def _reduction(size: tuple[int, int], smaller: Iterable[int]) -> tuple[Array, Array]:
    """What columns and rows are multiplied by."""
    rows, columns = (matrix(*s).astype(np.float32) for s in zip(size, smaller, strict=True))
    return rows, columns


def _reduced(picture: Expression, rows: Array, columns: Array) -> Expression:
    """rows · picture · columnsᵀ, in each channel."""
    graph = picture.graph
    return constant(graph, rows) @ picture @ constant(graph, columns.T)


def _slope(slope: Slope, content_error: Expression) -> Expression:
    """`Slope.at` the content error."""
    excess = (content_error - slope.target) * (1 / slope.softness)
    growth = excess.op("Exp") * slope.weight
    return growth.op("Min", constant(content_error.graph, slope.largest).name)
