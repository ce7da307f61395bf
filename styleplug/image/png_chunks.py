"""PNG files, chunk by chunk: what neither Pillow nor libpng's bindings do with them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_LONGEST_TEXT, _ALL_TEXTS = 2**20, 64 * 2**20  # bytes, as Pillow's limits are
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


def undamaged(data: bytes) -> bytes:
    """A PNG file without the damaged ones of the chunks that tell about the picture."""
    return SIGNATURE + b"".join(
        whole
        for kind, whole in chunks(data)
        if kind in _PIXELS or chunk(kind, whole[8:-4]) == whole
    )


def pixels_only(data: bytes) -> bytes:
    """A PNG file without the chunks that tell about the picture, of which one may be damaged.

    A decoder gives up on such a file, although all that is needed to show the picture is there.
    """
    return SIGNATURE + b"".join(whole for kind, whole in chunks(data) if kind in _PIXELS)


def without_long_texts(data: bytes) -> bytes:
    """A PNG file without the texts that are longer, alone or together, than Pillow takes them.

    It would refuse the whole file; nothing is lost, for metadata are read elsewhere.
    """
    long, room = set(), _ALL_TEXTS
    for index, (kind, whole) in enumerate(chunks(data)):
        if kind in TEXTS:
            length = len(text(kind, whole[8:-4], _LONGEST_TEXT + 1)[1]) if room > 0 else 0
            room -= length
            if length > _LONGEST_TEXT or room <= 0:
                long.add(index)
    if not long:
        return data
    kept = (whole for index, (_, whole) in enumerate(chunks(data)) if index not in long)
    return SIGNATURE + b"".join(kept)


def text(kind: bytes, content: bytes, longest: int) -> tuple[bytes, bytes]:
    """The keyword of a text chunk, and what it says, up to a length of at least 1; nothing where
    that is damaged."""
    keyword, _, rest = content.partition(b"\0")
    if kind == b"tEXt":
        return keyword, rest[:longest]
    is_compressed = kind == b"zTXt" or rest[:1] == b"\1"
    # In iTXt, a method, a language and the translated keyword come first.
    said = rest[1:] if kind == b"zTXt" else rest[2:].split(b"\0", 2)[-1]
    return keyword, _inflated(said, longest) if is_compressed else said[:longest]


def _inflated(data: bytes, longest: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, longest)
    except zlib.error:
        return b""


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, bytes) of each chunk, up to where the file ends."""
    position = len(SIGNATURE)
    while position + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        yield data[position + 4 : position + 8], data[position : position + 12 + length]
        position += 12 + length
