"""What an ONNX model of others takes and gives, as its graph says; whether that is a picture."""

from __future__ import annotations

from dataclasses import dataclass

import onnx
from onnx import TensorProto

from styleplug.errors import FilterError, ModelError
from styleplug.filters.external_content import check_content
from styleplug.runtime.onnx_package import parse_onnx

LARGEST_SIDE = 2048
"""Pixels at which a model gets a picture at most; usual networks take some gigabytes for it."""


@dataclass(frozen=True)
class PictureInput:
    """A model's only input: its name, whether channels come last, its (height, width) if fixed."""

    name: str
    channels_last: bool
    size: tuple[int, int] | None


def picture_input(filter: str, data: bytes) -> PictureInput:
    """The input of a model that takes a picture and gives one, as far as its graph tells.

    Args:
        filter: what to call it in a message.
        data: an ONNX file.

    Raises:
        FilterError: it is no such model.
    """
    try:
        model = parse_onnx(data, filter)
    except ModelError as error:
        raise FilterError(filter, "is no ONNX file, or a damaged one; export it again") from error
    check_content(filter, model)
    graph = model.graph
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    for kind, values in (("input", inputs), ("output", graph.output)):
        if len(values) != 1:
            names = ", ".join(value.name for value in values) or "none"
            raise FilterError(filter, f"must have one {kind}, a picture, but has: {names}")
    return _as_picture(filter, inputs[0])


def _as_picture(filter: str, value: onnx.ValueInfoProto) -> PictureInput:
    tensor = value.type.tensor_type
    if tensor.elem_type != TensorProto.FLOAT:
        kinds = TensorProto.DataType.items()
        kind = next((name for name, number in kinds if number == tensor.elem_type), "unknown")
        raise FilterError(filter, f"takes numbers of type {kind.lower()}, but must take float")
    shape = [side.dim_value if side.dim_value > 0 else None for side in tensor.shape.dim]
    shown = "×".join("free" if side is None else str(side) for side in shape)
    if len(shape) != 4 or shape[0] not in (1, None) or 3 not in (shape[1], shape[3]):
        shown = shown or "no array"
        raise FilterError(filter, f"takes {shown}, but must take 1×3×H×W or 1×H×W×3")
    channels_last = shape[1] != 3
    height, width = shape[1:3] if channels_last else shape[2:]
    if height is None and width is None:
        return PictureInput(value.name, channels_last, None)
    if height is None or width is None:
        raise FilterError(
            filter, f"takes {shown}; height and width must be both fixed, or both free"
        )
    if max(height, width) > LARGEST_SIDE:
        raise FilterError(filter, f"takes {shown}, but at most {LARGEST_SIDE} pixels fit a side")
    return PictureInput(value.name, channels_last, (height, width))
