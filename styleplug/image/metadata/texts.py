"""Plain texts in picture files: comments, and those of PNG, which go by keywords."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from styleplug.image.metadata.xmp import Packet

KeyedText: TypeAlias = tuple[str, str]
"""A keyword as PNG has them, 1 to 79 characters of Latin-1; and what is said."""

COMMENT = "Comment"
"""The keyword of what has none in JPEG and GIF files."""
MAX_TEXTS = 4 * 2**20
"""The characters that are kept of all texts of a file."""

_MOST = 1000

_NAMESPACES = {"dc": "http://purl.org/dc/elements/1.1/", "exif": "http://ns.adobe.com/exif/1.0/"}
# Where XMP has what PNG's keywords say (XMP specification, part 3), and as which kind of list.
_PROPERTIES = {
    "Title": ("dc", "title", "Alt"),
    "Author": ("dc", "creator", "Seq"),
    "Description": ("dc", "description", "Alt"),
    "Copyright": ("dc", "rights", "Alt"),
    COMMENT: ("exif", "UserComment", "Alt"),
}
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = ' xml:lang="x-default"'  # which a list of alternatives asks for


def text_of(data: bytes) -> str:
    """A text whose file doesn't tell how it is written: in UTF-8, or else in Latin-1."""
    data = data.rstrip(b"\0")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_comment(text: KeyedText) -> bool:
    """Whether it is what other formats call a comment; ImageMagick writes the keyword small."""
    return text[0].capitalize() == COMMENT


def comments(contents: Iterable[bytes]) -> tuple[KeyedText, ...]:
    """The texts of a file whose comments have no keyword."""
    return tuple((COMMENT, text) for content in contents if (text := text_of(content)))


def shortened(texts: Iterable[KeyedText]) -> tuple[KeyedText, ...]:
    """The texts, without those that are too long, or too many, together with those before."""
    found: list[KeyedText] = []
    room = MAX_TEXTS
    for keyword, text in texts:
        length = len(keyword) + len(text)
        if length <= room and len(found) < _MOST:
            found.append((keyword, text))
            room -= length
    return tuple(found)


def in_xmp(packet: bytes | None, texts: Iterable[KeyedText]) -> bytes | None:
    """The packet, or a new one, with those texts that it has a property for and doesn't say yet.

    Raises:
        ValueError: the packet can't be read.
    """
    wanted = [(keyword.capitalize(), text) for keyword, text in texts]
    wanted = [(keyword, text) for keyword, text in wanted if keyword in _PROPERTIES]
    if not wanted:
        return packet
    whole = Packet(packet) if packet else Packet.empty()
    said = {prop.name for prop in whole.properties}
    added: dict[str, bytes] = {}
    for keyword, text in wanted:
        if (name := _name(keyword)) not in said:
            added.setdefault(name, _property(keyword, text))
    if not added:
        return packet
    return whole.with_properties({}, b"".join(added.values())).data


def _name(keyword: str) -> str:
    prefix, local, _ = _PROPERTIES[keyword]
    return f"{_NAMESPACES[prefix]} {local}"


def _property(keyword: str, text: str) -> bytes:
    """A list of one text, without characters that XML doesn't allow."""
    prefix, local, kind = _PROPERTIES[keyword]
    plain = escape(_NO_XML.sub("", text), quote=False)
    item = f"<rdf:li{_LANGUAGE * (kind == 'Alt')}>{plain}</rdf:li>"
    listed = f"<rdf:{kind}>{item}</rdf:{kind}>"
    uri = _NAMESPACES[prefix]
    return f'<{prefix}:{local} xmlns:{prefix}="{uri}">{listed}</{prefix}:{local}>'.encode()
