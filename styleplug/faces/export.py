"""The face detector's graph, from the weights that the npm package `@vladmandic/face-api` carries.

usage: python -m styleplug.faces.export MANIFEST.json WEIGHTS.bin models/faces.onnx

They are `model/tiny_face_detector_model-weights_manifest.json` and `….bin` of the package: 193 kB,
numbers of 8 bits with a scale and an offset for each array, which the graph keeps as they are. The
network is a small YOLOv2 (Redmon and Farhadi 2017, "YOLO9000") of depthwise separable convolutions.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.graph_builder import GraphBuilder

PICTURE, CELLS = "picture", "cells"
"""Input, (1, 3, H, W), RGB in [0, 1], sides multiples of `STRIDE`; output, (1, 25, H/32, W/32)."""
_MEAN = (117.001, 114.697, 97.404)
_SEPARABLE = ("conv1", "conv2", "conv3", "conv4", "conv5")
_LEAK = 0.1

Weights = dict[str, tuple[NDArray[np.uint8], float, float]]
"""By name: numbers in the order of TensorFlow (h, w, in, out), their scale, and their offset."""


def read_weights(manifest: bytes, data: bytes) -> Weights:
    """The arrays of the two files.

    Raises:
        ValueError: they don't belong together.
    """
    weights: Weights = {}
    start = 0
    for entry in json.loads(manifest)[0]["weights"]:
        end = start + math.prod(entry["shape"])
        numbers = np.frombuffer(data[start:end], np.uint8).reshape(entry["shape"])
        weights[entry["name"]] = (
            numbers,
            entry["quantization"]["scale"],
            entry["quantization"]["min"],
        )
        start = end
    if start != len(data):
        raise ValueError(
            f"the manifest speaks of {start} bytes of weights, but there are {len(data)}"
        )
    return weights


def export_onnx(weights: Weights) -> bytes:
    """The graph, for pictures of any size."""
    graph = GraphBuilder("faces")
    values = graph.input(PICTURE, ("N", 3, "H", "W"))
    mean = np.array(_MEAN, np.float32).reshape(1, 3, 1, 1) / 255
    values = graph.op("Sub", values, graph.constant(mean.astype(np.float32)))
    values = _activated(graph, _convolved(graph, values, weights, "conv0", pad=0))
    for name in _SEPARABLE:
        values = _pooled(graph, values, stride=2)
        values = _activated(graph, _separable(graph, values, weights, name))
    values = _pooled(graph, values, stride=1)
    values = _convolved(graph, values, weights, "conv8", pad=0)
    graph.output(values, name=CELLS)
    return graph.model({"licence": "MIT", "source": "@vladmandic/face-api, tiny_face_detector"})


def _convolved(graph: GraphBuilder, values: str, weights: Weights, name: str, pad: int) -> str:
    kernel = _constant(graph, weights, f"{name}/filters", (3, 2, 0, 1))
    bias = _constant(graph, weights, f"{name}/bias", (0,))
    return graph.op("Conv", values, kernel, bias, pads=[pad] * 4)


def _separable(graph: GraphBuilder, values: str, weights: Weights, name: str) -> str:
    filters = f"{name}/depthwise_filter"
    channels = weights[filters][0].shape[2]
    depthwise = _constant(graph, weights, filters, (2, 3, 0, 1))
    values = graph.op("Conv", values, depthwise, pads=[1] * 4, group=channels)
    pointwise = _constant(graph, weights, f"{name}/pointwise_filter", (3, 2, 0, 1))
    return graph.op("Conv", values, pointwise, _constant(graph, weights, f"{name}/bias", (0,)))


def _activated(graph: GraphBuilder, values: str) -> str:
    return graph.op("LeakyRelu", values, alpha=_LEAK)


def _pooled(graph: GraphBuilder, values: str, stride: int) -> str:
    return graph.op(
        "MaxPool", values, kernel_shape=[2, 2], strides=[stride] * 2, auto_pad="SAME_UPPER"
    )


def _constant(graph: GraphBuilder, weights: Weights, name: str, order: tuple[int, ...]) -> str:
    """An array in ONNX's order, made of its small numbers when the graph is loaded."""
    numbers, scale, offset = weights[name]
    stored = graph.constant(np.ascontiguousarray(numbers.transpose(order)), name)
    floats = graph.op("Cast", stored, to=1)
    scaled = graph.op("Mul", floats, graph.constant(scale))
    return graph.op("Add", scaled, graph.constant(offset))


def main(arguments: Any = None) -> None:
    """The command; see the module's text."""
    manifest, data, output = map(Path, arguments or sys.argv[1:])
    output.write_bytes(export_onnx(read_weights(manifest.read_bytes(), data.read_bytes())))


if __name__ == "__main__":
    main()
