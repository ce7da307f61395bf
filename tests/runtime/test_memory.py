"""A lack of memory is one error, whoever runs out of it."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper

from styleplug.errors import OutOfMemoryError
from styleplug.runtime.memory import memory_errors

HUGE = 1 << 24  # a square of float32 of a pebibyte


def numpy_array() -> None:
    np.ones((HUGE, HUGE), np.float32)


def torch_tensor() -> None:
    torch.ones((HUGE, HUGE))


def onnx_session() -> None:
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [HUGE, HUGE])
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [HUGE, HUGE])
    size = helper.make_tensor_value_info("size", TensorProto.INT64, [2])
    node = helper.make_node("ConstantOfShape", ["size"], ["output"])
    graph = helper.make_graph([node], "huge", [size], [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    session.run(None, {"size": onnx.numpy_helper.to_array(shape)})


@pytest.mark.parametrize("exhaust", [numpy_array, torch_tensor, onnx_session])
def test_every_framework_s_error_is_recognised(exhaust: object) -> None:
    with pytest.raises(OutOfMemoryError, match="a smaller size"), memory_errors():
        exhaust()  # type: ignore[operator]  # one of the functions above


def test_other_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="sizes differ"), memory_errors():
        raise RuntimeError("sizes differ")
