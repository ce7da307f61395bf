"""The wire format of Protocol Buffers, as far as ONNX files of ours have it.

The package `onnx`, which knows the whole of it, takes half as long to load as NumPy: too long for a
filter, which is done in a moment.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

_VARINT, _BYTES, _FLOAT = 0, 2, 5  # the kinds of a field's value


Message: TypeAlias = list[bytes]
"""A message in pieces, to be joined; as bytes it would be copied into each message around it."""


def message(*fields: tuple[int, int | float | str | bytes | Message]) -> Message:
    """A message of fields, each a number and a value, in this order.

    Whole numbers are written as varints, others as floats of 32 bits.
    """
    return [piece for number, value in fields for piece in _field(number, value)]


def read_message(data: bytes | memoryview) -> Mapping[int, list[Any]]:
    """The values of each field, by its number: whole numbers, and of what isn't one a view of the
    bytes. There are no others in what is read here.

    Raises:
        ValueError: it is no message, or isn't whole.
    """
    view, at = memoryview(data), 0
    fields: dict[int, list[Any]] = {}
    value: Any
    while at < len(view):
        key, at = _read_varint(view, at)
        value, at = _read_varint(view, at)
        if key & 7 == _BYTES:
            start, at = at, at + value
            value = view[start:at]
        elif key & 7 != _VARINT:
            raise ValueError("a field is of an unknown kind")
        fields.setdefault(key >> 3, []).append(value)
    if at > len(view):
        raise ValueError("it ends too early")
    return fields


def _field(number: int, value: int | float | str | bytes | Message) -> Iterator[bytes]:
    if isinstance(value, int):
        yield from (_varint(number << 3 | _VARINT), _varint(value))
    elif isinstance(value, float):
        yield from (_varint(number << 3 | _FLOAT), struct.pack("<f", value))
    else:
        if not isinstance(value, list):
            value = [value.encode() if isinstance(value, str) else value]
        yield from (_varint(number << 3 | _BYTES), _varint(sum(map(len, value))), *value)


def _varint(value: int) -> bytes:
    """Seven bits in each byte, the lowest first; negative numbers as those of 64 bits."""
    value %= 2**64
    digits = bytearray()
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    return bytes([*digits, value])


def _read_varint(data: memoryview, at: int) -> tuple[int, int]:
    """The number that starts at an index, and the index after it."""
    value = 0
    for shift, digit in zip(range(0, 64, 7), data[at : at + 10], strict=False):
        value |= (digit & 127) << shift
        if digit < 128:
            return value, at + shift // 7 + 1
    raise ValueError("a number has no end")
