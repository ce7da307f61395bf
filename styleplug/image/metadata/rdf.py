"""Values of XMP properties: texts, lists, and structures of named values, as RDF writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TypeAlias
from xml.etree.ElementTree import Element

from styleplug.image.metadata.xmp import RDF

Value: TypeAlias = "str | Sequence[Value] | Mapping[str, Value]"

_CONTAINERS = tuple(f"{{{RDF}}}{name}" for name in ("Seq", "Bag", "Alt"))
_XML = "{http://www.w3.org/XML/1998/namespace}"
# What XML 1.0 has no way to write: control characters, and the halves of surrogate pairs that stand
# for bytes in names of files. A table, since a pattern for these takes 4 ms to compile.
_UNWRITABLE = [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
_REPLACED = dict.fromkeys(_UNWRITABLE, "\ufffd")


def to_rdf(name: str, value: Value, prefix: str) -> str:
    """A property as an element.

    Args:
        name: of the element, with its prefix.
        value: text that XML can't hold is written as U+FFFD.
        prefix: of the names in structures; that one and "rdf" must be declared around the element.
    """
    if isinstance(value, str):
        return f"<{name}>{escape(value.translate(_REPLACED), quote=False)}</{name}>"
    if isinstance(value, Mapping):
        fields = "".join(to_rdf(f"{prefix}:{key}", part, prefix) for key, part in value.items())
        return f'<{name} rdf:parseType="Resource">{fields}</{name}>'
    items = "".join(to_rdf("rdf:li", item, prefix) for item in value)
    return f"<{name}><rdf:Seq>{items}</rdf:Seq></{name}>"


def from_rdf(element: Element, depth: int = 8) -> Value:
    """The value of a property, however a program has written it anew; without languages.

    What is nested deeper than `depth` is left out.
    """
    if not depth:
        return ""
    for child in element:
        if child.tag in _CONTAINERS:
            return [from_rdf(item, depth - 1) for item in child]
        if child.tag == f"{{{RDF}}}Description":
            return from_rdf(child, depth - 1)
    fields: dict[str, Value] = {_local(child.tag): from_rdf(child, depth - 1) for child in element}
    for name, text in element.attrib.items():
        if name.startswith("{") and not name.startswith((f"{{{RDF}}}", _XML)):
            fields[_local(name)] = text
    return fields or element.text or ""


def _local(name: str) -> str:
    return name.rpartition("}")[2]
