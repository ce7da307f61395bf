"""What hosts say to the worker, as PROTOCOL.md has it: read from a line, and checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from styleplug.config import DEFAULT_PRESET
from styleplug.errors import ProtocolError
from styleplug.filter_region import FilterRegion
from styleplug.options import is_number
from styleplug.painting import CROP, DEPTH, WEIGHT, Painting
from styleplug.parts import Part

VERSIONS = (1,)
LONGEST_ID = 1000
"""Characters of an `id`, which each message about a job repeats."""
LAYOUTS: Mapping[str, int] = {"RGB": 3, "RGBA": 4, "Y": 1, "YA": 2}
"""Channels of raw pixels."""
DTYPES: Mapping[str, str] = {"float32": "<f4", "uint16": "<u2", "uint8": "u1"}
"""NumPy's names for the types of raw pixels."""


@dataclass(frozen=True)
class PixelFormat:
    """How raw pixels are laid out."""

    layout: str
    dtype: str


@dataclass(frozen=True)
class PictureSource:
    """A picture to read: a file that styleplug knows, or `width` × `height` raw pixels."""

    path: str
    raw: PixelFormat | None = None
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class NamedPainting:
    """A painting of the collection."""

    name: str


PaintingSource = Painting[PictureSource | NamedPainting]
"""A painting, what it is for, and its masks, which are never named."""


@dataclass(frozen=True)
class HelloMessage:
    """The first: which version of the protocol the host knows."""

    protocol: int


@dataclass(frozen=True)
class _IdMessage:
    id: str


class CatalogueMessage(_IdMessage):
    """Asks for all that a host can choose from."""


class OpenMessage(_IdMessage):
    """Asks for a folder, to which a job follows."""


@dataclass(frozen=True)
class StylizeMessage(_IdMessage):
    """Begins a transfer.

    `result` is how to give it: as raw pixels, or in the format of a name, which the job checks;
    `checkpoint` is a file to keep the state in and to go on from, and empty for none, written every
    so many seconds.
    """

    photo: PictureSource
    paintings: tuple[PaintingSource, ...]
    mask: PictureSource | Part | None
    preset: str
    options: Mapping[str, Any]
    result: PixelFormat | str
    preview: int
    checkpoint: str = ""
    checkpoint_seconds: int = 60


@dataclass(frozen=True)
class FilterMessage(_IdMessage):
    """Begins a filter's job; `result` is as a transfer's."""

    photo: PictureSource
    filter: str | tuple[FilterRegion[PictureSource], ...]
    mask: PictureSource | Part | None
    options: Mapping[str, Any]
    result: PixelFormat | str


class StopMessage(_IdMessage):
    """Ends a job with the picture as it is."""


class CancelMessage(_IdMessage):
    """Ends a job, whose folder stays."""


class CloseMessage(_IdMessage):
    """Ends a job, if it still runs, and removes its folder."""


class ShutdownMessage:
    """Ends the worker."""


JobMessage = StylizeMessage | FilterMessage
HostMessage = (
    HelloMessage
    | CatalogueMessage
    | OpenMessage
    | JobMessage
    | StopMessage
    | CancelMessage
    | CloseMessage
    | ShutdownMessage
)


