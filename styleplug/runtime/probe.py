"""A network of one node, to see whether an execution provider works before it is relied on."""

from __future__ import annotations

from onnx import TensorProto, helper


def probe_model() -> bytes:
    """A 1x1 convolution from "image" (1, 1, 1, 1) with "weight" (1, 1, 1, 1), both float32.

    A convolution, because that is what needs cuDNN and its like, and what fails without them.
    """
    shape = [1, 1, 1, 1]
    graph = helper.make_graph(
        [helper.make_node("Conv", ["image", "weight"], ["result"])],
        "probe",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name in ("image", "weight")
        ],
        [helper.make_tensor_value_info("result", TensorProto.FLOAT, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 8
    return bytes(model.SerializeToString())
