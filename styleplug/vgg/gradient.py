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

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.graph_builder import per_channel
from styleplug.runtime.models import Model
from styleplug.runtime.providers import CPU, device_name
from styleplug.runtime.session import Session, open_session, working_provider
from styleplug.vgg import winograd
from styleplug.vgg.expression import Expression
from styleplug.vgg.graph import CONVOLUTION, POOLING_WINDOW, POOLINGS
from styleplug.vgg.layers import Convolution
from styleplug.vgg.weights import load_weights

Array = NDArray[np.float32]

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
        self.architecture, self.mean, self.weights = load_weights(model)
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


class _Step(NamedTuple):
    """A convolution with its ReLU: what goes in, what comes out, what was pooled before it."""

    convolution: Convolution
    input: Expression
    output: Expression
    pooled: Expression | None


class DifferentiablePass:
    """One run of the network over a picture: `features` by layer, and then their `gradient`.

    Values are (1, channels, height, width).

    Args:
        network: its weights are stored in the graph once, however many passes there are.
        picture: RGB in [0, 1]; its graph is where the nodes go.
        layers: the ones to have features of; the pass ends at the deepest.
        order: for max pooling, the name of `argmax_tiebreak`, as large as the picture or larger.
    """

    def __init__(
        self,
        network: Network,
        picture: Expression,
        layers: Collection[str],
        order: str | None,
    ) -> None:
        self.graph, self.network, self.order = picture.graph, network, order
        self.steps = list(self._forward(picture, layers))
        self.features = {
            step.convolution.layer: step.output
            for step in self.steps
            if step.convolution.layer in layers
        }

    def gradient(self, by_features: Mapping[str, Expression]) -> Expression:
        """The gradient with respect to the picture, from those with respect to the features."""
        gradient = None
        for step in reversed(self.steps):
            gradient = self._before_relu(step, gradient, by_features.get(step.convolution.layer))
            gradient = self._convolved_back(step, gradient)
            if step.pooled is not None:
                gradient = self._pooled_back(step.pooled, step.input, gradient)
        assert gradient is not None, "a network has layers"
        return gradient

    def _forward(self, picture: Expression, layers: Collection[str]) -> Iterator[_Step]:
        graph, weights = self.graph, self.network.weights
        mean = graph.constant(self.network.mean.reshape(1, 3, 1, 1), "mean")
        current = picture.op("Sub", mean)
        for convolution in self.network.architecture.up_to(layers):
            pooled = None
            if convolution.follows_pooling:
                pooled, current = current, _pool(current, POOLINGS[self.network.pooling])
            weight, bias = (f"{convolution.name}.{kind}" for kind in ("weight", "bias"))
            convolved = self._convolved(
                current, weights[weight], weight, graph.constant(weights[bias], bias)
            )
            output = convolved.op("Relu")
            yield _Step(convolution, current, output, pooled)
            current = output

    def _before_relu(
        self, step: _Step, gradient: Expression | None, by_features: Expression | None
    ) -> Expression:
        """The gradient with respect to what a ReLU was given."""
        if by_features is not None:
            # The factor 1 brings it into the blocked layout, and is fused with the addition.
            by_features = scaled(by_features, 1.0)
            gradient = by_features if gradient is None else gradient + by_features
        assert gradient is not None, "the deepest layer is one that was asked for"
        if by_features is None and self._is_masked(step.output):
            return gradient
        return gradient * self._is_positive(step.output)

    def _is_masked(self, value: Expression) -> bool:
        """Whether the value's gradient comes from max pooling, which lets only winners through."""
        return self.network.pooling == "max" and any(step.pooled is value for step in self.steps)

    def _convolved_back(self, step: _Step, gradient: Expression) -> Expression:
        kernel = self.network.weights[f"{step.convolution.name}.weight"]
        swapped = kernel.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
        return self._convolved(gradient, swapped, f"{step.convolution.name}.swapped")

    def _convolved(self, value: Expression, kernel: Array, name: str, *bias: str) -> Expression:
        """A value convolved with a kernel that goes by a name in the graph."""
        height, width = value.shape[2:]
        shape = 1, len(kernel), height, width
        if self.network.is_on_cpu and winograd.is_worthwhile(kernel.shape, height, width):
            size = height, width
            convolved = winograd.convolved(self.graph, value.name, size, kernel, name, *bias)
            return Expression(self.graph, convolved, shape)
        weight = self.graph.constant(kernel, name)
        return value.op("Conv", weight, *bias, shape=shape, **CONVOLUTION)

    def _pooled_back(
        self, value: Expression, pooled: Expression, gradient: Expression
    ) -> Expression:
        """The gradient with respect to what was pooled, from that with respect to the result."""
        if self.network.pooling == "avg":
            return enlarged(scaled(gradient, 0.25), value.shape)
        # Where the largest is 0, all of its window is, and the ReLU lets nothing through: masking
        # here, at a quarter of the size, spares a mask of the features themselves.
        gradient = gradient * self._is_positive(pooled)
        return enlarged(gradient, value.shape) * self._is_winner(value)

    def _is_positive(self, value: Expression) -> Expression:
        """1 where features are above 0, 0 elsewhere."""
        return scaled(value, 1.0).op("HardSigmoid", alpha=_STEEP, beta=0.0)

    def _is_winner(self, value: Expression) -> Expression:
        """1 where a feature is its window's largest, and the first of those, as in PyTorch."""
        graph, (_, channels, height, width) = self.graph, value.shape
        assert self.order is not None, "max pooling needs an order"
        order = graph.slice(self.order, 2, 0, height)
        order = graph.slice(order, 3, 0, width)
        ones = graph.constant(np.ones((channels, 1, 1, 1), np.float32), f"ones_{channels}")
        keys = value.op("Mul", graph.op("Conv", order, ones, kernel_shape=[1, 1]))
        largest = _pool(keys, "MaxPool")
        difference = scaled(keys, _STEEP) + enlarged(scaled(largest, -_STEEP), value.shape)
        return difference.op("HardSigmoid", alpha=1.0, beta=1.0)


def argmax_tiebreak(height: int, width: int) -> Array:
    """What a graph with max pooling is to be fed with as its `order`, (1, 1, height, width).

    It is an input, for ONNX Runtime would compute ahead what follows from a constant, and store it
    in the plain layout.
    """
    repeats = (-(-height // 2), -(-width // 2))
    return np.ascontiguousarray(np.tile(_ORDER, repeats)[None, None, :height, :width])


def scaled(value: Expression, factor: float) -> Expression:
    """A value times a factor, in the blocked layout."""
    name = per_channel(value.graph, value.name, value.shape[1], factor)
    return Expression(value.graph, name, value.shape)


def enlarged(pooled: Expression, shape: tuple[int, ...]) -> Expression:
    """Each number of the pooled value in all of its window; 0 in a row or column left over."""
    graph, (_, channels, height, width) = pooled.graph, shape
    twice = graph.constant(np.array([1, 1, 2, 2], np.float32), "twice")
    large = graph.op(
        *("Resize", pooled.name, "", twice),
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    if height % 2 or width % 2:
        large = per_channel(graph, large, channels, 1.0, [0, 0, height % 2, width % 2])
    return Expression(graph, large, shape)


def _pool(value: Expression, operator: str) -> Expression:
    *channels, height, width = value.shape
    return value.op(operator, shape=(*channels, height // 2, width // 2), **POOLING_WINDOW)
