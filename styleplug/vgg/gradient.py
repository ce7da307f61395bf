"""The network and its gradient with respect to the picture, in operators of inference alone.

The weights are frozen, so a backward pass needs no training framework: the gradient of a 3×3
convolution is a convolution with channels swapped and taps flipped, that of a ReLU a mask, that of
pooling an enlargement, times a mask of the winners where it takes the maximum.

Everything is written in operators that ONNX Runtime's CPU provider keeps in its blocked layout
(NCHWc): convolutions, pooling, nearest enlargement, Add and Mul of two values in that layout. A
mask is a convolution with one weight per channel and a hard sigmoid, fused into one pass. Only the
style terms' matrix products leave the layout. Profiled with VGG-16 up to relu5_1 at 256×256 on two
cores, the network's convolutions took 87 % of the time, the matrix products 8 %, and all masks,
enlargements and changes of layout together 5 %; so the large convolutions are done in fewer
products, by `styleplug.vgg.winograd`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.models import Model
from styleplug.runtime.providers import CPU, device_name
from styleplug.runtime.session import Session, open_session, working_provider
from styleplug.vgg import winograd
from styleplug.vgg.graph import POOLINGS
from styleplug.vgg.graph_builder import GraphBuilder, per_channel
from styleplug.vgg.weights import load_weights

Array = NDArray[np.float32]

_WINDOW = {"kernel_shape": [2, 2], "strides": [2, 2]}
_CONVOLUTION = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
_STEEP = 2.0**60
"""Makes of the smallest difference of two features one beyond 1. A power of two rounds nothing."""
_ORDER = np.array([[3, 2], [1, 0]], np.float32) * np.float32(2**-22) + 1
"""Factors that put equal features of a window in order, the first one first. They are as near to 1
as float32 can tell apart, and only decide who wins; the features stay as they are."""


class Network:
    """A VGG network's layers and weights, and how it pools.

    Args:
        model: the network's file.
        pooling: "max" or "avg", 2×2 windows with stride 2.
        device: where its graphs are run, as `styleplug.runtime.providers` names it.

    Raises:
        ModelNotFoundError, ModelIntegrityError, ModelError, ConfigError, MissingDependencyError: as
            `styleplug.vgg.encoder.Encoder`.
    """

    def __init__(self, model: Model, pooling: str = "max", device: str = "cpu") -> None:
        self.architecture, self.mean, self.weights = load_weights(model.read())
        self.pooling, self.device = pooling, device
        provider = working_provider(device).name
        self.is_on_cpu = provider == CPU
        self.runs_on = device_name(provider)

    def open_session(self, graph: bytes) -> Session:
        """A session for a graph of this network, on its device; `runs_on` then is that one's.

        Errors as of `styleplug.runtime.session.open_session`.
        """
        session = open_session(graph, self.device)
        self.runs_on = session.device
        return session


@dataclass(frozen=True)
class Value:
    """Features, or the picture, in the graph: (1, channels, height, width)."""

    name: str
    channels: int
    height: int
    width: int

    @property
    def count(self) -> int:
        return self.channels * self.height * self.width

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return (1, self.channels, self.height, self.width)


@dataclass(frozen=True)
class _Step:
    """A convolution with its ReLU: what goes in, what comes out, what was pooled before it."""

    convolution: str
    input: Value
    output: Value
    pooled: Value | None


class DifferentiablePass:
    """One run of the network over a picture: `features` by layer, and then their `gradient`.

    Args:
        graph: where the nodes go.
        network: its weights are stored in the graph once, however many passes there are.
        picture: RGB in [0, 1].
        layers: the ones to have features of; the pass ends at the deepest.
        order: for max pooling, the name of `argmax_tiebreak`, as large as the picture or larger.
    """

    def __init__(
        self,
        graph: GraphBuilder,
        network: Network,
        picture: Value,
        layers: Collection[str],
        order: str | None,
    ) -> None:
        self.graph, self.network, self.order = graph, network, order
        self.steps = list(self._forward(picture, network.architecture.deepest(layers)))
        self.features = {
            layer: step.output
            for step in self.steps
            if (layer := _layer(step.convolution)) in layers
        }

    def gradient(self, by_features: Mapping[str, str]) -> str:
        """The gradient with respect to the picture, from those with respect to the features."""
        gradient = None
        for step in reversed(self.steps):
            gradient = self._before_relu(step, gradient, by_features.get(_layer(step.convolution)))
            gradient = self._convolved_back(step, gradient)
            if step.pooled is not None:
                gradient = self._pooled_back(step.pooled, step.input, gradient)
        assert gradient is not None, "a network has layers"
        return gradient

    def _forward(self, picture: Value, last: str) -> Iterable[_Step]:
        graph, weights = self.graph, self.network.weights
        mean = graph.constant(self.network.mean.reshape(1, 3, 1, 1), "mean")
        current = replace(picture, name=graph.op("Sub", picture.name, mean))
        for name, _, channels in self.network.architecture.convolutions:
            pooled = None
            if name.endswith("_1") and name != "conv1_1":
                pooled, current = current, self._pooled(current)
            kernel, bias = (weights[f"{name}.{kind}"] for kind in ("weight", "bias"))
            convolved = self._convolved(
                current, kernel, f"{name}.weight", graph.constant(bias, f"{name}.bias")
            )
            output = Value(graph.op("Relu", convolved), channels, current.height, current.width)
            yield _Step(name, current, output, pooled)
            current = output
            if _layer(name) == last:
                return

    def _pooled(self, value: Value) -> Value:
        name = self.graph.op(POOLINGS[self.network.pooling], value.name, **_WINDOW)
        return Value(name, value.channels, value.height // 2, value.width // 2)

    def _before_relu(self, step: _Step, gradient: str | None, by_features: str | None) -> str:
        """The gradient with respect to what a ReLU was given."""
        graph, channels = self.graph, step.output.channels
        if by_features is not None:
            # The factor 1 brings it into the blocked layout, and is fused with the addition.
            by_features = per_channel(graph, by_features, channels, 1.0)
            gradient = by_features if gradient is None else graph.op("Add", gradient, by_features)
        assert gradient is not None, "the deepest layer is one that was asked for"
        if by_features is None and self._is_masked(step.output):
            return gradient
        return graph.op("Mul", gradient, self._is_positive(step.output))

    def _is_masked(self, value: Value) -> bool:
        """Whether the value's gradient comes from max pooling, which lets only winners through."""
        return self.network.pooling == "max" and any(step.pooled is value for step in self.steps)

    def _convolved_back(self, step: _Step, gradient: str) -> str:
        kernel = self.network.weights[f"{step.convolution}.weight"]
        swapped = kernel.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
        value = replace(step.output, name=gradient)
        return self._convolved(value, swapped, f"{step.convolution}.swapped")

    def _convolved(self, value: Value, kernel: Array, name: str, *bias: str) -> str:
        """A value convolved with a kernel that goes by a name in the graph."""
        height, width = value.height, value.width
        if self.network.is_on_cpu and winograd.is_worthwhile(kernel.shape, height, width):
            return winograd.convolved(self.graph, value.name, (height, width), kernel, name, *bias)
        weight = self.graph.constant(kernel, name)
        return self.graph.op("Conv", value.name, weight, *bias, **_CONVOLUTION)

    def _pooled_back(self, value: Value, pooled: Value, gradient: str) -> str:
        """The gradient with respect to what was pooled, from that with respect to the result."""
        if self.network.pooling == "avg":
            quarter = per_channel(self.graph, gradient, value.channels, 0.25)
            return enlarged(self.graph, value, quarter)
        # Where the largest is 0, all of its window is, and the ReLU lets nothing through: masking
        # here, at a quarter of the size, spares a mask of the features themselves.
        gradient = self.graph.op("Mul", gradient, self._is_positive(pooled))
        return self.graph.op("Mul", enlarged(self.graph, value, gradient), self._is_winner(value))

    def _is_positive(self, value: Value) -> str:
        """1 where features are above 0, 0 elsewhere."""
        same = per_channel(self.graph, value.name, value.channels, 1.0)
        return self.graph.op("HardSigmoid", same, alpha=_STEEP, beta=0.0)

    def _is_winner(self, value: Value) -> str:
        """1 where a feature is its window's largest, and the first of those, as in PyTorch."""
        graph, channels = self.graph, value.channels
        assert self.order is not None, "max pooling needs an order"
        order = graph.slice(self.order, 2, 0, value.height)
        order = graph.slice(order, 3, 0, value.width)
        ones = graph.constant(np.ones((channels, 1, 1, 1), np.float32), f"ones_{channels}")
        keys = graph.op("Mul", value.name, graph.op("Conv", order, ones, kernel_shape=[1, 1]))
        largest = graph.op("MaxPool", keys, **_WINDOW)
        difference = graph.op(
            "Add",
            per_channel(graph, keys, channels, _STEEP),
            enlarged(graph, value, per_channel(graph, largest, channels, -_STEEP)),
        )
        return graph.op("HardSigmoid", difference, alpha=1.0, beta=1.0)


def argmax_tiebreak(height: int, width: int) -> Array:
    """What a graph with max pooling is to be fed with as its `order`, (1, 1, height, width).

    It is an input, for ONNX Runtime would compute ahead what follows from a constant, and store it
    in the plain layout.
    """
    repeats = (-(-height // 2), -(-width // 2))
    return np.ascontiguousarray(np.tile(_ORDER, repeats)[None, None, :height, :width])


def enlarged(graph: GraphBuilder, value: Value, pooled: str) -> str:
    """Each number of the pooled value in all of its window; 0 in a row or column left over."""
    twice = graph.constant(np.array([1, 1, 2, 2], np.float32), "twice")
    large = graph.op(
        *("Resize", pooled, "", twice),
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    rest = [value.height % 2, value.width % 2]
    return per_channel(graph, large, value.channels, 1.0, [0, 0, *rest]) if any(rest) else large


def _layer(convolution: str) -> str:
    return convolution.replace("conv", "relu")
