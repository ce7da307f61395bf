"""3×3 convolutions with 4 products for each 9, as Winograd's minimal filtering has them.

Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016, F(2×2, 3×3): from each
4×4 window of the input, every 2 pixels, 16 sums are made; each of them goes through a matrix of its
own, over the channels; and sums of what these give are 2×2 pixels of the output.

Sums of the input are convolutions with a channel each, the matrices are convolutions of 1×1, so all
but the last step stays in ONNX Runtime's blocked layout. It pays where there are many channels and
not too few pixels: with 512 channels a convolution of 32×32 pixels takes 0.62 of the time, with 256
channels one of 64×64 takes 0.76, and an evaluation at 256×256 takes 0.86 (VGG-16, two cores).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.graph_builder import GraphBuilder, per_channel

Array = NDArray[np.float32]

FEWEST_CHANNELS = 256
FEWEST_PRODUCTS = 10**8
"""Channels in times channels out times pixels. For fewer, more weights cost more than is gained."""

_INPUT = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]], np.float32)
"""Bᵀ of the article: sums of a window's rows, or columns."""

_KERNEL = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, -1]], np.float32)
"""G of the article, but for the sign of the last row, which lets `_pixels` add it."""


def is_worthwhile(kernel: tuple[int, ...], height: int, width: int) -> bool:
    """Whether a convolution with a kernel of this shape, (O, C, 3, 3), is quicker in this way."""
    outputs, inputs, *_ = kernel
    enough = outputs * inputs * height * width >= FEWEST_PRODUCTS
    return enough and min(outputs, inputs) >= FEWEST_CHANNELS


def convolved(
    graph: GraphBuilder,
    value: str,
    size: tuple[int, int],
    kernel: Array,
    name: str,
    bias: str | None = None,
) -> str:
    """A convolution, padded with zeros to the size of its input.

    Args:
        graph: where the nodes go.
        value: (1, C, *size).
        size: height and width.
        kernel: (O, C, 3, 3).
        name: of the kernel; what is made of it is stored under names that begin with it.
        bias: (O,), or None for 0.

    Returns:
        (1, O, *size).
    """
    outputs, channels = kernel.shape[:2]
    height, width = size
    taps = graph.constant(kernel.reshape(outputs, channels, 1, 9), f"{name}.taps")
    products = []
    for row, column in itertools.product(range(4), repeat=2):
        # ONNX Runtime computes the matrix once, when the session is opened; stored in the graph, it
        # would be in memory several times over.
        combination = np.outer(_KERNEL[row], _KERNEL[column]).reshape(9, 1)
        matrix = graph.op("MatMul", taps, graph.constant(combination, f"taps_{row}_{column}"))
        sums = np.tile(np.outer(_INPUT[row], _INPUT[column]), (channels, 1, 1, 1))
        summed = graph.op(
            *("Conv", value, graph.constant(sums, f"sums_{row}_{column}_{channels}")),
            group=channels,
            kernel_shape=[4, 4],
            strides=[2, 2],
            pads=[1, 1, 1 + height % 2, 1 + width % 2],
        )
        # Each pixel is a sum of products that holds the one of the windows' middle just once.
        parameters = (bias,) if bias and row == column == 1 else ()
        products.append(graph.op("Conv", summed, matrix, *parameters, kernel_shape=[1, 1]))
    columns = [_pixels(graph, products[column::4], outputs) for column in range(4)]
    pixels = [one for row in zip(*columns, strict=True) for one in _pixels(graph, row, outputs)]
    together = graph.op("Concat", *pixels, axis=1)
    result = graph.op("DepthToSpace", together, blocksize=2, mode="DCR")
    for axis, length in ((2, height), (3, width)):
        if length % 2:
            result = graph.slice(result, axis, 0, length)
    return result


def _pixels(graph: GraphBuilder, products: Sequence[str], channels: int) -> tuple[str, str]:
    """Aᵀ of the article: the two pixels of a column, or a row, that four products are sums of."""
    first, second, third, fourth = products
    negative = per_channel(graph, third, channels, -1.0)
    return (
        graph.op("Add", graph.op("Add", second, third), first),
        graph.op("Add", graph.op("Add", negative, second), fourth),
    )
