"""CRW files, RAW files of Canon's early cameras, which have no EXIF block; one is made.

Such a file is a heap of records, some of them heaps themselves, each with a directory at its end
(CIFF; tags as ExifTool documents them).
"""

from __future__ import annotations

import math
import struct
from datetime import UTC, datetime

from styleplug.image.formats.codec import Codec, begins
from styleplug.image.formats.raw import decoded
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.exif import EXIF_DIRECTORY
from styleplug.image.metadata.tiff_directories import ASCII, RATIONAL, Entry, Tiff

_CAMERA, _OWNER, _TIME, _EXPOSURE = 0x080A, 0x0810, 0x180E, 0x1818
_MAKE_TAG, _MODEL_TAG, _TAKEN_TAG, _OWNER_TAG = 0x10F, 0x110, 0x9003, 0xA430
_EXPOSURE_TIME_TAG, _F_NUMBER_TAG = 0x829A, 0x829D
_IS_HEAP = (0x2800, 0x3000)
_IN_DIRECTORY = 0x4000
_MOST_HEAPS, _MOST_RECORDS, _LONGEST = 20, 127, 1000
_LARGEST_APEX = 20


def blocks_of(data: bytes) -> Metadata:
    """Camera, owner, time and exposure of a CRW file."""
    order = "<" if data.startswith(b"II") else ">"
    records = _records(data, order)
    make, _, model = records.get(_CAMERA, b"").rstrip(b"\0").partition(b"\0")
    main = [*_text(_MAKE_TAG, make), *_text(_MODEL_TAG, model)]
    details = [
        *_text(_OWNER_TAG, records.get(_OWNER, b"").split(b"\0")[0]),
        *_taken(records.get(_TIME, b"").ljust(4, b"\0"), order),
        *_exposure(records.get(_EXPOSURE, b""), order),
    ]
    target = Tiff.empty(order)
    if details:
        main.append(target.numeric_entry(EXIF_DIRECTORY, [target.append_directory(details)]))
    target.set_first(target.append_directory(main))
    return Metadata(bytes(target.data) if main else None)


def _records(data: bytes, order: str) -> dict[int, bytes]:
    """The short records of all heaps, by their tags; of two, the first."""
    [start] = struct.unpack_from(f"{order}I", data, 2)
    heaps, found = [(start, len(data))], dict[int, bytes]()
    for start, end in heaps:  # which grows meanwhile
        if not 4 <= end - start <= len(data) - start:
            continue
        at = start + int(struct.unpack_from(f"{order}I", data, end - 4)[0])
        [count] = struct.unpack_from(f"{order}H", data, at) if at + 2 <= end else [0]
        for position in range(at + 2, at + 2 + 10 * min(count, _MOST_RECORDS), 10):
            if position + 10 > end:
                break
            tag, length, offset = struct.unpack_from(f"{order}HII", data, position)
            place = start + offset
            if tag & 0x3800 in _IS_HEAP and len(heaps) < _MOST_HEAPS:
                heaps.append((place, place + length))
            elif tag & _IN_DIRECTORY:
                found.setdefault(tag & ~_IN_DIRECTORY, data[position + 2 : position + 10])
            elif length <= _LONGEST:
                found.setdefault(tag, data[place : place + length])
    return found


def _text(tag: int, text: bytes) -> list[Entry]:
    return [Entry(tag, ASCII, len(text) + 1, text + b"\0")] if text else []


def _taken(content: bytes, order: str) -> list[Entry]:
    """When it was taken, by the camera's clock, in seconds since 1970."""
    [seconds] = struct.unpack_from(f"{order}I", content)
    taken = datetime.fromtimestamp(seconds, UTC)
    return _text(_TAKEN_TAG, taken.strftime("%Y:%m:%d %H:%M:%S").encode()) if seconds else []


def _exposure(content: bytes, order: str) -> list[Entry]:
    """Exposure time and f-number, which are stored as logarithms (APEX)."""
    if len(content) < 12:
        return []
    _, speed, aperture = struct.unpack_from(f"{order}3f", content)
    if not all(math.isfinite(value) and abs(value) <= _LARGEST_APEX for value in (speed, aperture)):
        return []
    time = (1, round(2**speed)) if speed > 0 else (round(2**-speed), 1)
    numbers = ((_EXPOSURE_TIME_TAG, time), (_F_NUMBER_TAG, (round(10 * 2 ** (aperture / 2)), 10)))
    return [Entry(tag, RATIONAL, 1, struct.pack(f"{order}II", *pair)) for tag, pair in numbers]


CODEC = Codec(matches=begins(b"HEAPCCDR", at=6), decode=decoded, blocks_of=blocks_of)
