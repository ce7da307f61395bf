"""What Google's own library writes is read, and what is written it reads."""

from __future__ import annotations

import pytest
from google.protobuf import descriptor_pb2

from styleplug.runtime.protobuf import message, read_message

NUMBERS = [0, 1, 127, 128, 300, 2**31 - 1, -1, -(2**31)]


def test_whole_numbers_texts_and_messages_are_those_of_the_library() -> None:
    location = descriptor_pb2.SourceCodeInfo.Location(leading_comments="à", trailing_comments="")
    info = descriptor_pb2.SourceCodeInfo(location=[location])
    written = message((1, message((3, "à"), (4, ""))))
    assert b"".join(written) == info.SerializeToString()
    for number in NUMBERS:
        value = descriptor_pb2.EnumValueDescriptorProto(name="a" * 200, number=number)
        data = b"".join(message((1, "a" * 200), (2, number)))
        assert data == value.SerializeToString()
        fields = read_message(data)
        assert fields == {1: [b"a" * 200], 2: [number % 2**64]}


def test_a_field_may_be_repeated() -> None:
    assert read_message(b"".join(message((1, 5), (2, b"x"), (1, 6)))) == {1: [5, 6], 2: [b"x"]}


@pytest.mark.parametrize(
    "data",
    [
        b"\x0a\x04tex",  # a text that is cut off
        b"\x08",  # a field without its value
        b"\x08\x80",  # a number that is cut off
        b"\x08" + b"\x80" * 20,  # one that has no end
        b"nothing",
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"a number|a field|too early"):
        read_message(data)
