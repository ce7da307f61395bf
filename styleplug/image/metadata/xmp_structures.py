"""The plain values within a property of an XMP packet, and where each is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.parsers import expat

from styleplug.image.metadata.xmp import ATTRIBUTE, START_TAG, Description, Property


@dataclass(frozen=True)
class PlainValue:
    """A plain value, written in the packet from `start` to `end`."""

    value: str
    start: int
    end: int


Structure: TypeAlias = dict[str, list[PlainValue]]
"""What stands in one element: its plain values by name, "namespace name"; items have RDF's."""


@dataclass
class _Element:
    name: str
    content: int
    is_plain: bool
    text: str = ""
    values: Structure = field(default_factory=dict)


def structures(description: Description, prop: Property) -> list[Structure]:
    """The structures and lists in a property that is an element, the innermost first.

    Raises:
        ValueError: it can't be read apart from the packet.
    """
    return list(_Reader(description, prop).found)


class _Reader:
    def __init__(self, description: Description, prop: Property) -> None:
        self.found: list[Structure] = []
        self._data = description.around(prop.xml)
        self._moved = prop.start - self._data.index(prop.xml)
        self._open: list[_Element] = []
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.ordered_attributes = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        parser.CharacterDataHandler = self._read
        try:
            parser.Parse(self._data, True)
        except expat.ExpatError as error:
            raise ValueError(f"no well-formed XML: {error}") from error

    def _begin(self, name: str, attributes: list[str]) -> None:
        tag = START_TAG.match(self._data, self._parser.CurrentByteIndex)
        assert tag is not None, "expat and the pattern agree on what a start tag is"
        if self._open:
            self._open[-1].is_plain = False
        element = _Element(name, tag.end(), not tag[0].endswith(b"/>"))
        self._open.append(element)
        for (start, end), index in zip(_values(tag[0]), range(0, len(attributes), 2), strict=True):
            place = tag.start() + self._moved
            text = PlainValue(attributes[index + 1], start + place, end + place)
            element.values.setdefault(attributes[index], []).append(text)

    def _read(self, text: str) -> None:
        self._open[-1].text += text

    def _finish(self, name: str) -> None:
        element = self._open.pop()
        if element.values:
            self.found.append(element.values)
        if element.is_plain and self._open:
            end = self._parser.CurrentByteIndex + self._moved
            text = PlainValue(element.text, element.content + self._moved, end)
            self._open[-1].values.setdefault(name, []).append(text)


def _values(tag: bytes) -> Iterator[tuple[int, int]]:
    """Where the values of a start tag's attributes begin and end, but for declarations."""
    for match in ATTRIBUTE.finditer(tag):
        if match[1] != b"xmlns" and not match[1].startswith(b"xmlns:"):
            yield match.start(2) + 1, match.end(2) - 1
