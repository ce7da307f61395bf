"""Places in a picture that XMP tells of: they turn, and grow or shrink, with it.

Regions (faces, mostly) of the Metadata Working Group (MWG 2.0, section 5.9), of ACDSee, which are
like those, of Microsoft, and of the IPTC (Photo Metadata Standard 2019.1, "Image Region"); and
EXIF's subject. All are places in the picture as it is stored.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from styleplug.image.metadata.xmp import RDF, Packet
from styleplug.image.metadata.xmp_structures import PlainValue, Structure, structures
from styleplug.image.turn import Turn

_EXIF = "http://ns.adobe.com/exif/1.0/"
_RECTANGLE = "http://ns.microsoft.com/photo/1.2/t/Region# Rectangle"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/ "
_AREA, _DIMENSIONS = "sType/Area# ", "sType/Dimensions# "  # ends of the namespaces of both

_Changes: TypeAlias = Iterator[tuple[PlainValue, str]]


def with_places(packet: Packet, turn: Turn) -> Packet:
    """The packet with the places in the picture as it is now. What makes no sense stays."""
    if turn.is_none:
        return packet
    changes: list[tuple[int, int, bytes]] = []
    for description in packet.descriptions:
        for prop in description.properties:
            rule = _RULES.get(prop.name)
            if rule and not prop.is_attribute:
                changes += [
                    (text.start, text.end, value.encode())
                    for text, value in rule(structures(description, prop), turn)
                ]
    return packet.changed(changes)


def _regions(found: list[Structure], turn: Turn) -> _Changes:
    """Centres and sizes of areas, and the size of the picture that they are meant for.

    That size tells pictures that have been turned or cut since: a program that turned the pixels
    and left the orientation may have left areas in the turned picture.
    """
    sizes = [each for structure in found if (each := _of(structure, _DIMENSIONS, "w", "h"))]
    if sizes and _is_upright([_number(text) for text in sizes[0]], turn):
        turn = replace(turn, orientation=1, before=turn.upright)
    for width, height in sizes:
        across, down = turn.extent(_number(width), _number(height))
        factors = [new / old for new, old in zip(turn.after, turn.upright, strict=True)]
        yield width, _text(across * factors[0])
        yield height, _text(down * factors[1])
    for structure in found:
        if centre := _of(structure, _AREA, "x", "y"):
            yield from zip(centre, map(_text, turn.point(*map(_number, centre))), strict=True)
        if extent := _of(structure, _AREA, "w", "h"):
            yield from zip(extent, map(_text, turn.extent(*map(_number, extent))), strict=True)


def _is_upright(size: Iterable[float], turn: Turn) -> bool:
    """Whether areas are meant for the turned picture, by the size of the picture."""
    shape, stored, upright = (
        math.log(width / height) if width > 0 and height > 0 else 0
        for width, height in (size, turn.before, turn.upright)
    )
    return abs(shape - upright) < abs(shape - stored)


def _rectangles(found: list[Structure], turn: Turn) -> _Changes:
    """Left, top, width and height, in one text."""
    for text in (text for structure in found for text in structure.get(_RECTANGLE, ())):
        numbers = [_number_in(part) for part in text.value.split(",")]
        if len(numbers) == 4 and all(map(math.isfinite, numbers)):
            left, top, width, height = numbers
            corners = turn.point(left, top), turn.point(left + width, top + height)
            place = map(min, *corners)
            yield text, ", ".join(map(_text, (*place, *turn.extent(width, height))))


def _boundaries(found: list[Structure], turn: Turn) -> _Changes:
    """Rectangles by their left and top, circles by their centre, and the corners of polygons; in
    parts of the picture, or in pixels."""
    before = after = (1, 1)
    for structure in reversed(found):  # a polygon's unit stands around its corners
        for unit in structure.get(f"{_IPTC}rbUnit", ()):
            before, after = (turn.before, turn.after) if unit.value == "pixel" else ((1, 1), (1, 1))
        if not (place := _of(structure, _IPTC, "rbX", "rbY")):
            continue
        extent = _of(structure, _IPTC, "rbW", "rbH")
        x, y = _divided(map(_number, place), before)
        width, height = _divided(map(_number, extent), before) if extent else (0.0, 0.0)
        corners = turn.point(x, y), turn.point(x + width, y + height)
        yield from _multiplied(place, map(min, *corners), after)
        yield from _multiplied(extent, turn.extent(width, height), after)
        for radius in _of(structure, _IPTC, "rbRx"):  # in parts of the width
            grown = turn.length(_number(radius)) * turn.before[0] / before[0]
            yield radius, _text(grown * after[0] / turn.after[0])


def _divided(numbers: Iterable[float], size: tuple[int, int]) -> tuple[float, float]:
    across, down = (number / side for number, side in zip(numbers, size, strict=True))
    return across, down


def _multiplied(
    texts: list[PlainValue], parts: Iterable[float], size: tuple[int, int]
) -> Iterator[tuple[PlainValue, str]]:
    """Texts, as many as there are, as parts of a size."""
    for text, part, side in zip(texts, parts, size, strict=False):
        yield text, _text(part * side)


def _subject(found: list[Structure], turn: Turn) -> _Changes:
    """A list of pixels."""
    for structure in found:
        texts = structure.get(f"{RDF} li", [])
        numbers = [_number(text) for text in texts]
        if 2 <= len(texts) <= 4 and all(map(math.isfinite, numbers)):
            yield from zip(texts, map(str, turn.subject(list(map(round, numbers)))), strict=True)


_RULES: Mapping[str, Callable[[list[Structure], Turn], _Changes]] = {
    "http://www.metadataworkinggroup.com/schemas/regions/ Regions": _regions,
    "http://ns.acdsee.com/regions/ Regions": _regions,
    "http://ns.microsoft.com/photo/1.2/ RegionInfo": _rectangles,
    f"{_IPTC}ImageRegion": _boundaries,
    f"{_EXIF} SubjectArea": _subject,
    f"{_EXIF} SubjectLocation": _subject,
}


def _of(structure: Structure, namespace: str, *names: str) -> list[PlainValue]:
    """The numbers of a structure that have these names; none, unless all are there."""
    found = [
        text
        for name in names
        for key, texts in structure.items()
        if key.endswith(namespace + name)
        for text in texts
    ]
    is_whole = len(found) == len(names) and all(math.isfinite(_number(text)) for text in found)
    return found if is_whole else []


def _number(text: PlainValue) -> float:
    return _number_in(text.value)


def _number_in(text: str) -> float:
    """The number that a text is; not a number, where it is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _text(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
