"""XMP packets, put right for a picture that was turned upright, resized and painted."""

from __future__ import annotations

import re

from styleplug.image.metadata.xmp import Packet
from styleplug.image.metadata.xmp_parts import promised_parts, without_parts
from styleplug.image.metadata.xmp_places import with_places
from styleplug.image.turn import AXES, Turn

_TIFF = "http://ns.adobe.com/tiff/1.0/"
_EXIF = "http://ns.adobe.com/exif/1.0/"
_ORIENTATION = f"{_TIFF} Orientation"


def corrected_xmp(packet: bytes, turn: Turn, *, is_own: bool) -> bytes:
    """The packet with the orientation, the size and the places of the picture as it is now, and
    without pictures and what it says of parts of the file that are gone.

    Args:
        packet: of the photograph, or a sidecar's.
        turn: what became of the photograph.
        is_own: whether the packet's orientation counts, and isn't a copy of what EXIF says. One
            that wasn't applied stays: the picture is still to be turned so.

    Raises:
        ValueError: it can't be read.
    """
    whole = Packet(packet)
    named = _orientation(whole)
    width, height = map(str, turn.after)
    values = {
        _ORIENTATION: str(turn.remaining(named) if is_own and named else 1),
        f"{_TIFF} ImageWidth": width,
        f"{_TIFF} ImageLength": height,
        f"{_EXIF} PixelXDimension": width,
        f"{_EXIF} PixelYDimension": height,
    }
    return without_parts(with_places(whole.with_values(values), turn), turn).data


def orientation_in(packet: bytes) -> int | None:
    """The EXIF orientation, 1 to 8, that a packet names, if it can be read."""
    try:
        return _orientation(Packet(packet))
    except ValueError:
        return None


def warnings_on(packet: bytes) -> list[str]:
    """What a person should know of a photograph's packet.

    Raises:
        ValueError: it can't be read.
    """
    parts = ", ".join(promised_parts(Packet(packet)))
    return [f"speaks in its XMP of {parts}; what it says of that isn't kept"] if parts else []


def _orientation(packet: Packet) -> int | None:
    for prop in packet.properties:
        if prop.name == _ORIENTATION:
            text = re.sub(rb"<[^>]*>|\s", b"", prop.xml)
            return int(text) if text.isdigit() and int(text[:2]) in AXES else None
    return None
