"""What an ONNX model of others may hold: no loops, no other files, no endless functions.

Such a file is a stranger's program. One with a loop may run for ever, and may do so only for
pictures larger than the one it is tried with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import onnx
from google.protobuf.message import Message
from onnx import AttributeProto, NodeProto, TensorProto
from onnx.external_data_helper import uses_external_data

from styleplug.errors import FilterError

CONTROL_FLOW = {"If", "Loop", "Scan", "SequenceMap"}

MOST_NODES = 100_000
"""Once functions are put in place of their calls; usual networks have some hundred."""

MOST_FUNCTIONS = 1000

_Name = tuple[str, str]


def check_content(filter: str, model: onnx.ModelProto) -> None:
    """Make sure that a model is all in its file, and ends.

    Args:
        filter: what to call it in a message.
        model: as it was read.

    Raises:
        FilterError: it isn't, or may not.
    """
    for part in _parts(model):
        if isinstance(part, TensorProto) and uses_external_data(part):
            raise FilterError(
                filter, "keeps its weights in another file; save it as a single one with onnx.save"
            )
        if isinstance(part, NodeProto) and part.op_type in CONTROL_FLOW:
            raise FilterError(filter, f"has a {part.op_type} in it; export it without control flow")
        if isinstance(part, AttributeProto) and (part.graphs or part.HasField("g")):
            raise FilterError(filter, "has a graph in a graph; export it without control flow")
    _check_functions(filter, model)


def _parts(message: Message) -> Iterator[Message]:
    """A message and all within it."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in [value] if isinstance(value, Message) else value:
                yield from _parts(part)


def _check_functions(filter: str, model: onnx.ModelProto) -> None:
    """Make sure that the functions' calls end, and don't double over and over."""
    if len(model.functions) > MOST_FUNCTIONS:
        raise FilterError(filter, f"has more than {MOST_FUNCTIONS} functions; export it without")
    calls: dict[_Name, Counter[_Name]] = {}
    for function in model.functions:
        name = (function.domain, function.name)
        calls[name] = calls.get(name, Counter()) + _called(function.node)
    sizes: dict[_Name, int] = {}
    while calls:
        known = [name for name, called in calls.items() if not called.keys() & calls.keys()]
        if not known:
            raise FilterError(filter, "has a function that calls itself; export it without")
        sizes |= {name: _size(calls[name], sizes) for name in known}
        for name in known:
            del calls[name]
    if _size(_called(model.graph.node), sizes) > MOST_NODES:
        raise FilterError(filter, f"has more than {MOST_NODES} operators")


def _called(nodes: Iterable[NodeProto]) -> Counter[_Name]:
    return Counter((node.domain, node.op_type) for node in nodes)


def _size(called: Counter[_Name], sizes: dict[_Name, int]) -> int:
    return sum(count * sizes.get(name, 1) for name, count in called.items())
