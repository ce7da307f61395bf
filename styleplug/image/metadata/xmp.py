"""XMP packets: it is found out where each property is written, and only there they are changed, so
that the rest of a packet stays as it is, byte by byte.

A packet is an RDF document: descriptions of properties, which are elements, or attributes where
their value is plain text (ISO 16684-1). Names of properties are written here as "namespace name".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape  # those of xml.sax load half of the standard library
from xml.etree import ElementTree
from xml.parsers import expat

from styleplug.image.metadata.xmp_source import TooLargeError, prepared

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DESCRIPTION = [f"{RDF} RDF", f"{RDF} Description"]
_XML = "http://www.w3.org/XML/1998/namespace"
_MOST_PROPERTIES = 5_000  # and descriptions
_MOST_NAMESPACES = 50_000  # those that are declared around a description, of all descriptions

_EMPTY = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="{RDF}">
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()

ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
START_TAG = re.compile(rb"""<([^\s/>]+)(?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")


@dataclass(frozen=True, slots=True)
class Property:
    """A property, written from `start` to `end`; as an attribute, with the space before it.

    `tag` is its name with the prefix, and `xml` all of it, as an element.
    """

    name: str
    tag: bytes
    start: int
    end: int
    xml: bytes
    is_attribute: bool

    def written(self, value: bytes) -> bytes:
        """The property with another value, plain text, written as it was."""
        if self.is_attribute:
            return b' %b="%b"' % (self.tag, value)
        return b"<%b>%b</%b>" % (self.tag, value, self.tag)


@dataclass
class Description:
    """A description, written from `start` to `end`; `namespaces` are those of the prefixes in
    it."""

    start: int
    about: str
    namespaces: Mapping[str, str]
    properties: list[Property] = field(default_factory=list)
    end: int = 0

    def around(self, properties: bytes) -> bytes:
        """A description of the same thing, for properties of this one that are written elsewhere.

        RDF has the prefix "rdf" in it, unless that stands for something else here.
        """
        rdf = "rdf"
        while self.namespaces.get(rdf, RDF) != RDF:
            rdf += "_"
        declared = "".join(
            f" xmlns{':' * bool(prefix)}{prefix}={_quoted(uri)}"
            for prefix, uri in {**self.namespaces, rdf: RDF}.items()
        )
        start = f"<{rdf}:Description {rdf}:about={_quoted(self.about)}{declared}>"
        return start.encode() + properties + f"</{rdf}:Description>".encode()


class Packet:
    """A packet, read.

    Pictures that are the values of properties or within them, thumbnails, originals, and maps of
    depths, are left out: of what XMP says of a painting, they would show the photograph.

    Args:
        data: UTF-8; or UTF-16, which is turned into UTF-8.

    Raises:
        ValueError: no well-formed XML, no RDF in it, RDF within RDF, or a document type, whose
            entities could make it grow without bounds.
        TooLargeError: more bytes, elements, attributes, properties or namespaces than are safe to
            work with.
    """

    def __init__(self, data: bytes) -> None:
        self.data = prepared(data)
        reader = _Reader(self.data)
        self.descriptions = reader.descriptions
        self._room = reader.room

    @classmethod
    def empty(cls) -> Packet:
        """A packet without properties."""
        return cls(_EMPTY)

    @property
    def properties(self) -> list[Property]:
        """All properties, in the order in which they are written."""
        return [prop for description in self.descriptions for prop in description.properties]

    def elements(self, namespace: str) -> list[ElementTree.Element]:
        """The properties of a namespace, parsed."""
        found: list[ElementTree.Element] = []
        for description in self.descriptions:
            wanted = [p.xml for p in description.properties if p.name.startswith(f"{namespace} ")]
            if wanted:
                try:
                    found += ElementTree.fromstring(description.around(b"".join(wanted)))
                except ElementTree.ParseError as error:
                    raise ValueError(f"no well-formed XML: {error}") from error
        return found

    def with_values(self, values: Mapping[str, str]) -> Packet:
        """The packet with other values, plain text, of those of the properties that are there."""
        return self.changed(
            (prop.start, prop.end, prop.written(values[prop.name].encode()))
            for prop in self.properties
            if prop.name in values
        )

    def without(self, is_unwanted: Callable[[Property], bool]) -> Packet:
        """The packet without some of its properties, and without descriptions that become empty."""
        removed = []
        for description in self.descriptions:
            unwanted = [prop for prop in description.properties if is_unwanted(prop)]
            if unwanted and len(unwanted) == len(description.properties):
                removed.append((description.start, description.end))
            else:
                removed += [(prop.start, prop.end) for prop in unwanted]
        return self.changed((_after_content(self.data, start), end, b"") for start, end in removed)

    def with_description(self, xml: bytes) -> Packet:
        """The packet with descriptions more: elements that declare their namespaces."""
        start, end, before, after = self._room
        return self.changed([(start, end, before + b"\n  " + xml + after)])

    def with_properties(self, namespaces: Mapping[str, str], xml: bytes) -> Packet:
        """The packet with properties more, of what it describes first, written with prefixes."""
        about = self.descriptions[0].about if self.descriptions else ""
        return self.with_description(Description(0, about, namespaces).around(xml))

    def changed(self, changes: Iterable[tuple[int, int, bytes]]) -> Packet:
        """The packet with other bytes from one index to another."""
        pieces, done = [], 0
        for start, end, new in sorted(changes):
            pieces += [self.data[done:start], new]
            done = end
        return Packet(b"".join(pieces) + self.data[done:])


class _Reader:
    """Finds the parts of a packet while expat goes through it."""

    def __init__(self, data: bytes) -> None:
        self.descriptions: list[Description] = []
        self.room: tuple[int, int, bytes, bytes] = (0, 0, b"", b"")
        self._data = data
        self._open: list[tuple[str, int]] = []  # elements: their names, and where they start
        self._prefixes: dict[str, list[str | None]] = {}
        self._namespaces = self._found = 0
        self._is_within = False  # RDF
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartNamespaceDeclHandler = self._declare
        parser.EndNamespaceDeclHandler = lambda prefix: self._prefixes[prefix or ""].pop()
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise ValueError(f"no well-formed XML: {error}") from error
        if not self.room[1]:
            raise ValueError("no RDF in it")

    def _refuse(self, *doctype: object) -> None:
        raise ValueError("it has a document type, which XMP doesn't allow")

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._prefixes.setdefault(prefix or "", []).append(uri)

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        if name == _DESCRIPTION[0]:
            if self._is_within:
                raise ValueError("it has RDF within RDF")
            self._is_within = True
        self._open.append((name, at))
        if [name for name, _ in self._open[-2:]] == _DESCRIPTION:
            namespaces = self._declared()
            about = attributes.get(f"{RDF} about", "")
            description = Description(at, about, namespaces)
            self.descriptions.append(description)
            self._count()
            for prop in self._attributes(at, namespaces):
                self._add(prop)

    def _declared(self) -> dict[str, str]:
        """The namespaces of the prefixes; the default one may be declared to be none."""
        namespaces = {
            prefix: uris[-1] for prefix, uris in self._prefixes.items() if uris and uris[-1]
        }
        self._namespaces += len(namespaces)
        if self._namespaces > _MOST_NAMESPACES:
            raise TooLargeError("it declares too many namespaces")
        return namespaces

    def _attributes(self, at: int, namespaces: Mapping[str, str]) -> Iterable[Property]:
        """The properties that are attributes of the description that starts at an index."""
        tag = self._start_tag(at)
        for match in ATTRIBUTE.finditer(tag[0]):
            prefix, _, local = match[1].decode().partition(":")
            uri = namespaces.get(prefix)
            if not local or uri in (None, RDF, _XML):  # a declaration, and what isn't a property
                continue
            value = match[2][1:-1].replace(b">", b"&gt;")
            xml = b"<%b>%b</%b>" % (match[1], value, match[1])
            start, end = at + match.start(), at + match.end()
            yield Property(f"{uri} {local}", match[1], start, end, xml, is_attribute=True)

    def _finish(self, name: str) -> None:
        path = [name for name, _ in self._open[-3:]]
        _, start = self._open.pop()
        if path[-1] == _DESCRIPTION[0]:
            self._is_within = False
            self.room = self._room(start)
        elif path[-2:] == _DESCRIPTION:
            self.descriptions[-1].end = self._end(start)
        elif path[:-1] == _DESCRIPTION:
            end = self._end(start)
            tag = self._start_tag(start)[1]
            xml = self._data[start:end]
            prop = Property(name, tag, start, end, xml, is_attribute=False)
            self._add(prop)

    def _add(self, prop: Property) -> None:
        self.descriptions[-1].properties.append(prop)
        self._count()

    def _count(self) -> None:
        self._found += 1
        if self._found > _MOST_PROPERTIES:
            raise TooLargeError("it has too many properties")

    def _room(self, start: int) -> tuple[int, int, bytes, bytes]:
        """Where a description can be added: what to replace, and what to write around it."""
        tag = self._start_tag(start)
        if tag[0].endswith(b"/>"):
            end = start + len(tag[0])
            return end - 2, end, b">", b"\n </%b>" % tag[1]
        end = _after_content(self._data, self._parser.CurrentByteIndex)
        return end, end, b"", b""

    def _end(self, start: int) -> int:
        """Where the element that starts at an index, and has just been read, ends."""
        tag = self._start_tag(start)[0]
        if tag.endswith(b"/>"):
            return start + len(tag)
        return self._data.index(b">", self._parser.CurrentByteIndex) + 1

    def _start_tag(self, at: int) -> re.Match[bytes]:
        """The start tag at an index, which expat has accepted: all of it, and its name."""
        match = START_TAG.match(self._data, at)
        assert match is not None, "expat and the pattern agree on what a start tag is"
        return match


def _after_content(data: bytes, at: int) -> int:
    """Where the white space before an index begins."""
    step = 256
    while at > step and not data[at - step : at].strip():
        at -= step
    start = max(0, at - step)
    return start + len(data[start:at].rstrip())


def _quoted(text: str) -> str:
    """The value of an attribute; as they are, tabs and ends of lines would be read as spaces."""
    white = re.sub(r"[\t\n\r]", lambda match: f"&#{ord(match[0])};", escape(text))
    return f'"{white}"'
