"""Writing an ONNX graph node by node, each value going by a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime import onnx_format
from styleplug.runtime.protobuf import Message

Shape = tuple[int | str, ...]
"""A side that goes by a name is free."""


class GraphBuilder:
    """Collects nodes and constants; `model` makes a graph of them.

    Args:
        name: of the graph.
    """

    def __init__(self, name: str = "styleplug") -> None:
        self._name = name
        self._nodes: list[Message] = []
        self._constants: dict[str, NDArray[Any]] = {}
        self._inputs: list[Message] = []
        self._outputs: list[Message] = []

    def input(self, name: str, shape: Shape) -> str:
        """A float32 input."""
        self._inputs.append(onnx_format.value(name, shape))
        return name

    def constant(self, value: NDArray[Any] | float, name: str | None = None) -> str:
        """A constant, numbers as float32; one with a name is stored the first time only."""
        name = name or f"constant_{len(self._constants)}"
        if name not in self._constants:
            # A weight beyond all numbers makes the loss infinite, which is told where it is seen.
            with np.errstate(over="ignore"):
                self._constants[name] = (
                    value if isinstance(value, np.ndarray) else np.array(value, np.float32)
                )
        return name

    def output(self, value: str, shape: Shape | None = None, name: str | None = None) -> None:
        """Give a float32 value out, by another name if one is given."""
        if name is not None:
            value = self.op("Identity", value, name=name)
        self._outputs.append(onnx_format.value(value, shape))

    def op(self, operator: str, *inputs: str, name: str | None = None, **attributes: Any) -> str:
        """A node with one output, which goes by this name, or one that is made for it; returns the
        name."""
        name = name or f"{operator}_{len(self._nodes)}"
        self._nodes.append(onnx_format.node(operator, inputs, name, **attributes))
        return name

    def integers(self, *values: int) -> str:
        """A constant of whole numbers, for shapes, axes and the like."""
        return self.constant(np.array(values, np.int64))

    def slice(self, value: str, axis: int, start: int, stop: int) -> str:
        """What lies from start to before stop along an axis."""
        return self.op("Slice", value, *map(self.integers, (start, stop, axis)))

    def model(self, metadata: Mapping[str, str] | None = None, producer: str = "") -> bytes:
        """The graph, serialised."""
        return onnx_format.model(
            self._nodes,
            self._inputs,
            self._outputs,
            [onnx_format.tensor(name, array) for name, array in self._constants.items()],
            metadata,
            name=self._name,
            producer=producer,
        )


def per_channel(
    graph: GraphBuilder, value: str, channels: int, factor: float, pads: Iterable[int] = ()
) -> str:
    """A value times a factor, as a convolution, which stays in the blocked layout."""
    weight = np.full((channels, 1, 1, 1), factor, np.float32)
    name = graph.constant(weight, f"factor_{factor}_{channels}")
    attributes: dict[str, Any] = {"pads": [*pads]} if pads else {}
    return graph.op("Conv", value, name, group=channels, kernel_shape=[1, 1], **attributes)
