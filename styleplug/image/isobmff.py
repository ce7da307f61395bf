"""Which colours an AVIF file tells of by numbers (ISO/IEC 14496-12 and 23008-12)."""

from __future__ import annotations

from contextlib import suppress

from styleplug.image.boxes import content
from styleplug.image.jxl import boxes


def numbered_colours(data: bytes) -> tuple[int, int] | None:
    """The primaries and the transfer function of the main picture of a file, as CICP numbers them.

    Returns:
        None where there are no such numbers, or the file is damaged.
    """
    with suppress(IndexError):
        meta = content(data, b"meta")[4:]
        main = content(meta, b"pitm")
        wide = main[0] > 0
        item = int.from_bytes(main[4 : 8 if wide else 6], "big")
        tables = content(meta, b"iprp")
        container = content(tables, b"ipco")
        properties = [(kind, container[start:end]) for kind, start, end in boxes(container)]
        for index in _properties_of(item, content(tables, b"ipma")):
            kind, told = properties[index - 1]
            if kind == b"colr" and told.startswith(b"nclx") and len(told) >= 8:
                return int.from_bytes(told[4:6], "big"), int.from_bytes(told[6:8], "big")
    return None


def _properties_of(item: int, table: bytes) -> list[int]:
    """Which properties, counted from 1, belong to an item."""
    id_size = 4 if table[0] else 2
    index_size = 2 if table[3] & 1 else 1
    at = 8
    for _ in range(int.from_bytes(table[4:8], "big")):
        entry = int.from_bytes(table[at : at + id_size], "big")
        count = table[at + id_size]
        at += id_size + 1
        end = at + count * index_size
        if entry == item:
            flag = 1 << 8 * index_size - 1  # whether a reader has to understand it
            return [
                int.from_bytes(table[place : place + index_size], "big") & ~flag
                for place in range(at, end, index_size)
            ]
        at = end
    return []
