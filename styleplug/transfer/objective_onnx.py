"""The loss and its gradient with respect to the picture, from ONNX Runtime alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.session import Session
from styleplug.transfer.balance import Balance
from styleplug.transfer.memory_plan import Footprint
from styleplug.transfer.objective import Engine, Evaluation
from styleplug.transfer.objective_graph import ORDER, PICTURE, objective_graph
from styleplug.transfer.targets import Targets
from styleplug.transfer.tiles_onnx import OnnxTilePasses
from styleplug.vgg.gradient import Network, order_of_winners

Array = NDArray[np.float32]


def onnx_engine(network: Network) -> Engine:
    """ONNX Runtime as an engine, on the network's device."""
    return Engine(
        name="onnx",
        forwards=2.8,
        footprint=Footprint(
            fixed=190_000_000, weights=4.0, fewer_products=9.0, features=3.4, tiles=2.5
        ),
        on_host=network.is_on_cpu,
        device=lambda: network.runs_on,
        make_objective=partial(OnnxObjective, network),
        tile_passes=OnnxTilePasses(network),
    )


class OnnxObjective:
    """The objective of `styleplug.transfer.objective`, as one graph of inference operators.

    The session is opened at the first picture, for its size, which takes half a second. Leaving
    the size open made an evaluation neither slower nor faster, but which rows and columns pooling
    leaves over is part of the graph, and differs from scale to scale.

    Raises:
        ConfigError: the device isn't there or doesn't start.
        MissingDependencyError: ONNX Runtime isn't installed.
    """

    def __init__(
        self,
        network: Network,
        targets: Sequence[Targets],
        *,
        content_layers: Mapping[str, float],
        style_layers: Mapping[str, float],
        balance: Balance,
        tv_weight: float = 0.0,
    ) -> None:
        self.network, self.targets = network, targets
        self.content_layers, self.style_layers = content_layers, style_layers
        self.balance, self.tv_weight = balance, tv_weight
        self._session: Session | None = None
        self._inputs: dict[str, Array] = {}

    def picture(self, batch: Array) -> Array:
        return batch

    def batch(self, picture: Array) -> Array:
        return picture

    def __call__(self, picture: Array) -> Evaluation:
        session = self._session or self._open(picture.shape[2], picture.shape[3])
        *errors, gradient = session.run(None, {**self._inputs, PICTURE: picture})
        return Evaluation.of(self.balance, self.tv_weight, *map(float, errors), gradient=gradient)

    def _open(self, height: int, width: int) -> Session:
        graph = objective_graph(
            self.network,
            (height, width),
            self.targets,
            content_layers=self.content_layers,
            style_layers=self.style_layers,
            balance=self.balance,
            tv_weight=self.tv_weight,
        )
        if self.network.pooling == "max":
            self._inputs[ORDER] = order_of_winners(height, width)
        self._session = self.network.open_session(graph)
        return self._session
