"""The bytes of XMP packets before they are parsed: their encoding, what goes, and limits.

Packets come from strangers. The limits are such that all that is done with one takes some seconds
and 300 MB at most.
"""

from __future__ import annotations

import re

_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}

# Brushes of Camera Raw come to 10,000 elements; Photoshop's list of ancestors may become longer
# than is of any use.
_MOST_BYTES = 8 * 2**20
_MOST_TAGS = 100_000
_MOST_QUOTES = 200_000  # two around the value of an attribute
# Each name in the packet is expanded by that of its namespace, an address.
_LONG_NAMESPACE = re.compile(rb"""\sxmlns(?::[^\s=]*)?\s*=\s*(?:"[^"]{256}|'[^']{256})""")

# A text that is a picture file, in base 64: JPEG, PNG, GIF, TIFF, WebP, HEIF and AVIF, JPEG XL.
_PICTURE = re.compile(
    rb"""(["'>\[])\s*+(?:data:image/[\w.+-]{1,30};base64,)?(?:/9j/|iVBORw0KGgo|R0lGOD|SUkqA|TU0AK"""
    rb"""|UklGR[\w+/]{7}RUJQ|AAAA[\w+/][GWm2]Z0eXB|AAAADEpYTCA)[^"'<\]]{200,}"""
)


class TooLargeError(ValueError):
    """A packet that would take more time and memory than it is worth."""


def prepared(data: bytes) -> bytes:
    """A packet in UTF-8, without padding around it and without the pictures in it.

    Raises:
        ValueError: it is in no encoding of XMP.
        TooLargeError: it has more of something than packets of photographs have.
    """
    packet = _PICTURE.sub(rb"\1", _as_utf8(data))
    quotes = packet.count(b'"') + packet.count(b"'")
    if len(packet) > _MOST_BYTES or packet.count(b"<") > _MOST_TAGS or quotes > _MOST_QUOTES:
        raise TooLargeError("it is too large")
    if _LONG_NAMESPACE.search(packet):
        raise TooLargeError("it has a namespace with too long a name")
    return packet


def _as_utf8(data: bytes) -> bytes:
    encoding = _UTF_16.get(data[:2])
    if encoding is None:
        return data.strip(b"\0 \t\r\n")
    if len(data) > 2 * _MOST_BYTES:
        raise TooLargeError("it is too large")
    text = data.decode(encoding)  # UnicodeDecodeError is a ValueError
    return re.sub(r"^\s*<\?xml\s[^>]*\?>", "", text.strip("\0")).encode()
