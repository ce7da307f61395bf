"""The whole objective as one ONNX graph: the terms of the loss, and its gradient.

The terms are those of `styleplug.transfer.losses`, differentiated by hand: with N = C·H·W, the
content term's gradient with respect to F is 2 (F − P) / (N · mean(P²)), and the style term's is
4 (G − A) F / (N · ΣA²).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from styleplug.transfer.balance import Balance, Slope
from styleplug.transfer.objective import shares
from styleplug.transfer.reduction import matrix
from styleplug.transfer.targets import Targets
from styleplug.vgg.gradient import DifferentiablePass, Network, Value
from styleplug.vgg.graph_builder import GraphBuilder

PICTURE, ORDER = "picture", "order"
"""The graph's inputs; ORDER, only for max pooling, is `styleplug.vgg.gradient.order_of_winners`."""

Array = NDArray[np.float32]


class _Smaller(NamedTuple):
    """The picture at a smaller size, and the matrices that make it: rows · picture · columnsᵀ."""

    picture: Value
    rows: Array
    columns: Array


class _Level(NamedTuple):
    """The network run over the picture at one size; its errors count for `share` of all."""

    run: DifferentiablePass
    targets: Targets
    share: float


class _Term(NamedTuple):
    """An error, weighted by layer and level, and its gradient with respect to the features."""

    layer: str
    error: str
    gradient: str


def objective_graph(
    network: Network,
    size: tuple[int, int],
    targets: Sequence[Targets],
    *,
    content_layers: Mapping[str, float],
    style_layers: Mapping[str, float],
    balance: Balance,
    tv_weight: float,
) -> bytes:
    """The serialised graph for pictures (1, 3, *size); it has the targets within.

    Its outputs are content error, style error, total variation, and the gradient of the loss, as
    large as the picture. Other arguments: `styleplug.transfer.objective.MakeObjective`.
    """
    graph = GraphBuilder()
    picture = Value(graph.input(PICTURE, (1, 3, *size)), 3, *size)
    order = graph.input(ORDER, (1, 1, *size)) if network.pooling == "max" else None
    layers = {*content_layers, *style_layers}
    smaller = [_reduced(graph, picture, level.size) for level in targets[1:]]
    pictures = [picture, *(one.picture for one in smaller)]
    levels = [
        _Level(DifferentiablePass(graph, network, one, layers, order), level_targets, share)
        for one, level_targets, share in zip(pictures, targets, shares(len(targets)), strict=True)
    ]
    content = [list(_content_terms(graph, level, content_layers)) for level in levels]
    style = [
        list(_style_terms(graph, level, style_layers, balance.style_weight)) for level in levels
    ]
    errors = [
        _sum(graph, [term.error for terms in kind for term in terms]) for kind in (content, style)
    ]
    slope = _slope(graph, balance.slope, errors[0])
    variation, by_variation = _variation(graph, picture, targets[0].alpha, tv_weight)
    gradients = [
        level.run.gradient(_by_layer(graph, content_terms, style_terms, slope))
        for level, content_terms, style_terms in zip(levels, content, style, strict=True)
    ]
    by_smaller = [
        _product(graph, one.rows.T, gradient, one.columns)
        for one, gradient in zip(smaller, gradients[1:], strict=True)
    ]
    gradient = _sum(graph, [by_variation, gradients[0], *by_smaller])
    return graph.model((*errors, variation, gradient))


def _reduced(graph: GraphBuilder, picture: Value, size: tuple[int, int]) -> _Smaller:
    height, width = size
    rows = matrix(picture.height, height).astype(np.float32)
    columns = matrix(picture.width, width).astype(np.float32)
    name = _product(graph, rows, picture.name, columns.T)
    return _Smaller(Value(name, picture.channels, height, width), rows, columns)


def _product(graph: GraphBuilder, left: Array, picture: str, right: Array) -> str:
    """left · picture · right, in each channel."""
    half = graph.op("MatMul", graph.constant(left), picture)
    return graph.op("MatMul", half, graph.constant(right))


def _content_terms(
    graph: GraphBuilder, level: _Level, layers: Mapping[str, float]
) -> Iterator[_Term]:
    """The content terms; the gradients still lack their factor, the slope of the penalty."""
    for layer, weight in layers.items():
        features, target = level.run.features[layer], level.targets.content[layer]
        difference = graph.op(
            "Sub", _seen(graph, level, layer, features.name), graph.constant(target)
        )
        factor = level.share * weight / features.count / _positive(np.square(target).mean())
        gradient = graph.op("Mul", difference, graph.constant(2 * factor))
        yield _Term(
            layer,
            _scaled_square(graph, difference, factor),
            _seen(graph, level, layer, gradient),
        )


