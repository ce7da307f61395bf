"""IPTC-IIM records: a marker, the numbers of record and data set, a length, data, and so on."""

from __future__ import annotations

from collections.abc import Iterator

_MARKER = 0x1C
_APPLICATION, _PREVIEW = 2, (200, 201, 202)  # the preview's format, its version, and itself
_OBJECT = (7, 8, 9)  # records of the picture as a whole, which newspapers once sent
_EXTENDED = 0x8000


def without_pictures(records: bytes) -> bytes:
    """The records without the preview, and without the picture itself; what can't be read is left
    out, too."""
    kept = []
    for record, data_set, whole in _data_sets(records):
        if record not in _OBJECT and not (record == _APPLICATION and data_set in _PREVIEW):
            kept.append(whole)
    return b"".join(kept)


def _data_sets(records: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 5 <= len(records) and records[at] == _MARKER:
        length, start = int.from_bytes(records[at + 3 : at + 5], "big"), at + 5
        if length & _EXTENDED:  # the length of a longer length
            start += length & ~_EXTENDED
            length = int.from_bytes(records[at + 5 : start], "big")
        end = start + length
        if end > len(records):
            return
        yield records[at + 1], records[at + 2], records[at:end]
        at = end
