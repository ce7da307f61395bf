"""What the worker takes for a message is what the schema allows, and its errors name the field."""

from __future__ import annotations

import copy
import json
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worker_client import validator

from styleplug.errors import ProtocolError
from styleplug.painting import Painting
from styleplug.worker.messages import (
    NamedPainting,
    PictureSource,
    PixelFormat,
    StylizeMessage,
    parse,
)

STYLIZE = {
    "type": "stylize",
    "id": "7",
    "photo": {"path": "p.raw", "width": 8, "height": 6, "layout": "RGBA", "dtype": "float32"},
    "paintings": [{"name": "lanterns"}, {"path": "/home/me/painting.jpg"}],
    "preset": "painterly",
    "options": {"size": 512, "time_limit": None},
    "result": {"layout": "RGBA", "dtype": "float32"},
    "preview": 256,
}
FILTER = {
    "type": "filter",
    "id": "8",
    "photo": {"path": "/home/me/photo.jpg"},
    "filter": "posterise",
    "result": {"format": "png"},
}
MESSAGES: list[dict[str, Any]] = [
    {"type": "hello", "protocol": 1, "client": "GIMP"},
    *({"type": kind, "id": "7"} for kind in ("catalogue", "open", "cancel", "close")),
    STYLIZE,
    FILTER,
    {"type": "shutdown"},
]
MISSING = object()
ODD = st.sampled_from(
    [MISSING, None, True, -1, 0, 1, 2.0, 2.5, "", "png", "RGB", "uint8", [], [{}], {}, {"a": []}]
)


def line(message: object) -> bytes:
    return json.dumps(message).encode()


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where there is something inside a message."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    return [found for key in keys for found in [(*place, key), *places(value[key], (*place, key))]]


@st.composite
def altered(draw: st.DrawFn) -> Any:
    """A message in which some fields are missing or something else."""
    message = copy.deepcopy(draw(st.sampled_from(MESSAGES)))
    for _ in range(draw(st.integers(0, 3))):
        *way, last = draw(st.sampled_from([*places(message), ("newer",)]))
        value = draw(ODD)
        inner = message
        for key in way:
            inner = inner[key]
        if value is not MISSING:
            inner[last] = copy.deepcopy(value)
        elif isinstance(inner, list) or last in inner:
            del inner[last]
    return message


@given(altered())
def test_a_message_is_what_the_schema_allows(message: Any) -> None:
    allowed = validator("fromHost").is_valid(message)
    with nullcontext() if allowed else pytest.raises(ProtocolError):
        parse(line(message))


def test_a_message_as_it_is_understood() -> None:
    assert parse(line(STYLIZE | {"newer": 1})) == StylizeMessage(
        id="7",
        photo=PictureSource("p.raw", PixelFormat("RGBA", "float32"), 8, 6),
        paintings=(
            Painting(NamedPainting("lanterns")),
            Painting(PictureSource("/home/me/painting.jpg")),
        ),
        mask=None,
        preset="painterly",
        options={"size": 512, "time_limit": None},
        result=PixelFormat("RGBA", "float32"),
        preview=256,
    )


@pytest.mark.parametrize(
    ("message", "id", "words"),
    [
        (b"hello", None, "a line is no JSON in UTF-8"),
        (b"", None, "a line is no JSON in UTF-8"),
        (b'{"type": "open", "id": "\xff"}', None, "a line is no JSON in UTF-8"),
        (b"[" * 100_000, None, "a line is no JSON in UTF-8"),
        (b"[]", None, "a line must be a JSON object"),
        (b'{"id": "7"}', "7", "type is missing; it must be one of hello, "),
        (b'{"id": "7", "type": "dance"}', "7", "type is wrong; it must be one of hello, "),
        (b'{"id": 7, "type": "open"}', None, "id is wrong; it must be a text"),
        (b'{"type": "hello", "protocol": "1"}', None, "protocol is wrong; it must be a whole"),
        (
            line(STYLIZE | {"photo": {"path": "p.raw", "width": 8}}),
            "7",
            "photo.layout is missing; it must be one of RGB, RGBA, Y, YA",
        ),
        (line(STYLIZE | {"paintings": []}), "7", "paintings is wrong; it must be a list of one"),
        (
            line(STYLIZE | {"paintings": [{"name": "a"}, {}]}),
            "7",
            "paintings[1].path is missing; it must be a text",
        ),
        (line(STYLIZE | {"preview": -1}), "7", "preview is wrong; it must be a whole number of 0"),
        (line(FILTER | {"options": {"a": {}}}), "8", "options is wrong; it must be an object of"),
    ],
)
def test_errors_name_the_field_and_what_it_may_be(
    message: bytes, id: str | None, words: str
) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse(message)
    assert caught.value.id == id
    assert str(caught.value).startswith(words)
