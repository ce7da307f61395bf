"""XMP that is too long for one segment of a JPEG file: a standard packet, and an extension in
further segments, which the packet names by its MD5 (XMP specification, part 3, section 1.1.3.1)."""

from __future__ import annotations

import hashlib

from styleplug.image.metadata.xmp import RDF, Description, Packet, Property

NOTE = "http://ns.adobe.com/xmp/note/"


def merged(packet: bytes, extensions: dict[str, bytes]) -> bytes:
    """The packet with the properties of the extension that it names, if that is one of those given.

    Raises:
        ValueError: the packet or the extension can't be read.
    """
    names = [prop for prop in Packet(packet).elements(NOTE) if prop.tag.endswith("HasExtendedXMP")]
    extension = extensions.get(names[0].text or "") if names else None
    if extension is None:
        return packet
    whole = Packet(packet).without(lambda prop: prop.name == f"{NOTE} HasExtendedXMP")
    more = [_element(found, found.properties) for found in Packet(extension).descriptions]
    return whole.with_description(b"".join(more)).data


def split(packet: bytes, limit: int) -> tuple[bytes, bytes | None, str]:
    """A packet of at most `limit` bytes, and an extension with its name, if one is needed.

    The longest properties go into the extension.

    Raises:
        ValueError: the packet can't be read, or is of so many properties that moving the longest
            ones doesn't suffice.
    """
    trailer = packet.rfind(b"<?xpacket end")
    if len(packet) > limit and trailer > 0:
        packet = packet[:trailer].rstrip() + b"\n" + packet[trailer:]  # without the padding
    if len(packet) <= limit:
        return packet, None, ""
    whole = Packet(packet)
    excess = len(whole.data) + _NOTE_LENGTH - limit
    moved: set[Property] = set()
    for prop in sorted(whole.properties, key=lambda prop: len(prop.xml), reverse=True):
        if excess <= 0:
            break
        moved.add(prop)
        excess -= prop.end - prop.start
    elements = [
        _element(description, properties)
        for description in whole.descriptions
        if (properties := [prop for prop in description.properties if prop in moved])
    ]
    extension = _START + b"".join(elements) + _END
    name = hashlib.md5(extension, usedforsecurity=False).hexdigest().upper()
    main = whole.without(moved.__contains__).with_description(_NOTE % name.encode())
    if len(main.data) > limit:
        raise ValueError("it has too many properties for a JPEG file")
    return main.data, extension, name


_START = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'.encode()
_END = b"</rdf:RDF></x:xmpmeta>"
_NOTE = (
    f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="" xmlns:xmpNote="{NOTE}"'
    ' xmpNote:HasExtendedXMP="%b"/>'
).encode()
_NOTE_LENGTH = len(_NOTE) + 64


def _element(description: Description, properties: list[Property]) -> bytes:
    """A description of the same thing with some of the properties."""
    return description.around(b"".join(prop.xml for prop in properties))
