"""What HEIF and AVIF files tell of their main picture by properties of the container
(ISO/IEC 14496-12 and 23008-12)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from styleplug.image.boxes import boxes, content
from styleplug.image.turn import composed

_MOST_BOXES = 10_000
# A quarter turn to the left, so many times; and mirrored, top to bottom or left to right.
_TURNS = {b"irot": (1, 8, 3, 6), b"imir": (4, 2)}


def brands(data: bytes) -> set[bytes]:
    """The kinds of file that a file says to be; none for one in another container."""
    if data[4:8] != b"ftyp":
        return set()
    end = int.from_bytes(data[:4], "big")
    return {data[start : start + 4] for start in range(8, min(end, 256), 4)}


def numbered_colours(data: bytes) -> tuple[int, int] | None:
    """The primaries and the transfer function, as CICP numbers them.

    Returns:
        None where there are no such numbers, or the file is damaged.
    """
    for kind, told in _properties(data):
        if kind == b"colr" and told.startswith(b"nclx") and len(told) >= 8:
            return int.from_bytes(told[4:6], "big"), int.from_bytes(told[6:8], "big")
    return None


def applied_orientation(data: bytes) -> int:
    """The EXIF orientation, 1 to 8, that comes to the same as the turns of the container, which a
    decoder applies, and doesn't tell."""
    orientation = 1
    for kind, told in _properties(data):
        if kind in _TURNS and told:
            turns = _TURNS[kind]
            orientation = composed(orientation, turns[told[0] % len(turns)])
    return orientation


def _properties(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kinds and contents of the main picture's properties, in the order in which they are applied;
    none where the file is damaged."""
    meta = content(data, b"meta")[4:]  # behind its version
    container = content(meta, b"iprp", b"ipco")
    shared = list(islice(boxes(container), _MOST_BOXES))
    main = content(meta, b"pitm")
    item = int.from_bytes(main[4 : 8 if main[:1] > b"\0" else 6], "big")
    for index in _associated(content(meta, b"iprp", b"ipma"), item):
        if 0 < index <= len(shared):
            kind, start, end = shared[index - 1]
            yield kind, container[start:end]


def _associated(table: bytes, item: int) -> Iterator[int]:
    """The numbers, counted from 1, of an item's properties."""
    is_long, is_wide = table[:1] > b"\0", bool(table[3:4] and table[3] & 1)
    id_size, size = (4 if is_long else 2), (2 if is_wide else 1)
    at = 8  # behind version, flags and the number of items
    while at + id_size < len(table):
        found = int.from_bytes(table[at : at + id_size], "big")
        count, start = table[at + id_size], at + id_size + 1
        at = start + count * size
        if found == item:
            for each in range(start, at, size):
                flag = 1 << 8 * size - 1  # whether a reader has to understand it
                yield int.from_bytes(table[each : each + size], "big") & ~flag
