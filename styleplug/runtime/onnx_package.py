"""ONNX files of others, read with the package `onnx`, which knows the whole of the format."""

from __future__ import annotations

import onnx
from google.protobuf.message import DecodeError

from styleplug.errors import ModelError


def parse_onnx(data: bytes, name: str) -> onnx.ModelProto:
    """The structure of any ONNX model; `name` is what to call it in a message.

    Raises:
        ModelError: the bytes are no ONNX model.
    """
    try:
        return onnx.load_from_string(data)
    except DecodeError as error:
        raise ModelError(name, f"is not in the ONNX format ({error})") from error
