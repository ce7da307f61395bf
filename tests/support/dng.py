"""A RAW file, made by the specification of DNG."""

from __future__ import annotations

import struct

import numpy as np

BYTE, ASCII, SHORT, LONG, RATIONAL, SRATIONAL = 1, 2, 3, 4, 5, 10
FORMATS = {BYTE: "B", ASCII: "B", SHORT: "H", LONG: "I", RATIONAL: "II", SRATIONAL: "ii"}
WIDTH, HEIGHT, WHITE = 128, 96, 4095


def tiff(tags: dict[int, tuple[int, list[int]]], pixels: bytes) -> bytes:
    """A little-endian TIFF file of one page; tag 273 gets the place of the pixels."""
    pixels_at = 8 + 2 + 12 * len(tags) + 4
    extra_at = pixels_at + len(pixels)
    entries, extra = b"", b""
    for tag, (kind, values) in sorted(tags.items()):
        if tag == 273:
            values = [pixels_at]
        content = struct.pack("<" + FORMATS[kind] * (len(values) // len(FORMATS[kind])), *values)
        count = len(values) // len(FORMATS[kind])
        if len(content) > 4:
            extra, content = extra + content, struct.pack("<I", extra_at + len(extra))
        entries += struct.pack("<HHI4s", tag, kind, count, content)
    head = b"II*\0" + struct.pack("<IH", 8, len(tags))
    return head + entries + bytes(4) + pixels + extra


def dng(orientation: int = 1, exif_at: int | None = None) -> bytes:
    """A photograph by an imaginary camera: its left half is white, its right half green.

    Args:
        orientation: as EXIF has it.
        exif_at: where the directory of EXIF lies, if there is one.
    """
    mosaic = np.full((HEIGHT, WIDTH), WHITE // 2, np.uint16)
    mosaic[0::2, WIDTH // 2 :: 2] = WHITE // 50  # red
    mosaic[1::2, WIDTH // 2 + 1 :: 2] = WHITE // 50  # blue
    identity = [10000 * (i % 4 == 0) if j == 0 else 10000 for i in range(9) for j in (0, 1)]
    tags = {
        254: (LONG, [0]),
        256: (LONG, [WIDTH]),
        257: (LONG, [HEIGHT]),
        258: (SHORT, [16]),
        259: (SHORT, [1]),  # not compressed
        262: (SHORT, [32803]),  # a colour filter array
        271: (ASCII, list(b"Imaginary\0")),
        272: (ASCII, list(b"One\0")),
        273: (LONG, [0]),
        274: (SHORT, [orientation]),
        277: (SHORT, [1]),
        278: (LONG, [HEIGHT]),
        279: (LONG, [mosaic.nbytes]),
        33421: (SHORT, [2, 2]),
        33422: (BYTE, [0, 1, 1, 2]),  # red, green / green, blue
        50706: (BYTE, [1, 4, 0, 0]),
        50708: (ASCII, list(b"Imaginary One\0")),
        50717: (LONG, [WHITE]),
        50721: (SRATIONAL, identity),
        50728: (RATIONAL, [1, 1, 1, 1, 1, 1]),
        50778: (SHORT, [21]),  # daylight
    }
    if exif_at is not None:
        tags[34665] = (LONG, [exif_at])
    return tiff(tags, mosaic.tobytes())


def dng_in_adobe_rgb() -> bytes:
    """The same of a camera that is set to Adobe RGB, by the conventions of EXIF and DCF."""
    exif_at = len(dng(exif_at=0))
    interoperability_at = exif_at + 2 + 2 * 12 + 4
    exif = struct.pack("<HHHIHxx", 2, 0xA001, SHORT, 1, 65535)
    exif += struct.pack("<HHIII", 0xA005, LONG, 1, interoperability_at, 0)
    interoperability = struct.pack("<HHHI4sI", 1, 1, ASCII, 4, b"R03\0", 0)
    return dng(exif_at=exif_at) + exif + interoperability
