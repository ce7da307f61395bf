"""PNG files, chunk by chunk: what neither Pillow nor libpng's bindings do with them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def with_profile(data: bytes, profile: bytes) -> bytes:
    """A PNG file, with an ICC profile put in after its header."""
    return with_chunks(data, chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(profile)))


def with_chunks(data: bytes, more: bytes) -> bytes:
    """A PNG file, with chunks put in after its header."""
    (_, header), *rest = chunks(data)
    return b"".join([SIGNATURE, header, more, *(whole for _, whole in rest)])


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk, all of it."""
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def contents(data: bytes, kinds: Collection[bytes]) -> dict[bytes, bytes]:
    """What the chunks of some kinds hold, as far as they are before the pixels and undamaged."""
    found: dict[bytes, bytes] = {}
    for kind, whole in chunks(data):
        if kind == b"IDAT":
            break
        if kind in kinds and chunk(kind, whole[8:-4]) == whole:
            found.setdefault(kind, whole[8:-4])
    return found


def without_text(data: bytes) -> bytes:
    """A PNG file without texts, which may be too long, and without chunks that are damaged."""
    return SIGNATURE + b"".join(
        whole
        for kind, whole in chunks(data)
        if kind in _PIXELS or (kind not in TEXTS and chunk(kind, whole[8:-4]) == whole)
    )


def pixels_only(data: bytes) -> bytes:
    """A PNG file without the chunks that tell about the picture, of which one may be damaged.

    A decoder gives up on such a file, although all that is needed to show the picture is there.
    """
    return SIGNATURE + b"".join(whole for kind, whole in chunks(data) if kind in _PIXELS)


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, bytes) of each chunk, up to where the file ends."""
    position = len(SIGNATURE)
    while position + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        yield data[position + 4 : position + 8], data[position : position + 12 + length]
        position += 12 + length
