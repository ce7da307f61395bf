"""Reading a model file of ours: its structure, its layers, its weights."""

from __future__ import annotations

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import numpy_helper

from styleplug.errors import ModelError
from styleplug.vgg.layers import Architecture

Array = NDArray[np.float32]


def load_weights(model_bytes: bytes) -> tuple[Architecture, Array, dict[str, Array]]:
    """A network's layers, mean and weights.

    Returns:
        the architecture, as the shapes of the weights tell it; the mean, (3,), RGB in [0, 1]; and
        for each convolution "NAME.weight" (out, in, 3, 3) and "NAME.bias" (out,), all float32.

    Raises:
        ModelError: the bytes are no model that `export_onnx` wrote.
    """
    model = parse_model(model_bytes)
    arrays = {
        tensor.name: np.asarray(numpy_helper.to_array(tensor), np.float32)
        for tensor in model.graph.initializer
    }
    mean = arrays.pop("mean").reshape(3)
    return read_architecture(model), mean, arrays


def parse_model(model_bytes: bytes) -> onnx.ModelProto:
    """The structure of a model of ours.

    Raises:
        ModelError: the bytes are no model that `export_onnx` wrote.
    """
    model = parse_onnx(model_bytes, "backbone")
    names = {tensor.name for tensor in model.graph.initializer}
    if not {"mean", "conv1_1.weight"} <= names:
        raise ModelError(model.graph.name, "is no VGG network that styleplug exported")
    return model


def parse_onnx(data: bytes, name: str) -> onnx.ModelProto:
    """The structure of any ONNX model; `name` is what to call it in a message.

    Raises:
        ModelError: the bytes are no ONNX model.
    """
    try:
        return onnx.load_from_string(data)
    except DecodeError as error:
        raise ModelError(name, f"is not in the ONNX format ({error})") from error


def read_architecture(model: onnx.ModelProto) -> Architecture:
    """The layers of a parsed model: name from the metadata, depths and widths from the weights."""
    properties = {entry.key: entry.value for entry in model.metadata_props}
    widths: dict[str, int] = {}
    depths: dict[str, int] = {}
    for tensor in model.graph.initializer:
        if tensor.name.endswith(".weight"):
            block = tensor.name.removeprefix("conv").split("_")[0]
            widths[block] = tensor.dims[0]
            depths[block] = depths.get(block, 0) + 1
    blocks = sorted(widths, key=int)
    return Architecture(
        properties.get("architecture", "unnamed"),
        tuple(depths[block] for block in blocks),
        tuple(widths[block] for block in blocks),
    )
