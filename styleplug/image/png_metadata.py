"""Metadata in PNG files: chunks eXIf and iTXt (XMP), and the text chunk that ImageMagick and
ExifTool use for IPTC."""

from __future__ import annotations

import re
import zlib

from styleplug.image.exif import IPTC as IPTC_TAG
from styleplug.image.exif import without
from styleplug.image.jpeg_metadata import iptc_of
from styleplug.image.png import chunk, chunks, with_chunks

XMP = b"XML:com.adobe.xmp"
IPTC = b"Raw profile type iptc"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_LONGEST_TEXT = 64 * 2**20
_PROFILE = re.compile(rb"\n[^\n]*\n *\d+\n([0-9a-fA-F\s]*)")  # a name, a length, digits


def blocks_of(data: bytes) -> tuple[bytes | None, bytes | None, bytes | None]:
    """The EXIF block, the XMP packet and the IPTC records of a PNG file."""
    exif = xmp = iptc = None
    for kind, whole in chunks(data):  # some stand behind the pixels
        content = whole[8:-4]
        if kind not in (b"eXIf", *_TEXTS) or chunk(kind, content) != whole:
            continue
        if kind == b"eXIf":
            exif = content
            continue
        keyword, _, rest = content.partition(b"\0")
        text = _text(kind, rest)
        if keyword == XMP:
            xmp = text
        elif keyword == IPTC and (profile := _PROFILE.fullmatch(text)):
            digits = profile[1].translate(None, b" \t\n\r\f\v")
            records = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
            iptc = iptc_of(records) or records
    return exif, xmp, iptc


def embedded(encoded: bytes, exif: bytes | None, xmp: bytes | None, iptc: bytes | None) -> bytes:
    """A PNG file with metadata in it, behind its header."""
    more = chunk(b"eXIf", without(exif, IPTC_TAG)) if exif else b""
    if xmp:  # neither compressed nor in a certain language
        more += chunk(b"iTXt", XMP + bytes(5) + xmp)
    if iptc:
        text = b"\niptc\n%8d\n%b\n" % (len(iptc), iptc.hex("\n", -36).encode())
        more += chunk(b"zTXt", IPTC + bytes(2) + zlib.compress(text))
    return with_chunks(encoded, more)


def _text(kind: bytes, rest: bytes) -> bytes:
    """What a text chunk says, behind its keyword."""
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _inflated(rest[1:])
    text = rest[2:].split(b"\0", 2)[-1]  # behind the language and the translated keyword
    return _inflated(text) if rest[:1] == b"\1" else text


def _inflated(data: bytes) -> bytes:
    """The text, cut off where it would fill the memory; empty where it is damaged."""
    try:
        return zlib.decompressobj().decompress(data, _LONGEST_TEXT)
    except zlib.error:
        return b""