def parse(line: bytes) -> HostMessage:
    """The message that a line holds; fields that nobody knows are left out.

    Raises:
        ProtocolError: it holds none, or a field is missing or wrong.
    """
    try:
        value = json.loads(line.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(None, f"a line is no JSON in UTF-8 ({error})") from error
    if not isinstance(value, dict):
        raise ProtocolError(None, "a line must be a JSON object")
    id = value.get("id")
    fields = _Fields(value, "", id if _is_id(id) else None)
    return _MESSAGES[fields.choice("type", _MESSAGES)](fields)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no value of JSON")


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_ID


def _stylize(fields: _Fields) -> StylizeMessage:
    return StylizeMessage(
        id=fields.id(),
        photo=_source(fields.inner("photo")),
        paintings=tuple(_painting(painting) for painting in fields.inner_list("paintings")),
        mask=_place(fields, "mask"),
        preset=fields.text("preset", DEFAULT_PRESET),
        options=fields.scalars("options"),
        result=_result(fields.inner("result")),
        preview=fields.whole("preview", 0, 0),
        checkpoint=fields.text("checkpoint", ""),
        checkpoint_seconds=fields.whole("checkpoint_seconds", 1, 60),
    )


def _filter(fields: _Fields) -> FilterMessage:
    return FilterMessage(
        id=fields.id(),
        photo=_source(fields.inner("photo")),
        filter=_filters(fields),
        mask=_place(fields, "mask"),
        options=fields.scalars("options"),
        result=_result(fields.inner("result")),
    )


def _filters(fields: _Fields) -> str | tuple[FilterRegion[PictureSource], ...]:
    if not fields.has_any("filters"):
        return fields.text("filter")
    return tuple(
        FilterRegion(one.text("name"), _place(one, "region"))
        for one in fields.inner_list("filters")
    )


def _source(fields: _Fields) -> PictureSource:
    path = fields.text("path")
    if not fields.has_any("width", "height", "layout", "dtype"):
        return PictureSource(path)
    return PictureSource(path, _raw(fields), fields.whole("width", 1), fields.whole("height", 1))


def _painting(fields: _Fields) -> PaintingSource:
    is_named = fields.has_any("name")
    by_color = fields.flag("by_color")
    return Painting(
        NamedPainting(fields.text("name")) if is_named else _source(fields),
        weight=fields.number("weight", 0, WEIGHT.default),
        depth=fields.choice("depth", DEPTH.choices, DEPTH.default),
        crop=fields.choice("crop", CROP.choices, CROP.default),
        region=_source(fields.inner("region")) if by_color else _place(fields, "region"),
        mask=_source(fields.inner("mask")) if by_color else _mask(fields, "mask"),
        by_color=by_color,
    )


def _place(fields: _Fields, name: str) -> PictureSource | Part | None:
    if fields.has_any(name) and (place := fields.inner(name)).has_any("part"):
        return Part(place.choice("part", list(Part)))
    return _mask(fields, name)


def _mask(fields: _Fields, name: str) -> PictureSource | None:
    return _source(fields.inner(name)) if fields.has_any(name) else None


def _result(fields: _Fields) -> PixelFormat | str:
    return fields.text("format") if fields.has_any("format") else _raw(fields)


def _raw(fields: _Fields) -> PixelFormat:
    return PixelFormat(fields.choice("layout", LAYOUTS), fields.choice("dtype", DTYPES))


_MESSAGES: Mapping[str, Callable[[_Fields], HostMessage]] = {
    "hello": lambda fields: HelloMessage(fields.whole("protocol")),
    "catalogue": lambda fields: CatalogueMessage(fields.id()),
    "open": lambda fields: OpenMessage(fields.id()),
    "stylize": _stylize,
    "filter": _filter,
    "stop": lambda fields: StopMessage(fields.id()),
    "cancel": lambda fields: CancelMessage(fields.id()),
    "close": lambda fields: CloseMessage(fields.id()),
    "shutdown": lambda fields: ShutdownMessage(),
}


class _Fields:
    """The fields of a JSON object, each checked as it is taken."""

    def __init__(self, values: Mapping[str, Any], place: str, id: str | None) -> None:
        self._values, self._place, self._id = values, place, id

    def has_any(self, *names: str) -> bool:
        return any(name in self._values for name in names)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise self._wrong(name, "a text")
        return value

    def id(self) -> str:
        if not _is_id(self._values.get("id")):
            raise self._wrong("id", f"a text of at most {LONGEST_ID} characters")
        return self.text("id")

    def flag(self, name: str) -> bool:
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def number(self, name: str, least: float, default: float) -> float:
        value = self._values.get(name, default)
        if not is_number(value) or value < least:
            raise self._wrong(name, f"a number of {least} or more")
        return float(value)

    def choice(self, name: str, allowed: Collection[str], default: str | None = None) -> str:
        value = self._values.get(name, default)
        if not (isinstance(value, str) and value in allowed):
            raise self._wrong(name, f"one of {', '.join(allowed)}")
        return value

    def whole(self, name: str, least: int | None = None, default: int | None = None) -> int:
        value = self._values.get(name, default)
        # JSON has one kind of number: 800.0 is a whole one, too. A bool is none.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int or (least is not None and value < least):
            raise self._wrong(
                name, "a whole number" + ("" if least is None else f" of {least} or more")
            )
        return value

    def scalars(self, name: str) -> Mapping[str, Any]:
        values = self._values.get(name, {})
        if not isinstance(values, dict) or any(
            isinstance(value, list | dict) for value in values.values()
        ):
            raise self._wrong(name, "an object of texts, numbers, true, false or null")
        return values

    def inner(self, name: str) -> _Fields:
        return self._inner(self._values.get(name), name)

    def inner_list(self, name: str) -> list[_Fields]:
        values = self._values.get(name)
        if not isinstance(values, list) or not values:
            raise self._wrong(name, "a list of one object or more")
        return [self._inner(value, f"{name}[{i}]") for i, value in enumerate(values)]

    def _inner(self, value: object, name: str) -> _Fields:
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return _Fields(value, f"{self._place}{name}.", self._id)

    def _wrong(self, name: str, allowed: str) -> ProtocolError:
        found = "is missing" if name not in self._values else "is wrong"
        return ProtocolError(self._id, f"{self._place}{name} {found}; it must be {allowed}")
