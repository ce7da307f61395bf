"""The filter network as ONNX graphs: one walk through its layers, for every use.

In one place the graphs differ from the network in PyTorch, and give the same: its last convolution,
5×5 after a doubling by repetition, becomes one of 3×3 with four times as many channels at half the
size, whose values are then spread over the pixels. ONNX Runtime's blocked layout pads the 3
channels of the former to 16, which takes a third of all time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from styleplug.filters.layout import (
    BLOCKS,
    INNER_MARGIN,
    LUMA,
    MARGIN,
    RELIEF_FLOOR,
    RELIEF_WINDOW,
    STRIDE,
)
from styleplug.vgg.graph_builder import GraphBuilder

Parameters = Callable[[str], tuple[str, ...]]
"""The weight, and where there is one the bias, of a convolution of this name, as float32 values."""

Normalise = Callable[[str], str]
"""The normalised values of some values; it is asked in the order of `layout.NORMALISED`."""

_BORDER = MARGIN - INNER_MARGIN


class NetworkGraph:
    """Writes the network's layers into a graph.

    Args:
        graph: to write into.
        parameters: where the convolutions' weights are.
        normalise: what the instance normalisations become; None where they are in the parameters.
    """

    def __init__(
        self, graph: GraphBuilder, parameters: Parameters, normalise: Normalise | None
    ) -> None:
        self._graph = graph
        self._parameters = parameters
        self._normalise = normalise or (lambda values: values)
        # What zeros reach must stay out of statistics. Where there are none, it is cut away from
        # the picture alone: the largest values needn't be copied, and the picture is the same.
        self._cuts_early = normalise is not None

    def filtered(self, image: str) -> str:
        """From a picture in [0, 1] with margins of `MARGIN` to one with `INNER_MARGIN`.

        Takes (1, 3, H, W), both sides multiples of `STRIDE`; gives (1, 3, H - 16, W - 16).
        """
        op, normalise = self._graph.op, self._normalise
        half = op("Relu", normalise(self._encoded("encode_half", image)))
        quarter = op("Relu", normalise(self._encoded("encode_quarter", half)))
        relief = self._encoded("encode_relief", self._relief(image))
        eighth = op("Add", self._encoded("encode_eighth", quarter), relief)
        current = self._cut(op("Relu", normalise(eighth)), STRIDE)
        for block in range(BLOCKS):
            inner = op("Relu", normalise(self._reflected(f"blocks.{2 * block}", current)))
            outer = normalise(self._reflected(f"blocks.{2 * block + 1}", inner))
            current = op("Add", outer, current)
        around = 0 if self._cuts_early else _BORDER // 4
        current = normalise(self._reflected("decode_quarter", self._twice(current), around))
        current = op("Add", op("Relu", current), self._beside(quarter, 4))
        current = normalise(self._conv(self._twice(current), self._parameters("decode_half")))
        current = op("Add", op("Relu", current), self._beside(half, 2))
        picture = self._picture(current)
        return picture if self._cuts_early else self._cut(picture, 1)

    def _encoded(self, name: str, values: str) -> str:
        size = 5 if name == "encode_half" else 3
        return self._conv(values, self._parameters(name), size, stride=2)

    def _reflected(self, name: str, values: str, around: int = 0) -> str:
        """A convolution whose input is continued by its own reflection, and by zeros around it."""
        pads = self._graph.integers(0, 0, 1, 1, 0, 0, 1, 1)
        padded = self._graph.op("Pad", values, pads, mode="reflect")
        return self._conv(padded, self._parameters(name), padding=around)

    def _conv(
        self,
        values: str,
        parameters: tuple[str, ...],
        size: int = 3,
        stride: int = 1,
        padding: int | None = None,
    ) -> str:
        """A convolution, padded with zeros to the size of its input unless it is told otherwise."""
        return self._graph.op(
            "Conv",
            values,
            *parameters,
            kernel_shape=[size, size],
            strides=[stride, stride],
            pads=[size // 2 if padding is None else padding] * 4,
        )

    def _cut(self, values: str, stride: int) -> str:
        """Values without what lies beyond the inner margin, at a stride-th of the size."""
        border, integers = _BORDER // stride, self._graph.integers
        return self._graph.op(
            "Slice",
            values,
            integers(border, border),
            integers(-border, -border),
            integers(2, 3),
        )

    def _beside(self, values: str, stride: int) -> str:
        """Values of the network's first half, as they are added in the second."""
        return self._cut(values, stride) if self._cuts_early else values

    def _twice(self, values: str) -> str:
        """Each value repeated along both axes."""
        op, constant = self._graph.op, self._graph.constant
        scales = constant(np.array([1, 1, 2, 2], np.float32), "twice")
        return op(
            "Resize",
            values,
            "",
            scales,
            mode="nearest",
            nearest_mode="floor",
            coordinate_transformation_mode="asymmetric",
        )

    def _picture(self, values: str) -> str:
        """The last layer, on values of half the size."""
        op, integers = self._graph.op, self._graph.integers
        weight, bias = self._parameters("decode_picture")
        # Where the taps of a doubled row fall: on which row, 0..2, for even and for odd pixels.
        falls = np.zeros((2, 3, 5), np.float32)
        for odd in range(2):
            for tap in range(5):
                falls[odd, (odd + tap - 2) // 2 + 1, tap] = 1
        columns = self._graph.constant(np.ascontiguousarray(falls.reshape(6, 5).T))
        rows = self._graph.constant(falls.reshape(6, 5))
        spread = op("MatMul", rows, op("MatMul", weight, columns))  # (3, C, 2·3, 2·3)
        spread = op("Reshape", spread, integers(3, -1, 2, 3, 2, 3))
        spread = op("Transpose", spread, perm=[0, 2, 4, 1, 3, 5])
        spread = op("Reshape", spread, integers(12, -1, 3, 3))
        four = op("Gather", bias, self._graph.constant(np.repeat(np.arange(3), 4)))
        phases = op("Sigmoid", self._conv(values, (spread, four)))
        return op("DepthToSpace", phases, blocksize=2, mode="CRD")

    def _relief(self, image: str) -> str:
        """Brightness relative to its surroundings, over their contrast: `network.relief`."""
        op, constant = self._graph.op, self._graph.constant
        weights = np.array(LUMA, np.float32).reshape(1, 3, 1, 1) / 16 * np.ones((4, 4), np.float32)
        luma = op("Conv", image, constant(weights), kernel_shape=[4, 4], strides=[4, 4])
        centred = op("Sub", luma, self._surroundings(luma))
        variance = self._surroundings(op("Mul", centred, centred))
        floor = constant(RELIEF_FLOOR**2)
        return op("Div", centred, op("Sqrt", op("Add", variance, floor)))

    def _surroundings(self, values: str) -> str:
        window = RELIEF_WINDOW
        return self._graph.op(
            "AveragePool", values, kernel_shape=[window, window], pads=[window // 2] * 4
        )
