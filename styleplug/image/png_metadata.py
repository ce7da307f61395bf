"""Metadata in PNG files: chunks eXIf, pHYs (the resolution) and texts, some of which hold XMP, or
blocks in hexadecimal digits, as ImageMagick began to write them and Exiv2 and ExifTool go on."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from styleplug.image.blocks import Metadata
from styleplug.image.exif import IPTC as IPTC_TAG
from styleplug.image.exif import without
from styleplug.image.jpeg_metadata import XMP as XMP_OF_JPEG
from styleplug.image.photoshop import IPTC, resources_of
from styleplug.image.png import TEXTS, chunk, chunks, text, with_chunks
from styleplug.image.resolution import INCHES_PER_METRE, Resolution, resolution_of
from styleplug.image.texts import Text, text_of

XMP = b"XML:com.adobe.xmp"
RAW = b"Raw profile type "
_RAW_BLOCKS = {b"exif": "exif", b"APP1": "exif", b"xmp": "xmp", b"iptc": "iptc", b"8bim": "iptc"}
# What ImageMagick and makers of thumbnails note of a file, which isn't true of another.
_NOTES = (b"date:", b"exif:", b"Thumb::")

_MOST_CHUNKS = 200_000
_MOST_INFLATED = 64 * 2**20  # bytes of all texts together
_PROFILE = re.compile(rb"\n[^\n]*\n *\d+\n([0-9a-fA-F\s]*)")  # a name, a length, digits
_PHYS = struct.Struct(">IIB")
_PER_METRE = 1


def blocks_of(data: bytes) -> Metadata:
    """What a PNG file says besides its pixels; a chunk that is damaged is passed over."""
    found: dict[str, Any] = {}
    raw: dict[str, bytes] = {}
    texts: list[Text] = []
    room = _MOST_INFLATED
    for kind, content in _whole_chunks(data):
        if kind == b"eXIf":
            found["exif"] = content
        elif kind == b"pHYs":
            found["resolution"] = _resolution(content)
        elif room > 0:
            keyword, said = text(kind, content, room)
            room -= len(said)
            if keyword == XMP:
                found["xmp"] = said
            elif keyword.startswith(RAW):
                raw = _block(keyword.removeprefix(RAW), said) | raw
            elif 0 < len(keyword) < 80 and not keyword.startswith(_NOTES):
                texts.append((keyword.decode("latin-1"), text_of(said)))
    return Metadata(**(raw | found), texts=tuple(pair for pair in texts if pair[1]))


def embedded(encoded: bytes, metadata: Metadata) -> bytes:
    """A PNG file with metadata in it, behind its header."""
    exif, xmp, iptc = metadata.exif, metadata.xmp, metadata.iptc
    more = b""
    if metadata.resolution:
        sides = (round(value * INCHES_PER_METRE) for value in metadata.resolution)
        more += chunk(b"pHYs", _PHYS.pack(*sides, _PER_METRE))
    if exif:
        more += chunk(b"eXIf", without(exif, IPTC_TAG))
    if xmp:  # neither compressed nor in a certain language
        more += chunk(b"iTXt", XMP + bytes(5) + xmp)
    if iptc:
        profile = b"\niptc\n%8d\n%b\n" % (len(iptc), iptc.hex("\n", -36).encode())
        more += chunk(b"zTXt", RAW + b"iptc" + bytes(2) + zlib.compress(profile))
    more += b"".join(_text_chunk(keyword, said) for keyword, said in metadata.texts)
    return with_chunks(encoded, more)


def _whole_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kinds and contents of the chunks with metadata; some stand behind the pixels."""
    for kind, whole in islice(chunks(data), _MOST_CHUNKS):
        if kind in (b"eXIf", b"pHYs", *TEXTS) and chunk(kind, whole[8:-4]) == whole:
            yield kind, whole[8:-4]


def _resolution(content: bytes) -> Resolution | None:
    """The resolution; there may be but the pixels' proportions."""
    if len(content) != _PHYS.size:
        return None
    across, down, unit = _PHYS.unpack(content)
    return resolution_of(across, down, INCHES_PER_METRE) if unit == _PER_METRE else None


def _block(name: bytes, said: bytes) -> dict[str, bytes]:
    """The block, by its field of `Metadata`, in a text of hexadecimal digits."""
    kind, profile = _RAW_BLOCKS.get(name), _PROFILE.fullmatch(said)
    if kind is None or profile is None:
        return {}
    digits = profile[1].translate(None, b" \t\n\r\v\f")
    content = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
    if content.startswith(XMP_OF_JPEG):
        return {"xmp": content.removeprefix(XMP_OF_JPEG)}
    if kind == "iptc":
        content = resources_of(content).get(IPTC, content if name == b"iptc" else b"")
    return {kind: content} if content else {}


def _text_chunk(keyword: str, said: str) -> bytes:
    """A chunk of Latin-1, or of UTF-8 where that isn't enough."""
    name = keyword.encode("latin-1")
    try:
        return chunk(b"tEXt", name + b"\0" + said.encode("latin-1"))
    except UnicodeEncodeError:
        return chunk(b"iTXt", name + bytes(5) + said.encode())
