"""Boxes of the containers that descend from QuickTime's: JPEG 2000, JPEG XL, HEIF, CR3."""

from __future__ import annotations

from itertools import islice

from styleplug.image.jxl import boxes

XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The identifier of a box that holds an XMP packet (XMP specification, part 3)."""
_IDENTIFIED = b"uuid"
_MOST = 10_000


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
