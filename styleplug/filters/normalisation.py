"""The instance normalisations in two steps: statistics are measured, then folded.

With statistics at hand, gain · (x - mean) / deviation + offset is but another weight and bias of
the convolution before it. A tile then needs nothing of the rest of its picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.filters.architecture import EIGHTH, EPSILON, NORMALISED
from styleplug.filters.graph import NetworkGraph
from styleplug.filters.style import FilterStyle
from styleplug.filters.weights import FilterWeights
from styleplug.runtime.graph_builder import GraphBuilder

Array = NDArray[np.float32]

_OF_TILES = {0: "encode_half", 1: "encode_quarter", -2: "decode_quarter", -1: "decode_half"}
"""The convolutions of a tile's graph, by the places of the normalisations after them."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """Mean and variance of each normalised channel, (STYLE_SIZE,) float32 each."""

    means: Array
    variances: Array


def measuring_graph(weights: FilterWeights, style: FilterStyle) -> bytes:
    """The network with statistics from the picture that it is given.

    Takes `image`, (1, 3, H, W) float32 in [0, 1], as `NetworkGraph.whole` does. Gives `filtered`
    and `bottleneck` as that does, and `means` and `variances`, (STYLE_SIZE,) float32.
    """
    graph = GraphBuilder()
    normalise = _Measured(graph, style)
    network = NetworkGraph(graph, _Constants(graph, dict(weights.arrays)), normalise)
    filtered, bottleneck = network.whole(graph.input("image", (1, 3, "H", "W")))
    graph.output(filtered, (1, 3, "H - 16", "W - 16"), "filtered")
    graph.output(bottleneck, (1, EIGHTH, "H / 8 - 2", "W / 8 - 2"), "bottleneck")
    for name, values in (("means", normalise.means), ("variances", normalise.variances)):
        vector = graph.op("Concat", *values, axis=1)
        graph.output(graph.op("Reshape", vector, graph.integers(-1)), (len(style.scale),), name)
    return graph.model()


def tile_graph(weights: FilterWeights, style: FilterStyle, statistics: Statistics) -> bytes:
    """The network with given statistics, for a part of a picture whose bottleneck is known.

    Takes `image`, (1, 3, H, W) float32 in [0, 1], and gives `filtered`, as `NetworkGraph.tile`
    does. The bottleneck at twice its size is `rows` · `bottleneck` · `columns` of each channel:
    (H / 4 + 2, h), (1, EIGHTH, h, w), (w, W / 4 + 2), all float32; so it may be a part of that of a
    smaller picture, enlarged.
    """
    graph = GraphBuilder()
    network = NetworkGraph(graph, _Constants(graph, _folded(weights, style, statistics)))
    image = graph.input("image", (1, 3, "H", "W"))
    rows = graph.input("rows", ("H4", "h"))
    whole = graph.input("bottleneck", (1, EIGHTH, "h", "w"))
    columns = graph.input("columns", ("w", "W4"))
    twice = graph.op("MatMul", graph.op("MatMul", rows, whole), columns)
    graph.output(network.tile(image, twice), (1, 3, "H", "W"), "filtered")
    return graph.model()


class _Constants:
    """The convolutions' arrays as they are."""

    def __init__(self, graph: GraphBuilder, arrays: dict[str, Array]) -> None:
        self._graph = graph
        self._arrays = arrays

    def __call__(self, name: str) -> tuple[str, ...]:
        keys = (f"{name}.weight", f"{name}.bias")
        return tuple(
            self._graph.constant(self._arrays[key], key) for key in keys if key in self._arrays
        )


class _Measured:
    """Normalisations that keep the names of what they measured."""

    def __init__(self, graph: GraphBuilder, style: FilterStyle) -> None:
        self._graph = graph
        self._parts = _parts(style.scale, style.shift)
        self.means: list[str] = []
        self.variances: list[str] = []

    def __call__(self, values: str) -> str:
        # An InstanceNormalization would be no faster, and would keep its statistics to itself.
        op = self._graph.op
        gain, offset = (self._graph.constant(part[:, None, None]) for part in next(self._parts))
        mean = self._mean(values)
        centred = op("Sub", values, mean)
        variance = self._mean(op("Mul", centred, centred))
        self.means.append(mean)
        self.variances.append(variance)
        deviation = op("Sqrt", op("Add", variance, self._graph.constant(EPSILON)))
        return op("Add", op("Mul", centred, op("Div", gain, deviation)), offset)

    def _mean(self, values: str) -> str:
        return self._graph.op("ReduceMean", values, self._graph.integers(2, 3), keepdims=1)


def _folded(weights: FilterWeights, style: FilterStyle, statistics: Statistics) -> dict[str, Array]:
    """The network's arrays with a tile's normalisations in the convolutions before them."""
    arrays = dict(weights.arrays)
    gains = style.scale / np.sqrt(statistics.variances + np.float32(EPSILON))
    offsets = style.shift - statistics.means * gains
    parts = list(_parts(gains, offsets))
    for place, name in _OF_TILES.items():
        gain, offset = parts[place]
        arrays[f"{name}.weight"] = arrays[f"{name}.weight"] * gain[:, None, None, None]
        arrays[f"{name}.bias"] = offset
    return arrays


def _parts(*vectors: Array) -> Iterator[tuple[Array, ...]]:
    """What of each vector belongs to each normalisation."""
    ends = np.cumsum(NORMALISED)[:-1]
    return zip(*(np.split(vector, ends) for vector in vectors), strict=True)
