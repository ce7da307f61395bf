"""IPTC records hold no picture of the photograph."""

from __future__ import annotations

import struct

import pytest

from styleplug.image.metadata.iptc import without_pictures


def data_set(record: int, number: int, data: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(data)) + data


def extended(record: int, number: int, data: bytes) -> bytes:
    """One whose length takes four bytes."""
    return struct.pack(">BBBHI", 0x1C, record, number, 0x8004, len(data)) + data


KEYWORD, CITY = data_set(2, 25, b"beach"), extended(2, 90, b"Arles")


@pytest.mark.parametrize(
    "picture",
    [data_set(2, 202, b"a" * 300), extended(8, 10, b"a" * 70_000), data_set(2, 200, b"a")],
)
def test_the_preview_and_the_picture_go(picture: bytes) -> None:
    assert without_pictures(KEYWORD + picture + CITY) == KEYWORD + CITY


def test_what_is_cut_off_is_left_out() -> None:
    assert without_pictures(KEYWORD + CITY[:-1]) == KEYWORD
    assert without_pictures(KEYWORD + b"\0\0") == KEYWORD
