"""ONNX Runtime as an engine, by graphs of inference operators for one shape of window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.session import Session
from styleplug.transfer import graphs
from styleplug.transfer.engine import Engine, Gradient
from styleplug.transfer.loss import Loss
from styleplug.transfer.memory import MemoryModel
from styleplug.transfer.terms.term import Window
from styleplug.vgg.gradient import Network, argmax_tiebreak

Array = NDArray[np.float32]


class OnnxEngine(Engine):
    """The network, on its device.

    Raises, when a session is opened:
        ConfigError: the device isn't there or doesn't start.
        MissingDependencyError: ONNX Runtime isn't installed.
    """

    name = "onnx"
    precision = "float32"
    cost_in_forward_passes = 2.8
    memory = MemoryModel(fixed=190e6, weights=4.0, fewer_products=9.0, features=3.4, tiles=2.5)
    numerics: Mapping[str, str | int] = {}

    def __init__(self, network: Network) -> None:
        self.network, self.architecture = network, network.architecture
        self.on_host = network.is_on_cpu
        self._key: tuple[object, ...] = ()
        self._session: Session | None = None

    @property
    def device(self) -> str:
        return self.network.runs_on

    def to_device(self, array: NDArray[np.floating]) -> Array:
        return np.asarray(array, np.float32)

    def to_numpy(self, array: Array) -> Array:
        return array

    def forward(self, pixels: Array, window: Window, *, differentiable: bool) -> OnnxPass:
        return OnnxPass(self, np.ascontiguousarray(pixels), window.converted(self.to_device))

    def fused(self, loss: Loss) -> Callable[[Array], Gradient]:
        return FusedObjective(self.network, loss)

    def release(self) -> None:
        self._session = None

    def run(
        self,
        make_graph: Callable[[Network, tuple[int, int], Window], bytes],
        kind: str,
        pixels: Array,
        window: Window,
        inputs: Mapping[str, Array],
    ) -> list[Array]:
        """What a graph of this kind gives for a window.

        There is one session at a time, for one kind of graph and one shape of window. To open
        another takes half a second.
        """
        shape = pixels.shape[2:]
        key = (kind, shape, window.terms)
        if self._session is None or key != self._key:
            self._session = None  # the old one's memory goes before the new one's is taken
            graph = make_graph(self.network, shape, window)
            self._session, self._key = self.network.open_session(graph), key
        return self._session.run(
            None, {graphs.PICTURE: pixels, **graphs.window_inputs(window), **inputs}
        )


class OnnxPass:
    """Of one window; see `styleplug.transfer.engine.ForwardPass`. It runs when it is asked."""

    def __init__(self, engine: OnnxEngine, pixels: Array, window: Window) -> None:
        self.engine, self.pixels, self.window = engine, pixels, window

    def statistics(self) -> list[NDArray[np.float64]]:
        found = self.engine.run(graphs.statistics_graph, "statistics", self.pixels, self.window, {})
        return [one.astype(np.float64) for one in found]

    def gradient(self, by_statistics: Sequence[NDArray[np.float64]]) -> Array:
        with np.errstate(over="ignore"):  # the loss is infinite then, which is told where it's seen
            derivatives = {
                f"by_statistic_{i}": np.asarray(by, np.float32)
                for i, by in enumerate(by_statistics)
            }
        [gradient] = self.engine.run(
            partial(graphs.gradient_graph, by_statistics=derivatives),
            "gradient",
            self.pixels,
            self.window,
            derivatives | _order(self.engine.network, *self.pixels.shape[2:]),
        )
        return gradient


class FusedObjective:
    """Errors and gradient of whole pictures, as one graph.

    The session is opened at the first picture, for its size, which takes half a second. Leaving
    the size open made an evaluation neither slower nor faster, but which rows and columns pooling
    leaves over is part of the graph, and differs from scale to scale.
    """

    def __init__(self, network: Network, loss: Loss) -> None:
        self.network, self.loss = network, loss
        self._order = _order(network, *loss.levels[0].size)
        self._session: Session | None = None

    def __call__(self, picture: Array) -> Gradient:
        if self._session is None:
            graph = graphs.fused_graph(self.network, self.loss)
            self._session = self.network.open_session(graph)
        inputs = {graphs.PICTURE: picture, **self._order}
        content, style, gradient = self._session.run(None, inputs)
        return Gradient(float(content), float(style), gradient)


def _order(network: Network, height: int, width: int) -> dict[str, Array]:
    """What graphs with a gradient are fed with besides."""
    if network.pooling != "max":
        return {}
    return {graphs.ORDER: argmax_tiebreak(height, width)}
