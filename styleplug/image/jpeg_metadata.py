"""Metadata in JPEG files: segments APP0 (the resolution), APP1 (EXIF, XMP), APP13 (IPTC, in
Photoshop's resources) and COM (comments)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from styleplug.image.blocks import Metadata
from styleplug.image.exif import IPTC as IPTC_TAG
from styleplug.image.exif import without
from styleplug.image.extended_xmp import merged, split
from styleplug.image.photoshop import IPTC, resources_of
from styleplug.image.resolution import INCHES_PER_CENTIMETRE, Resolution, resolution_of
from styleplug.image.texts import comments, is_comment

APP0, APP1, APP13, COM, START_OF_SCAN = 0xE0, 0xE1, 0xED, 0xFE, 0xDA
JFIF = b"JFIF\0"
EXIF = b"Exif\0\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP = b"Photoshop 3.0\0"

_NAMES = {APP0: (JFIF,), APP1: (EXIF, XMP, EXTENSION), APP13: (PHOTOSHOP,)}
_LONGEST = 65_533  # bytes of a segment after its length
_MOST_SEGMENTS = 10_000  # that are looked at; a photograph has some ten
_MOST_EXIF = 64  # segments of EXIF that a decoder is given, 4 MB
# Before each part of an extension: its name, the length of all, where the part belongs.
_PLACE = 32 + 4 + 4
_FILL = re.compile(b"\xff+")  # any number of bytes before a marker
# In a JFIF segment, behind the version: the unit of the resolution, and the resolution.
_DENSITY = struct.Struct(">BHH")
_INCHES = {1: 1.0, 2: INCHES_PER_CENTIMETRE}


def blocks_of(data: bytes) -> Metadata:
    """What a JPEG file says besides its pixels; its XMP packet with the extension."""
    found: dict[bytes, list[bytes]] = {JFIF: [], EXIF: [], XMP: [], EXTENSION: [], PHOTOSHOP: []}
    said = []
    for marker, payload in islice(_segments(data), _MOST_SEGMENTS):
        if marker == COM:
            said.append(payload)
        for name in _NAMES.get(marker, ()):
            if payload.startswith(name):
                found[name].append(payload[len(name) :])
    xmp = found[XMP][0] if found[XMP] else None
    if xmp and found[EXTENSION]:
        with suppress(ValueError):  # a damaged extension is no reason to lose the packet
            xmp = merged(xmp, _extensions(found[EXTENSION]))
    return Metadata(
        exif=b"".join(found[EXIF]) or None,
        xmp=xmp,
        iptc=resources_of(b"".join(found[PHOTOSHOP])).get(IPTC),
        resolution=_resolution(found[JFIF][0]) if found[JFIF] else None,
        texts=comments(said),
    )


def embedded(encoded: bytes, metadata: Metadata) -> bytes:
    """A JPEG file, which has a JFIF segment, with metadata in it.

    What is longer than a segment continues in the next, as ExifTool reads it.

    Raises:
        ValueError: the packet has too many properties.
    """
    at = 4 + int.from_bytes(encoded[4:6], "big")  # behind the JFIF segment
    first = bytearray(encoded[:at])
    if metadata.resolution:
        _DENSITY.pack_into(first, 6 + len(JFIF) + 2, *_density(metadata.resolution))
    return b"".join([first, *_written(metadata), encoded[at:]])


def without_ballast(data: bytes) -> bytes:
    """A file as a decoder is given it: without fill bytes, and EXIF of no more than 64 segments.

    Pillow reads fill byte by byte, and copies all EXIF for each segment more.
    """
    kept, end, exif = [data[:2]], 2, 0
    for start, end in islice(_places(data), _MOST_SEGMENTS):
        exif += data.startswith(EXIF, start + 3) and data[start] == APP1
        if exif <= _MOST_EXIF or data[start] != APP1:
            kept.append(data[start - 1 : end])
    fill = _FILL.match(data, end)
    return b"".join([*kept, data[fill.end() - 1 if fill else end :]])


def _written(metadata: Metadata) -> Iterator[bytes]:
    """The segments that hold the metadata."""
    exif, xmp, iptc = metadata.exif, metadata.xmp, metadata.iptc
    for part in _parts(without(exif, IPTC_TAG) if exif else b"", _LONGEST - len(EXIF)):
        yield _segment(APP1, EXIF + part)
    if xmp:
        main, extension, name = split(xmp, _LONGEST - len(XMP))
        yield _segment(APP1, XMP + main)
        room = _LONGEST - len(EXTENSION) - _PLACE
        for index, part in enumerate(_parts(extension or b"", room)):
            place = name.encode() + struct.pack(">II", len(extension or b""), index * room)
            yield _segment(APP1, EXTENSION + place + part)
    if iptc:
        resource = b"8BIM" + struct.pack(">HHI", IPTC, 0, len(iptc)) + iptc
        for part in _parts(resource + bytes(len(iptc) % 2), _LONGEST - len(PHOTOSHOP)):
            yield _segment(APP13, PHOTOSHOP + part)
    for _, text in filter(is_comment, metadata.texts):
        for at in range(0, len(text), _LONGEST // 4):  # no character is cut
            yield _segment(COM, text[at : at + _LONGEST // 4].encode())


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers and contents of the segments before the pixels."""
    return ((data[start], data[start + 3 : end]) for start, end in _places(data))


def _places(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the segments before the pixels have their markers, and where they end."""
    at = 2
    while fill := _FILL.match(data, at):
        start = fill.end()
        if start + 3 > len(data) or data[start] == START_OF_SCAN:
            return
        at = start + 1 + max(2, int.from_bytes(data[start + 1 : start + 3], "big"))
        yield start, at


def _resolution(jfif: bytes) -> Resolution | None:
    """The resolution in a JFIF segment; there may be but the pixels' proportions."""
    if len(jfif) < 2 + _DENSITY.size:
        return None
    unit, across, down = _DENSITY.unpack_from(jfif, 2)
    return resolution_of(across, down, _INCHES[unit]) if unit in _INCHES else None


def _density(resolution: Resolution) -> tuple[int, int, int]:
    """A resolution as JFIF has it, in whole numbers, by whichever unit is closer to it."""
    choices = [(unit, [value * inches for value in resolution]) for unit, inches in _INCHES.items()]
    unit, sides = min(choices, key=lambda choice: sum(abs(v - round(v)) for v in choice[1]))
    across, down = (max(1, round(value)) for value in sides)
    return unit, across, down


def _extensions(contents: list[bytes]) -> dict[str, bytes]:
    """Extensions by their names, put together of their parts."""
    extensions: dict[str, bytearray] = {}
    for content in contents:
        if len(content) < _PLACE:
            continue
        name = content[:32].decode("ascii", "replace")
        _, offset = struct.unpack_from(">II", content, 32)
        parts = extensions.setdefault(name, bytearray())
        if offset == len(parts):  # else a part is missing, or comes out of turn
            parts += content[_PLACE:]
    return {name: bytes(parts) for name, parts in extensions.items()}


def _parts(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
