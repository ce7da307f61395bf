"""ONNX files of ours, written and read without the package `onnx`: `runtime.protobuf` says why.

The numbers are those of the fields in ONNX's own `onnx.proto`. What is written is, byte for byte,
what `onnx.helper` makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.protobuf import Message, message, read_message

OPSET = 18
IR_VERSION = 8
"""Both are old enough for ONNX Runtime 1.20, and new enough for every operator used."""

FLOAT = 1
"""The type float32."""

_TYPES: Mapping[int, np.dtype[Any]] = {
    FLOAT: np.dtype("<f4"),
    2: np.dtype("u1"),
    7: np.dtype("<i8"),
    10: np.dtype("<f2"),
}
_TYPE_NUMBERS = {dtype: number for number, dtype in _TYPES.items()}

# Of a model, of its graph, and of a tensor.
_GRAPH, _METADATA = 7, 14
_INITIALISER = 5
_DIMS, _TYPE, _NAME, _RAW = 1, 2, 8, 9


def tensor(name: str, array: NDArray[Any]) -> Message:
    """A TensorProto of an array, whose dtype is one of `_TYPES`."""
    dtype = array.dtype.newbyteorder("<")
    return message(
        *((_DIMS, length) for length in array.shape),
        (_TYPE, _TYPE_NUMBERS[dtype]),
        (_NAME, name),
        (_RAW, array.astype(dtype, copy=False).tobytes()),
    )


def value(name: str, shape: Iterable[int | str] | None) -> Message:
    """A ValueInfoProto: float32; a side that goes by a name is free, without a shape all are."""
    kind = message((1, FLOAT))
    if shape is not None:
        sides = (message((1 if isinstance(side, int) else 2, side)) for side in shape)
        kind += message((2, message(*((1, side) for side in sides))))
    return message((1, name), (2, message((1, kind))))


def node(operator: str, inputs: Iterable[str], output: str, **attributes: Any) -> Message:
    """A NodeProto, which goes by the name of its output."""
    return message(
        *((1, name) for name in inputs),
        (2, output),
        (3, output),
        (4, operator),
        *((5, _attribute(*item)) for item in sorted(attributes.items())),
    )


def model(
    nodes: Iterable[Message],
    inputs: Iterable[Message],
    outputs: Iterable[Message],
    initialisers: Iterable[Message] = (),
    metadata: Mapping[str, str] | None = None,
    *,
    name: str = "styleplug",
    producer: str = "",
) -> bytes:
    """A ModelProto of what the functions above give, as the bytes of a file.

    `name` is the graph's; a `producer` is left out where it is "".
    """
    graph = message(
        *((1, each) for each in nodes),
        (2, name),
        *((_INITIALISER, each) for each in initialisers),
        *((11, each) for each in inputs),
        *((12, each) for each in outputs),
    )
    whole = message(
        (1, IR_VERSION),
        *([(2, producer)] if producer else []),
        (_GRAPH, graph),
        (8, message((1, ""), (2, OPSET))),
        *((_METADATA, message((1, key), (2, text))) for key, text in (metadata or {}).items()),
    )
    return b"".join(whole)


def read_model(data: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The initialisers of a model that `model` wrote, as read-only arrays, and its metadata.

    Raises:
        ValueError: it is none, or isn't whole.
    """
    fields = read_message(data)
    try:
        (graph,) = fields[_GRAPH]
        arrays = dict(map(_array, read_message(graph).get(_INITIALISER, [])))
        entries = map(read_message, fields.get(_METADATA, []))
        metadata = {str(entry[1][0], "utf-8"): str(entry[2][0], "utf-8") for entry in entries}
    except (KeyError, TypeError) as error:
        raise ValueError(f"a field is missing or is of another kind: {error}") from error
    return arrays, metadata


def _attribute(name: str, content: Any) -> Message:
    """An AttributeProto of a whole number, a float, a text, or whole numbers."""
    if isinstance(content, float):
        return message((1, name), (2, content), (20, 1))
    if isinstance(content, int):
        return message((1, name), (3, content), (20, 2))
    if isinstance(content, str):
        return message((1, name), (4, content), (20, 3))
    return message((1, name), *((8, number) for number in content), (20, 7))


def _array(data: memoryview) -> tuple[str, NDArray[Any]]:
    """The name and the values of a TensorProto."""
    fields = read_message(data)
    (dtype,), (name,), (raw,) = (fields[number] for number in (_TYPE, _NAME, _RAW))
    return str(name, "utf-8"), np.frombuffer(raw, _TYPES[dtype]).reshape(fields.get(_DIMS, ()))
