"""The filter network as ONNX graphs: one walk through its layers, for every use.

In one place the graphs differ from the network in PyTorch, and give the same: its last doubling and
the convolution after it become one convolution with four times as many channels at half the size,
whose values are then spread over the pixels. ONNX Runtime's blocked layout pads the 3 channels of
the former to 16, which takes a third of all time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from styleplug.filters.architecture import (
    BLOCKS,
    INNER_MARGIN,
    LOCAL_CONTRAST_FLOOR,
    LOCAL_CONTRAST_WINDOW,
    LUMA,
    MARGIN,
    STRIDE,
)
from styleplug.runtime.graph_builder import GraphBuilder

Parameters = Callable[[str], tuple[str, ...]]
"""The weight, and where there is one the bias, of a convolution of this name, as float32 values."""

Normalise = Callable[[str], str]
"""The normalised values of some values; it is asked in the order of `architecture.NORMALISED`."""


class NetworkGraph:
    """Writes the network's layers into a graph.

    Args:
        graph: to write into.
        parameters: where the convolutions' weights are.
        normalise: what the instance normalisations become; by default they are in the parameters.
    """

    def __init__(
        self,
        graph: GraphBuilder,
        parameters: Parameters,
        normalise: Normalise = lambda values: values,
    ) -> None:
        self._graph = graph
        self._parameters = parameters
        self._normalise = normalise

    def whole(self, image: str) -> tuple[str, str]:
        """From a picture in [0, 1] with margins of `MARGIN` to one with `INNER_MARGIN`.

        Takes (1, 3, H, W), both sides multiples of `STRIDE`; gives (1, 3, H - 16, W - 16), and the
        bottleneck on the way to it, (1, EIGHTH, H / 8 - 2, W / 8 - 2).
        """
        half, quarter = self._encoded(image)
        bottleneck = self._bottleneck(image, quarter)
        twice = self._padded(self._twice(bottleneck), "edge")
        half, quarter = self._cut(half, 2), self._cut(quarter, 4)
        return self._decoded(twice, quarter, half), bottleneck

    def tile(self, image: str, twice: str) -> str:
        """Part of a picture whose bottleneck is known.

        Takes (1, 3, H, W), both sides multiples of `STRIDE`, and the bottleneck at twice its size
        with one value more on each side, (1, EIGHTH, H / 4 + 2, W / 4 + 2); gives (1, 3, H, W), of
        which the outer 10 pixels, less than `MARGIN`, depend on what isn't there.
        """
        half, quarter = self._encoded(image)
        return self._decoded(twice, quarter, half)

    def _encoded(self, image: str) -> tuple[str, str]:
        """The picture at a half and at a quarter of its size."""
        half = self._activated(self._conv(image, "encode_half", size=5, stride=2))
        return half, self._activated(self._conv(half, "encode_quarter", stride=2))

    def _bottleneck(self, image: str, quarter: str) -> str:
        op = self._graph.op
        local_contrast = self._conv(self._local_contrast(image), "encode_relief", stride=2)
        eighth = op("Add", self._conv(quarter, "encode_eighth", stride=2), local_contrast)
        # What zeros reach must stay out of statistics.
        current = self._cut(self._activated(eighth), STRIDE)
        for block in range(BLOCKS):
            first, second = f"blocks.{2 * block}", f"blocks.{2 * block + 1}"
            padded = self._padded(current, "reflect")
            inner = self._activated(self._conv(padded, first, padding=0))
            padded = self._padded(inner, "reflect")
            outer = self._normalise(self._conv(padded, second, padding=0))
            current = op("Add", outer, current)
        return current

    def _decoded(self, twice: str, quarter: str, half: str) -> str:
        """The picture from its bottleneck at twice the size, and one more on each side, and from
        what it was before that."""
        op = self._graph.op
        current = self._activated(self._conv(twice, "decode_quarter", padding=0))
        current = self._twice(op("Add", current, quarter))
        current = self._activated(self._conv(current, "decode_half"))
        return self._picture(op("Add", current, half))

    def _activated(self, values: str) -> str:
        return self._graph.op("Relu", self._normalise(values))

    def _padded(self, values: str, mode: str) -> str:
        """Values with one more on each side."""
        pads = self._graph.integers(0, 0, 1, 1, 0, 0, 1, 1)
        return self._graph.op("Pad", values, pads, mode=mode)

    def _conv(
        self, values: str, name: str, size: int = 3, stride: int = 1, padding: int | None = None
    ) -> str:
        """A convolution, padded with zeros to the size of its input unless it is told otherwise."""
        return self._graph.op(
            "Conv",
            values,
            *self._parameters(name),
            kernel_shape=[size, size],
            strides=[stride, stride],
            pads=[size // 2 if padding is None else padding] * 4,
        )

    def _cut(self, values: str, stride: int) -> str:
        """Values without what lies beyond the inner margin, at a stride-th of the size."""
        border, integers = (MARGIN - INNER_MARGIN) // stride, self._graph.integers
        return self._graph.op(
            "Slice",
            values,
            integers(border, border),
            integers(-border, -border),
            integers(2, 3),
        )

    def _twice(self, values: str) -> str:
        """Values at twice the size, by linear interpolation along both axes."""
        op, constant = self._graph.op, self._graph.constant
        scales = constant(np.array([1, 1, 2, 2], np.float32), "twice")
        return op(
            "Resize",
            values,
            "",
            scales,
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )

    def _picture(self, values: str) -> str:
        """The last layer, on values of half the size."""
        op, integers = self._graph.op, self._graph.integers
        weight, bias = self._parameters("decode_picture")
        # How much of each row, 0..2, there is in the doubled ones under the taps of an even and of
        # an odd pixel.
        quarters = [[[3, 1, 0], [1, 3, 3], [0, 0, 1]], [[1, 0, 0], [3, 3, 1], [0, 1, 3]]]
        falls = np.array(quarters, np.float32).reshape(6, 3) / 4
        columns = self._graph.constant(np.ascontiguousarray(falls.T))
        rows = self._graph.constant(falls)
        spread = op("MatMul", rows, op("MatMul", weight, columns))  # (3, C, 2·3, 2·3)
        spread = op("Reshape", spread, integers(3, -1, 2, 3, 2, 3))
        spread = op("Transpose", spread, perm=[0, 2, 4, 1, 3, 5])
        spread = op("Reshape", spread, integers(12, -1, 3, 3))
        four = op("Gather", bias, self._graph.constant(np.repeat(np.arange(3), 4)))
        phases = op(
            *("Conv", values, spread, four), kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4
        )
        return op("DepthToSpace", op("Sigmoid", phases), blocksize=2, mode="CRD")

    def _local_contrast(self, image: str) -> str:
        """As `styleplug.filters.training.network.local_contrast`."""
        op, constant = self._graph.op, self._graph.constant
        weights = np.array(LUMA, np.float32).reshape(1, 3, 1, 1) / 16 * np.ones((4, 4), np.float32)
        luma = op("Conv", image, constant(weights), kernel_shape=[4, 4], strides=[4, 4])
        centred = op("Sub", luma, self._surroundings(luma))
        variance = self._surroundings(op("Mul", centred, centred))
        floor = constant(LOCAL_CONTRAST_FLOOR**2)
        return op("Div", centred, op("Sqrt", op("Add", variance, floor)))

    def _surroundings(self, values: str) -> str:
        window = LOCAL_CONTRAST_WINDOW
        return self._graph.op(
            "AveragePool", values, kernel_shape=[window, window], pads=[window // 2] * 4
        )
