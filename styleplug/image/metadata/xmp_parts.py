"""Parts of a photograph's file that XMP promises, and that a painted picture doesn't have."""

from __future__ import annotations

import logging

from styleplug.image.metadata.xmp import Packet, Property
from styleplug.image.turn import Turn

_log = logging.getLogger("styleplug")

_XMP = "http://ns.adobe.com/xap/1.0/"
_GOOGLE = "http://ns.google.com/photos/1.0/"
_CAMERA = f"{_GOOGLE}camera/ "
_PANORAMA = f"{_GOOGLE}panorama/ "
_PROVENANCE = "http://purl.org/dc/terms/ provenance"

# What to call each, and how the names of its properties begin.
_PARTS = {
    "a gain map": (
        "http://ns.adobe.com/hdr-gain-map/1.0/ ",
        "http://ns.apple.com/HDRGainMap/1.0/ ",
    ),
    "a depth map": (f"{_GOOGLE}depthmap/ ", f"{_GOOGLE}focus/ ", "http://ns.google.com/photos/dd/"),
    "a sound recording": (f"{_GOOGLE}audio/ ",),
    "a motion photo": (
        *(f"{_CAMERA}MicroVideo", f"{_CAMERA}MotionPhoto"),
        *("http://ns.oplus.com/photos/1.0/camera/ ", "http://ns.xiaomi.com/photos/1.0/camera/ "),
    ),
    "an extension": ("http://ns.adobe.com/xmp/note/ HasExtendedXMP",),  # which wasn't found
    "further pictures": (f"{_GOOGLE}image/ ", f"{_GOOGLE}container/ "),
}
# Those that every program makes anew.
_ROUTINE = (f"{_XMP} Thumbnails", f"{_XMP} PageInfo")


def promised_parts(packet: Packet) -> tuple[str, ...]:
    """What to call the parts that a packet promises, and that will be gone."""
    return tuple(dict.fromkeys(part for prop in packet.properties if (part := _part(prop))))


def without_parts(packet: Packet, turn: Turn) -> Packet:
    """The packet without what it says of parts that are gone, and of a panorama that no longer is
    as it was taken."""

    def is_gone(prop: Property) -> bool:
        return prop.name.startswith(gone) or _part(prop) is not None

    gone: tuple[str, ...] = _ROUTINE
    if not turn.is_none and any(prop.name.startswith(_PANORAMA) for prop in packet.properties):
        gone = (*_ROUTINE, _PANORAMA)
        _log.warning("what XMP says of a panorama isn't kept, since it was turned or resized")
    return packet.without(is_gone)


def _part(prop: Property) -> str | None:
    """What a property is about, if it is a part."""
    if prop.name == _PROVENANCE and (b"self#" in prop.xml or b"://" in prop.xml):
        return "content credentials (C2PA)"
    return next((part for part, names in _PARTS.items() if prop.name.startswith(names)), None)
