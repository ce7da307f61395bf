"""How a HEIF file turns its picture: its decoder does that, and doesn't tell."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from styleplug.image.jxl import boxes
from styleplug.image.turn import composed

_MOST_BOXES = 10_000
# A quarter turn to the left, so many times; and mirrored, top to bottom or left to right.
_TURNS = {b"irot": (1, 8, 3, 6), b"imir": (4, 2)}


def applied_orientation(data: bytes) -> int:
    """The EXIF orientation, 1 to 8, that comes to the same as the properties of the main picture
    (ISO/IEC 23008-12, sections 6.5.10 and 6.5.12, and ISO/IEC 14496-12, section 8.11.14)."""
    orientation = 1
    meta = _child(data, b"meta")[4:]  # behind its version
    properties = _child(meta, b"iprp")
    container = _child(properties, b"ipco")
    shared = list(islice(boxes(container), _MOST_BOXES))
    main = _child(meta, b"pitm")
    for index in _associated(_child(properties, b"ipma"), int.from_bytes(main[4:], "big")):
        kind, start, end = shared[index - 1] if 0 < index <= len(shared) else (b"", 0, 0)
        if kind in _TURNS and start < min(end, len(container)):
            turns = _TURNS[kind]
            orientation = composed(orientation, turns[container[start] % len(turns)])
    return orientation


def _associated(table: bytes, item: int) -> Iterator[int]:
    """The numbers of an item's properties, in the order in which they are applied."""
    is_long, is_wide = table[:1] > b"\0", bool(table[3:4] and table[3] & 1)
    id_size, size = (4 if is_long else 2), (2 if is_wide else 1)
    at = 8  # behind version, flags and the number of items
    while at + id_size < len(table):
        found = int.from_bytes(table[at : at + id_size], "big")
        count, start = table[at + id_size], at + id_size + 1
        at = start + count * size
        if found == item:
            for each in range(start, at, size):
                yield int.from_bytes(table[each : each + size], "big") & (2 ** (8 * size - 1) - 1)


def _child(data: bytes, kind: bytes) -> bytes:
    """The content of the first box of a kind; empty where there is none."""
    children = islice(boxes(data), _MOST_BOXES)
    return next((data[start:end] for found, start, end in children if found == kind), b"")
