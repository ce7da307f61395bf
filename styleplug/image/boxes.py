"""Boxes of the containers that descend from QuickTime's: JPEG 2000, JPEG XL, HEIF, CR3."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The identifier of a box that holds an XMP packet (XMP specification, part 3)."""
_IDENTIFIED = b"uuid"
_MOST = 10_000


def boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kinds of the boxes of a container, and where their contents begin and end."""
    position = 0
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        start = position + 8
        if length == 1 and start + 8 <= len(data):  # a longer number follows
            [length] = struct.unpack_from(">Q", data, start)
            start += 8
        end = position + length if length else len(data)  # 0 is all the rest
        yield kind, start, end
        position = max(end, start)


def content(data: bytes, *path: bytes) -> bytes:
    """What is in a box, or in a box in one; nothing, where there is none.

    Args:
        data: a file.
        path: the kind of each box, of four bytes, or the identifier, of 16; of several boxes of a
            kind the first is taken.
    """
    for name in path:
        data = next((data[start:end] for found, start, end in _named(data) if found == name), b"")
    return data


def _named(data: bytes) -> list[tuple[bytes, int, int]]:
    """Kinds or identifiers of the boxes, and where their contents begin and end."""
    return [
        (data[start : start + 16], start + 16, end) if kind == _IDENTIFIED else (kind, start, end)
        for kind, start, end in islice(boxes(data), _MOST)
    ]
