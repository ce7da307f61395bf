"""The person mask's graph, from a file of the npm package `@mediapipe/selfie_segmentation`.

usage: python -m styleplug.segmentation.export selfie_segmentation.tflite models/person.onnx

Reading the file takes the package `tflite` (Apache-2.0), which has the classes of its schema; it is
for this command alone. The network is a MobileNetV3 of 16-bit numbers, which the graph keeps, with
a decoder of attention and bilinear doubling. Its last convolution is an operator of MediaPipe's
own, which is a transposed convolution.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.graph_builder import GraphBuilder

PICTURE, MASK = "picture", "mask"
"""Input, (1, 3, 256, 256), RGB in [0, 1]; output, (1, 1, 256, 256), a person's share in [0, 1]."""
_SAME = 0
_ORDERS: Mapping[str, tuple[int, ...]] = {
    "CONV_2D": (0, 3, 1, 2),
    "DEPTHWISE_CONV_2D": (3, 0, 1, 2),
    "Convolution2DTransposeBias": (3, 0, 1, 2),
}
"""Of a kernel in the file, its axes in ONNX's order, by the operator that it is for."""


class _Conversion:
    """A file's operators, written one after another into a graph.

    Args:
        data: of the file.

    Raises:
        ModuleNotFoundError: the package `tflite` isn't installed.
    """

    def __init__(self, data: bytes) -> None:
        import tflite

        self._tflite: Any = tflite
        self._model: Any = tflite.Model.GetRootAsModel(data, 0)
        self._file: Any = self._model.Subgraphs(0)
        self._graph = GraphBuilder("person")
        self._values: dict[int, str] = {}
        self._stored: dict[int, int] = {}  # by a tensor of float32, that of the numbers it is of
        self._operators = {
            number: name
            for name, number in vars(tflite.BuiltinOperator).items()
            if isinstance(number, int)
        }

    def run(self) -> bytes:
        """The graph.

        Raises:
            ValueError: there is an operator that this network doesn't have.
        """
        [start], [end] = self._file.InputsAsNumpy(), self._file.OutputsAsNumpy()
        _, height, width, channels = map(int, self._file.Tensors(start).ShapeAsNumpy())
        self._values[start] = self._graph.input(PICTURE, (1, channels, height, width))
        for index in range(self._file.OperatorsLength()):
            self._convert(self._file.Operators(index))
        self._graph.output(self._values[end], (1, 1, height, width), name=MASK)
        return self._graph.model(
            {
                "licence": "Apache-2.0",
                "source": "@mediapipe/selfie_segmentation, selfie_segmentation.tflite",
                "changes": "another container; channels first; no weight is changed",
            }
        )

    def _convert(self, operator: Any) -> None:
        inputs, [output] = operator.InputsAsNumpy(), operator.OutputsAsNumpy()
        kind = self._name(operator)
        if kind == "DEQUANTIZE":
            self._stored[output] = inputs[0]
        elif kind in _ORDERS:
            self._values[output] = self._convolved(kind, operator, *inputs)
        elif kind == "RESIZE_BILINEAR":
            # Every one of them doubles, between the pixels' middles.
            scales = self._graph.constant(np.array([1, 1, 2, 2], np.float32), "doubled")
            self._values[output] = self._graph.op(
                "Resize", self._values[inputs[0]], "", scales, mode="linear"
            )
        elif kind in _SIMPLE:
            values = (self._values[index] for index in inputs)
            self._values[output] = self._graph.op(_SIMPLE[kind], *values)
        else:
            raise ValueError(f"the file has an operator {kind}, so it holds another network")

    def _name(self, operator: Any) -> str:
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        name = self._operators[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        return str(code.CustomCode(), "utf-8") if name == "CUSTOM" else name

    def _convolved(self, kind: str, operator: Any, values: int, kernel: int, bias: int) -> str:
        weights = self._numbers(kernel).transpose(_ORDERS[kind])
        inputs = (
            self._values[values],
            self._constant(kernel, weights),
            self._constant(bias, self._numbers(bias)),
        )
        if kind == "Convolution2DTransposeBias":
            return self._graph.op("ConvTranspose", *inputs, strides=[2, 2])
        depthwise = kind == "DEPTHWISE_CONV_2D"
        options = self._options(operator, depthwise)
        return self._graph.op(
            "Conv",
            *inputs,
            auto_pad="SAME_UPPER" if options.Padding() == _SAME else "VALID",
            group=len(weights) if depthwise else 1,
            strides=[options.StrideH(), options.StrideW()],
        )

    def _options(self, operator: Any, depthwise: bool) -> Any:
        kinds = self._tflite.Conv2DOptions, self._tflite.DepthwiseConv2DOptions
        options, table = kinds[depthwise](), operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options

    def _numbers(self, index: int) -> NDArray[np.float16]:
        tensor = self._file.Tensors(self._stored[index])
        data = self._model.Buffers(tensor.Buffer()).DataAsNumpy()
        return np.frombuffer(data.tobytes(), "<f2").reshape(tensor.ShapeAsNumpy())

    def _constant(self, index: int, numbers: NDArray[np.float16]) -> str:
        """An array, made of its small numbers when the graph is loaded."""
        stored = self._graph.constant(np.ascontiguousarray(numbers), f"stored_{index}")
        return self._graph.op("Cast", stored, to=1)


_SIMPLE: Mapping[str, str] = {
    "ADD": "Add",
    "AVERAGE_POOL_2D": "GlobalAveragePool",  # each of them is over all places
    "HARD_SWISH": "HardSwish",
    "LOGISTIC": "Sigmoid",
    "MUL": "Mul",
    "RELU": "Relu",
}
"""ONNX's names of operators that take values alone."""


def export_onnx(data: bytes) -> bytes:
    """The graph of a file's network.

    Raises:
        ValueError: there is an operator that this network doesn't have.
        ModuleNotFoundError: the package `tflite` isn't installed.
    """
    return _Conversion(data).run()


def main(arguments: Any = None) -> None:
    """The command; see the module's text."""
    file, output = map(Path, arguments or sys.argv[1:])
    output.write_bytes(export_onnx(file.read_bytes()))


if __name__ == "__main__":
    main()