def _style_terms(
    graph: GraphBuilder, level: _Level, layers: Mapping[str, float], style_weight: float
) -> Iterator[_Term]:
    for layer, weight in layers.items():
        features, target = level.run.features[layer], level.targets.grams[layer]
        rows = graph.op(
            "Reshape",
            _seen(graph, level, layer, features.name),
            graph.integers(features.channels, -1),
        )
        gram = graph.op("Gemm", rows, rows, transB=1, alpha=1 / features.count)
        difference = graph.op("Sub", gram, graph.constant(target))
        factor = level.share * weight / _positive(np.square(target).sum())
        by_gram = graph.constant(4 * factor / features.count * style_weight)
        gradient = graph.op("MatMul", graph.op("Mul", difference, by_gram), rows)
        gradient = graph.op("Reshape", gradient, graph.integers(*features.shape))
        yield _Term(
            layer,
            _scaled_square(graph, difference, factor),
            _seen(graph, level, layer, gradient),
        )


def _by_layer(
    graph: GraphBuilder, content: Iterable[_Term], style: Iterable[_Term], slope: str
) -> dict[str, str]:
    """The loss's gradients with respect to the features."""
    gradients = {term.layer: term.gradient for term in style}
    for term in content:
        gradient = graph.op("Mul", term.gradient, slope)
        other = gradients.get(term.layer)
        gradients[term.layer] = graph.op("Add", gradient, other) if other else gradient
    return gradients


def _slope(graph: GraphBuilder, slope: Slope, content_error: str) -> str:
    """`Slope.at` the content error."""
    excess = graph.op("Sub", content_error, graph.constant(slope.target))
    growth = graph.op("Exp", graph.op("Div", excess, graph.constant(slope.softness)))
    weight = graph.op("Mul", growth, graph.constant(slope.weight))
    return graph.op("Min", weight, graph.constant(slope.largest))


def _variation(
    graph: GraphBuilder, picture: Value, alpha: Array | None, tv_weight: float
) -> tuple[str, str]:
    """The total variation, and the gradient that it gives the loss."""
    errors, gradients = [], []
    for axis in (3, 2):
        length = picture.shape[axis]
        difference = graph.op(
            "Sub",
            graph.slice(picture.name, axis, 1, length),
            graph.slice(picture.name, axis, 0, length - 1),
        )
        weighted = graph.op("Mul", difference, graph.constant(_pairs(picture, alpha, axis)))
        errors.append(graph.op("ReduceSum", graph.op("Mul", weighted, difference), keepdims=0))
        change = graph.op("Mul", weighted, graph.constant(2 * tv_weight))
        before, after = ([int(axis == i) for i in range(4)], [0] * 4)
        gradients.append(
            graph.op(
                "Sub",
                graph.op("Pad", change, graph.integers(*before, *after)),
                graph.op("Pad", change, graph.integers(*after, *before)),
            )
        )
    return _sum(graph, errors), _sum(graph, gradients)


def _pairs(picture: Value, alpha: Array | None, axis: int) -> Array:
    """What the square of each pair's difference counts for, (1, 1, h, w)."""
    if alpha is None:
        alpha = np.ones((picture.height, picture.width), np.float32)
    first, second = (np.delete(alpha, end, axis - 2) for end in (-1, 0))
    seen = np.minimum(first, second)
    counts = seen / (picture.channels * _positive(seen.sum()))
    return counts.astype(np.float32)[np.newaxis, np.newaxis]


def _seen(graph: GraphBuilder, level: _Level, layer: str, features: str) -> str:
    """Features of a layer, or their gradient, by how much of them is seen."""
    if not level.targets.weights:
        return features
    weights = level.targets.weights[layer][np.newaxis, np.newaxis]
    return graph.op("Mul", features, graph.constant(weights))


def _scaled_square(graph: GraphBuilder, difference: str, factor: float) -> str:
    square = graph.op("ReduceSumSquare", difference, keepdims=0)
    return graph.op("Mul", square, graph.constant(factor))


def _sum(graph: GraphBuilder, values: Sequence[str]) -> str:
    return graph.op("Sum", *values)


def _positive(norm: np.floating) -> float:
    """As in `styleplug.transfer.losses`."""
    return max(float(norm), 1e-12)
