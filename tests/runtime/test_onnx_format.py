"""The package `onnx` makes, byte for byte, the same files; and what was written can be read."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from styleplug.runtime.onnx_format import (
    IR_VERSION,
    OPSET,
    model,
    node,
    read_model,
    tensor,
    value,
)

ARRAYS = {
    "shape": np.array([1, -1, 2**40], np.int64),
    "half": np.linspace(-1, 1, 6, dtype=np.float16).reshape(2, 3),
    "one": np.array(0.5, np.float32),
    "none": np.zeros((0, 3), np.float32),
    "turned": np.arange(6, dtype=np.float32).reshape(2, 3).T,
}
NODES = [
    ("Resize", ["image", "", "scales"], {"mode": "nearest", "antialias": 0}),
    ("Conv", ["a", "weight"], {"pads": [0, 300, -1], "kernel_shape": (3, 3), "group": 1}),
    ("HardSigmoid", ["b"], {"alpha": 0.1, "beta": 0.0}),
]
METADATA = {"licence": "CC BY 4.0", "author": "Hokusai 北斎"}


@pytest.fixture(scope="module")
def data() -> bytes:
    return model(
        [node(kind, inputs, f"{kind}_1", **facts) for kind, inputs, facts in NODES],
        [value("image", (1, 3, "H", "W"))],
        [value("filtered", ()), value("loss", None)],
        [tensor(name, array) for name, array in ARRAYS.items()],
        METADATA,
    )


def test_the_package_onnx_makes_the_same(data: bytes) -> None:
    graph = helper.make_graph(
        [helper.make_node(k, inputs, [f"{k}_1"], f"{k}_1", **facts) for k, inputs, facts in NODES],
        "styleplug",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, (1, 3, "H", "W"))],
        [
            helper.make_tensor_value_info("filtered", TensorProto.FLOAT, ()),
            helper.make_tensor_value_info("loss", TensorProto.FLOAT, None),
        ],
        [numpy_helper.from_array(array, name) for name, array in ARRAYS.items()],
    )
    theirs = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    theirs.ir_version = IR_VERSION
    helper.set_model_props(theirs, METADATA)
    assert onnx.load_from_string(data) == theirs
    assert data == theirs.SerializeToString(deterministic=True)


def test_arrays_and_metadata_come_back(data: bytes) -> None:
    arrays, metadata = read_model(data)
    assert metadata == METADATA
    assert arrays.keys() == ARRAYS.keys()
    for name, array in arrays.items():
        assert array.dtype == ARRAYS[name].dtype
        np.testing.assert_array_equal(array, ARRAYS[name])


@pytest.mark.parametrize("length", [0, 1, 10, 100, 400])
def test_a_file_that_is_cut_off_is_refused(data: bytes, length: int) -> None:
    with pytest.raises(ValueError, match=r"missing|another kind|early|no end"):
        read_model(data[:length])
