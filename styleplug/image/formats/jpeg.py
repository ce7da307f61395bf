"""JPEG files: read and written by Pillow. Metadata are in segments: APP0 (the resolution), APP1
(EXIF, XMP), APP13 (IPTC, in Photoshop's resources) and COM (comments)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice

import numpy as np

from styleplug.errors import ImageError, ImageTooLargeError
from styleplug.image import pil
from styleplug.image.formats.codec import Codec, Writer, begins
from styleplug.image.metadata.blocks import MAX_BLOCK, Metadata
from styleplug.image.metadata.exif import IPTC as IPTC_TAG
from styleplug.image.metadata.exif import without
from styleplug.image.metadata.extended_xmp import merged, split
from styleplug.image.metadata.photoshop import IPTC, resources_of
from styleplug.image.metadata.resolution import INCHES_PER_CENTIMETRE, Resolution, resolution_of
from styleplug.image.metadata.texts import comments, is_comment
from styleplug.image.samples import MAX_PIXELS, PathOrNone, Samples

MAX_SCANS = 16
"""How often a file may go over the largest picture; over a smaller one, as much more often."""

_BEGINNING, _END = b"\xff\xd8", b"\xff\xd9"
_ANY_BITS = (b"\x55", b"\xaa")
APP0, APP1, APP13, COM, START_OF_SCAN = 0xE0, 0xE1, 0xED, 0xFE, 0xDA
JFIF = b"JFIF\0"
EXIF = b"Exif\0\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP = b"Photoshop 3.0\0"

_NAMES = {APP0: (JFIF,), APP1: (EXIF, XMP, EXTENSION), APP13: (PHOTOSHOP,)}
_LONGEST = 65_533  # bytes of a segment after its length
_MOST_SEGMENTS = 10_000  # that are looked at; a photograph has some ten
# Before each part of an extension: its name, the length of all, where the part belongs.
_PLACE = 32 + 4 + 4
_MOST_FILL = 2**16
_FILL = re.compile(b"\xff+")  # any number of bytes before a marker
# In a JFIF segment, behind the version: the unit of the resolution, and the resolution.
_DENSITY = struct.Struct(">BHH")
_INCHES = {1: 1.0, 2: INCHES_PER_CENTIMETRE}


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The picture of a file, which may lack the mark of its end.

    That no pixels are missing shows where nothing that could come before the mark makes a
    difference.

    Raises:
        ImageTooLargeError: it has too many pixels, or goes over them too often.
        Exception: whatever Pillow raises on damaged data.
    """
    data = without_bulk(data)
    try:
        return _by_pillow(data, path)
    except ImageError:
        raise
    except Exception:
        begun = data.removesuffix(_END[:1])
        one, other = (_by_pillow(begun + bits * 64 + _END, path) for bits in _ANY_BITS)
        if not np.array_equal(one.colours, other.colours):
            raise
    return replace(one, warnings=(*one.warnings, "lacks the mark of its end, but no pixels"))


def _by_pillow(data: bytes, path: PathOrNone) -> Samples:
    with pil.opened(data, "JPEG", path) as image:
        _check_scans(data, *image.size, path)
        return pil.samples_of(image, path)


def _check_scans(data: bytes, width: int, height: int, path: PathOrNone) -> None:
    """Refuse a file that goes over the picture again and again: hours of work in few bytes."""
    scans = data.count(b"\xff\xda")
    if scans * width * height > MAX_SCANS * MAX_PIXELS:
        raise ImageTooLargeError(
            path, f"has {scans} scans, which are more than it is safe to decode; save it anew"
        )


def blocks_of(data: bytes) -> Metadata:
    """What a JPEG file says besides its pixels; its XMP packet with the extension."""
    found: dict[bytes, list[bytes]] = {JFIF: [], EXIF: [], XMP: [], EXTENSION: [], PHOTOSHOP: []}
    said = []
    for marker, start, end in islice(_segments(data), _MOST_SEGMENTS):
        payload = data[start:end]
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


def without_bulk(data: bytes) -> bytes:
    """A JPEG file without what would take a decoder long before it comes to the pixels: megabytes
    of EXIF segments, or of bytes that only fill.

    Raises:
        ValueError: it has too many segments.
    """
    segments = list(islice(_segments(data), _MOST_SEGMENTS))
    if len(segments) == _MOST_SEGMENTS:
        raise ValueError("it has too many segments before its pixels")
    pixels = _FILL.match(data, segments[-1][2] if segments else 2)
    if pixels is None:
        return data
    exif = [each for each in segments if each[0] == APP1 and data.startswith(EXIF, each[1])]
    bulk = set(exif) if sum(end - start for _, start, end in exif) > MAX_BLOCK else set()
    filled = pixels.end() - 3 - sum(end - start + 4 for _, start, end in segments)
    if not bulk and filled <= _MOST_FILL:
        return data
    kept = (b"\xff" + data[each[1] - 3 : each[2]] for each in segments if each not in bulk)
    return b"".join([data[:2], *kept, data[pixels.end() - 1 :]])


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


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Markers of the segments before the pixels, and where what they hold begins and ends."""
    at = 2
    while fill := _FILL.match(data, at):
        at = fill.end()
        if at + 3 > len(data) or data[at] == START_OF_SCAN:
            return
        length = int.from_bytes(data[at + 1 : at + 3], "big")
        yield data[at], at + 3, at + 1 + max(2, length)
        at += 1 + max(2, length)


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


CODEC = Codec(
    matches=begins(_BEGINNING),
    decode=decoded,
    blocks_of=blocks_of,
    writer=Writer(
        encode=partial(pil.encoded, "JPEG", quality=95, subsampling="4:4:4"),
        embed=embedded,
        has_alpha=False,
        has_iptc=True,
        has_resolution=True,
        has_text=is_comment,
        longest_side=65500,
    ),
)
