"""Small ONNX models that take a picture and give one, or are meant to and don't."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FREE = (1, 3, "h", "w")


def picture_model(
    path: Path,
    shape: Sequence[int | str] | None = FREE,
    nodes: Sequence[tuple[str, Sequence[str], str, dict[str, Any]]] = (
        ("Neg", ["image"], "less", {}),
        ("Add", ["less", "white"], "picture", {}),
    ),
    *,
    white: float = 1.0,
    kind: int = TensorProto.FLOAT,
    output_kind: int | None = None,
    inputs: Sequence[str] = ("image",),
    outputs: Sequence[str] = ("picture",),
) -> Path:
    """Write a model; as it comes, it gives the negative of a picture whose white is `white`.

    Args:
        path: where.
        shape: of each input; what goes by a name is free.
        nodes: operator, inputs, output and attributes of each.
        white: the constant of this name, in the type of `kind`.
        kind, output_kind: the type of numbers, and that of the outputs' where it is another.
        inputs, outputs: names.
    """
    graph = helper.make_graph(
        [helper.make_node(op, given, [output], **more) for op, given, output, more in nodes],
        "test",
        [helper.make_tensor_value_info(name, kind, shape) for name in inputs],
        [helper.make_tensor_value_info(name, output_kind or kind, None) for name in outputs],
        [numpy_helper.from_array(np.array(white, helper.tensor_dtype_to_np_dtype(kind)), "white")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path
