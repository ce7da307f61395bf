"""Writing a VGG network as the one ONNX graph that the encoder, the mirror and the objective share.

The graph's contract stands in `models/README.md`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from styleplug.errors import ModelError
from styleplug.runtime.onnx_format import IR_VERSION, OPSET
from styleplug.vgg.layers import Architecture, Convolution

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
    initialisers = [numpy_helper.from_array(_checked_mean(architecture, mean), "mean")]
    nodes = [helper.make_node("Sub", ["image", "mean"], ["centred"], name="centred")]
    tensor = "centred"
    for convolution in architecture.convolutions:
        initialisers += _stored(architecture, convolution, weights, dtype)
        block, position = convolution.name.removeprefix("conv").split("_")
        if position == "1" and block != "1":
            nodes.append(_pooling(tensor, f"pool{int(block) - 1}"))
            tensor = nodes[-1].output[0]
        nodes += _convolution(tensor, convolution.name, cast=dtype is not np.float32)
        tensor = nodes[-1].output[0]
    graph = helper.make_graph(
        nodes,
        architecture.name,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, "H", "W"])],
        [_output(convolution) for convolution in architecture.convolutions],
        initialisers,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="styleplug"
    )
    model.ir_version = IR_VERSION
    facts = _facts(architecture, dtype)
    helper.set_model_props(model, dict(sorted({**metadata, **facts}.items())))
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _facts(architecture: Architecture, dtype: type[np.generic]) -> dict[str, str]:
    """What is true of every exported graph, whatever its weights came from."""
    return {
        "architecture": architecture.name,
        "changes": "no classifier; channels put in RGB order and scales folded into conv1_1; "
        f"weights rounded to {dtype.__name__}",
        "channel_order": "RGB",
        "preprocessing": "RGB in [0, 1]; the graph subtracts the mean; every scale is in conv1_1",
    }


def _checked_mean(architecture: Architecture, mean: Array) -> Array:
    mean = np.asarray(mean, np.float32)
    if mean.shape != (3,) or not np.isfinite(mean).all():
        raise ModelError(architecture.name, f"the mean must be 3 numbers, not {mean!r}")
    return mean.reshape(1, 3, 1, 1)


def _stored(
    architecture: Architecture,
    convolution: Convolution,
    weights: Mapping[str, Array],
    dtype: type[np.float16] | type[np.float32],
) -> list[TensorProto]:
    """The convolution's weight and bias as initialisers."""
    name, channels, width = convolution
    shapes = {f"{name}.weight": (width, channels, 3, 3), f"{name}.bias": (width,)}
    stored = []
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
        stored.append(numpy_helper.from_array(array, key))
    return stored


def _pooling(tensor: str, name: str) -> onnx.NodeProto:
    return helper.make_node(
        "MaxPool", [tensor], [name], name=name, kernel_shape=[2, 2], strides=[2, 2]
    )


def _convolution(tensor: str, name: str, *, cast: bool) -> list[onnx.NodeProto]:
    """Cast where needed, Conv and ReLU; each node has the name of its output."""
    parameters = [f"{name}.weight", f"{name}.bias"]
    nodes = []
    if cast:
        for parameter in parameters:
            output = f"{parameter}.float32"
            nodes.append(
                helper.make_node("Cast", [parameter], [output], name=output, to=TensorProto.FLOAT)
            )
        parameters = [f"{parameter}.float32" for parameter in parameters]
    conv = helper.make_node(
        "Conv", [tensor, *parameters], [name], name=name, kernel_shape=[3, 3], pads=[1, 1, 1, 1]
    )
    relu = "relu" + name.removeprefix("conv")
    return [*nodes, conv, helper.make_node("Relu", [name], [relu], name=relu)]


def _output(convolution: Convolution) -> onnx.ValueInfoProto:
    """The value of a ReLU; height and width bear the block's number, for they shrink with it."""
    label = convolution.name.removeprefix("conv")
    block = label.split("_")[0]
    shape: list[str | int | None] = ["N", convolution.out_channels, f"H{block}", f"W{block}"]
    return helper.make_tensor_value_info(f"relu{label}", TensorProto.FLOAT, shape)
