"""Metadata as a camera and an archive write them."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from typing import Any

import programs
import pytest
from PIL import Image
from programs import need

Tag = tuple[int, int, bytes]  # number, type as TIFF counts them, value

_SIZES = {2: 1, 3: 2, 4: 4, 5: 8, 7: 1}


class Block:
    """An EXIF block being written, all of it by hand, so that every offset is known."""

    def __init__(self, order: str) -> None:
        self.order = order
        self.data = bytearray({"<": b"II*\0", ">": b"MM\0*"}[order] + bytes(4))

    def numbers(self, item: str, *values: int) -> bytes:
        return struct.pack(f"{self.order}{len(values)}{item}", *values)

    def append(self, value: bytes) -> int:
        """Put a value at the end; returns its offset."""
        self.data += bytes(len(self.data) % 2)
        self.data += value
        return len(self.data) - len(value)

    def directory(self, tags: list[Tag], at: int | None = None, following: int = 0) -> bytes:
        """A directory's bytes; its long values lie behind `at`, where it is going to be, or are
        appended where that is None."""
        length = 2 + 12 * len(tags) + 4
        packed, values = self.numbers("H", len(tags)), b""
        for number, kind, value in tags:
            packed += self.numbers("H", number, kind)
            packed += self.numbers("I", len(value) // _SIZES[kind])
            if len(value) <= 4:
                packed += value.ljust(4, b"\0")
            elif at is None:
                packed += self.numbers("I", self.append(value))
            else:
                packed += self.numbers("I", at + length + len(values))
                values += value
        return packed + self.numbers("I", following) + values


def thumbnail() -> bytes:
    """A grey JPEG file, made longer by a comment: cameras' thumbnails have some 10 KB."""
    buffer = io.BytesIO()
    Image.new("RGB", (160, 120), (128, 128, 128)).save(buffer, "JPEG", comment=bytes(8000))
    return buffer.getvalue()


@pytest.fixture(scope="session")
def camera_exif() -> Callable[..., bytes]:
    """Makes the EXIF block of a Canon camera that was held upright (orientation 6).

    The MakerNote is a directory whose texts are found by offsets from the beginning of the block,
    as in most cameras' files: they are lost where it moves.
    """

    def make(order: str = "<", orientation: int = 6) -> bytes:
        block = Block(order)
        # A directory's texts lie behind it, at offsets that depend on where the note is.
        note_at = len(block.data)
        note = block.directory(
            [(0x0006, 2, b"Canon Sample Image Type\0"), (0x0009, 2, b"Vincent of Arles\0\0")],
            note_at,
        )
        block.append(note)
        thumb = thumbnail()
        thumb_at = block.append(thumb)
        second = block.append(
            block.directory(
                [
                    (0x0103, 3, block.numbers("H", 6)),
                    (0x0201, 4, block.numbers("I", thumb_at)),
                    (0x0202, 4, block.numbers("I", len(thumb))),
                ]
            )
        )
        interop = block.append(
            block.directory(
                [
                    (0x0001, 2, b"R98\0"),
                    (0x1001, 3, block.numbers("H", 4000)),
                    (0x1002, 3, block.numbers("H", 3000)),
                ]
            )
        )
        details: list[Tag] = [
            (0x829A, 5, block.numbers("I", 1, 250)),
            (0x9003, 2, b"2024:05:01 12:34:56\0"),
            (0x927C, 7, note),
            (0xA002, 3, block.numbers("H", 4000)),
            (0xA003, 3, block.numbers("H", 3000)),
            (0xA005, 4, block.numbers("I", interop)),
        ]
        exif = bytearray(block.directory(details))
        pointer = 2 + 2 * 12 + 8  # to the MakerNote's entry's value: it is there already
        exif[pointer : pointer + 4] = block.numbers("I", note_at)
        exif_at = block.append(bytes(exif))
        gps_at = block.append(block.directory([(0x0001, 2, b"N\0"), (0x0003, 2, b"E\0")]))
        main: list[Tag] = [
            (0x010E, 2, b"Boats on the beach\0"),
            (0x010F, 2, b"Canon\0"),
            (0x0110, 2, b"Canon EOS 5D\0"),
            (0x0112, 3, block.numbers("H", orientation)),
            (0x8769, 4, block.numbers("I", exif_at)),
            (0x8825, 4, block.numbers("I", gps_at)),
        ]
        first = block.append(block.directory(main, following=second))
        block.data[4:8] = block.numbers("I", first)
        return bytes(block.data)

    return make


@pytest.fixture(scope="session")
def exiftool() -> Callable[..., Any]:
    """Runs ExifTool; what it finds is given back with `-json`, one dictionary a file."""
    need("exiftool", "libimage-exiftool-perl")

    def run(*arguments: object) -> Any:
        found = programs.exiftool(*arguments)
        return json.loads(found) if "-json" in arguments else found

    return run
