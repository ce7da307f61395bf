"""Writing a VGG network as the one ONNX graph that the encoder, the mirror and the objective share.

The graph's contract stands in `models/README.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from styleplug.errors import ModelError
from styleplug.runtime.graph_builder import GraphBuilder
from styleplug.vgg.graph import feature_shape, write_layers
from styleplug.vgg.layers import Architecture
from styleplug.vgg.weights import Weights

Array = NDArray[np.float32]


def export_onnx(
    architecture: Architecture,
    mean: Array,
    weights: Mapping[str, Array],
    *,
    metadata: Mapping[str, str],
    dtype: type[np.float16] | type[np.float32] = np.float16,
) -> bytes:
    """The network as a serialised ONNX model; the same arguments give the same bytes.

    Args:
        architecture: the layers to write.
        mean: (3,), RGB in [0, 1], subtracted by a node of its own before conv1_1.
        weights: for each convolution "NAME.weight" (out, in, 3, 3) and "NAME.bias" (out,), float32;
            those of conv1_1 take RGB in [0, 1] less the mean, so that every scale is folded in.
        metadata: licence, attribution, source and the like, kept in the model.
        dtype: how the weights are stored; they are cast to float32 once, when a session is opened.

    Raises:
        ModelError: weights are missing, have wrong shapes, or can't be stored as `dtype`.
    """
    mean = np.asarray(mean, np.float32)
    if mean.shape != (3,) or not np.isfinite(mean).all():
        raise ModelError(architecture.name, f"the mean must be 3 numbers, not {mean!r}")
    stored = Weights(architecture, mean, _stored(architecture, weights, dtype))
    graph = GraphBuilder(architecture.name)
    write_layers(graph, stored, architecture.layers)
    for convolution in architecture.convolutions:
        graph.output(convolution.layer, feature_shape(convolution))
    facts = {**metadata, **_facts(architecture, dtype)}
    data = graph.model(dict(sorted(facts.items())), producer="styleplug")
    onnx.checker.check_model(data)
    return data


def _facts(architecture: Architecture, dtype: type[np.generic]) -> dict[str, str]:
    """What is true of every exported graph, whatever its weights came from."""
    return {
        "architecture": architecture.name,
        "changes": "no classifier; channels put in RGB order and scales folded into conv1_1; "
        f"weights rounded to {dtype.__name__}",
        "channel_order": "RGB",
        "preprocessing": "RGB in [0, 1]; the graph subtracts the mean; every scale is in conv1_1",
    }


def _stored(
    architecture: Architecture,
    weights: Mapping[str, Array],
    dtype: type[np.float16] | type[np.float32],
) -> dict[str, NDArray[Any]]:
    """The arrays as they are stored, if there are all, and of the right shapes."""
    shapes: dict[str, tuple[int, ...]] = {}
    for name, channels, width in architecture.convolutions:
        shapes |= {f"{name}.weight": (width, channels, 3, 3), f"{name}.bias": (width,)}
    stored = {}
    for key, shape in shapes.items():
        if key not in weights:
            raise ModelError(architecture.name, f"{key} is missing")
        if weights[key].shape != shape:
            raise ModelError(
                architecture.name, f"{key} is {weights[key].shape}, but must be {shape}"
            )
        with np.errstate(over="ignore"):
            array = np.ascontiguousarray(weights[key], dtype)
        if not np.isfinite(array).all():
            raise ModelError(
                architecture.name, f"{key} holds numbers that {dtype.__name__} can't hold"
            )
        stored[key] = array
    return stored
