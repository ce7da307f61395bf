"""Writing an ONNX graph node by node, each value going by a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime import onnx_format
from styleplug.runtime.protobuf import Message


class GraphBuilder:
    """Collects nodes and constants; `model` makes a graph of them."""

    def __init__(self) -> None:
        self._nodes: list[Message] = []
        self._constants: dict[str, NDArray[Any]] = {}
        self._inputs: list[Message] = []
        self._outputs: list[Message] = []

    def input(self, name: str, shape: tuple[int | str, ...]) -> str:
        """A float32 input; a side that goes by a name is free."""
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

    def output(self, name: str, value: str, shape: tuple[int | str, ...]) -> None:
        """Give a value out by a name of its own."""
        self._nodes.append(onnx_format.node("Identity", [value], name))
        self._outputs.append(onnx_format.value(name, shape))

    def op(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """A node with one output, whose name is returned."""
        output = f"{operator}_{len(self._nodes)}"
        self._nodes.append(onnx_format.node(operator, inputs, output, **attributes))
        return output

    def integers(self, *values: int) -> str:
        """A constant of whole numbers, for shapes, axes and the like."""
        return self.constant(np.array(values, np.int64))

    def slice(self, value: str, axis: int, start: int, stop: int) -> str:
        """What lies from start to before stop along an axis."""
        return self.op("Slice", value, *map(self.integers, (start, stop, axis)))

    def model(
        self, outputs: tuple[str, ...] = (), metadata: Mapping[str, str] | None = None
    ) -> bytes:
        """The graph, serialised; its outputs are float32, those named here after the others."""
        return onnx_format.model(
            self._nodes,
            self._inputs,
            [*self._outputs, *(onnx_format.value(name, None) for name in outputs)],
            [onnx_format.tensor(name, array) for name, array in self._constants.items()],
            metadata,
        )


def per_channel(
    graph: GraphBuilder, value: str, channels: int, factor: float, pads: Iterable[int] = ()
) -> str:
    """A value times a factor, as a convolution, which stays in the blocked layout."""
    weight = np.full((channels, 1, 1, 1), factor, np.float32)
    name = graph.constant(weight, f"factor_{factor}_{channels}")
    attributes = {"pads": [*pads]} if pads else {}
    return graph.op("Conv", value, name, group=channels, kernel_shape=[1, 1], **attributes)
