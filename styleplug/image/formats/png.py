"""PNG files: read and written by Pillow, which makes 8 bits of 16, and imagecodecs.

Metadata are in chunks: eXIf, pHYs (the resolution) and texts, some of which hold XMP, or blocks in
hexadecimal digits, as ImageMagick began to write them and Exiv2 and ExifTool go on.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from styleplug.errors import ImageError
from styleplug.image import pil, png_chunks, png_colour
from styleplug.image.formats.codec import Codec, Writer, begins
from styleplug.image.formats.jpeg import XMP as XMP_OF_JPEG
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.exif import IPTC as IPTC_TAG
from styleplug.image.metadata.exif import without
from styleplug.image.metadata.photoshop import IPTC, resources_of
from styleplug.image.metadata.resolution import INCHES_PER_METRE, Resolution, resolution_of
from styleplug.image.metadata.texts import KeyedText, text_of
from styleplug.image.png_chunks import TEXTS, chunk, chunks, text, with_chunks
from styleplug.image.samples import PathOrNone, Samples, room, with_alpha

_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by colour type
_DEPTH, _COLOUR_TYPE = 24, 25  # where the header has them

XMP = b"XML:com.adobe.xmp"
RAW = b"Raw profile type "
_RAW_BLOCKS = {b"exif": "exif", b"APP1": "exif", b"xmp": "xmp", b"iptc": "iptc", b"8bim": "iptc"}
# What ImageMagick and makers of thumbnails note of a file, which isn't true of another.
_NOTES = (b"date:", b"exif:", b"Thumb::")

_MOST_CHUNKS = 200_000
_MOST_INFLATED = 64 * 2**20  # bytes of all texts together
_PROFILE = re.compile(rb"\n[^\n]*\n *\d+\n([0-9a-fA-F\s]*)")  # a name, a length, digits
_PHYS = struct.Struct(">IIB")
_PER_METRE = 1


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The picture of a file, whatever is damaged or too long beside its pixels.

    Raises:
        ImageTooLargeError: it has too many pixels.
        Exception: whatever Pillow and imagecodecs raise where the pixels are damaged.
    """
    data = png_chunks.without_long_texts(data)
    try:
        return _picture(data, data, path)
    except ImageError:
        raise
    except Exception:
        warning = "has damaged data beside its pixels; they were ignored"
    try:
        samples = _picture(png_chunks.undamaged(data), data, path)
    except Exception:
        warning = "has damaged data beside its pixels; they, and its colour profile, were ignored"
        samples = _picture(png_chunks.pixels_only(data), data, path)
    return replace(samples, warnings=(*samples.warnings, warning))


def _picture(part: bytes, data: bytes, path: PathOrNone) -> Samples:
    """The picture in a part of a PNG file, with the colours that the whole describes."""
    with pil.opened(part, "PNG", path) as image:
        if part[_DEPTH] == 16:
            samples = pil.finished(_deep(part, image), image)
        else:
            samples = pil.samples_of(image, path)
        has_profile = image.info.get("icc_profile") is not None
        return png_colour.described(samples, data, has_profile=has_profile)


def _deep(data: bytes, image: Image.Image) -> Samples:
    """The picture of 16 bits, as it is stored."""
    channels = _CHANNELS[data[_COLOUR_TYPE]] + ("transparency" in image.info)
    out = room(image.height, image.width, channels, np.uint16)
    layers = np.atleast_3d(imagecodecs.png_decode(png_chunks.pixels_only(data), out=out))
    return with_alpha(layers, 1 if channels < 3 else 3)


def encoded(layers: NDArray[Any], profile: bytes | None) -> bytes:
    """A file of (H, W, 3) or (H, W, 4) samples, uint8 or uint16, the fourth being alpha."""
    if layers.dtype != np.uint16:
        return pil.encoded("PNG", layers, profile)
    # 16 bits of a photograph are mostly noise: more effort takes seven times as long for 4 %.
    data = bytes(imagecodecs.png_encode(layers, 1))
    return data if profile is None else png_chunks.with_profile(data, profile)


def blocks_of(data: bytes) -> Metadata:
    """What a PNG file says besides its pixels; a chunk that is damaged is passed over."""
    found: dict[str, Any] = {}
    raw: dict[str, bytes] = {}
    texts: list[KeyedText] = []
    room = _MOST_INFLATED
    for kind, content in _whole_chunks(data):
        if kind == b"eXIf":
            found["exif"] = content
        elif kind == b"pHYs":
            found["resolution"] = _resolution(content)
        elif room > 0:
            keyword, said = text(kind, content, room)
            room -= len(said)
            if keyword == XMP:
                found["xmp"] = said
            elif keyword.startswith(RAW):
                raw = _block(keyword.removeprefix(RAW), said) | raw
            elif 0 < len(keyword) < 80 and not keyword.startswith(_NOTES):
                texts.append((keyword.decode("latin-1"), text_of(said)))
    return Metadata(**(raw | found), texts=tuple(pair for pair in texts if pair[1]))


def embedded(encoded: bytes, metadata: Metadata) -> bytes:
    """A PNG file with metadata in it, behind its header."""
    exif, xmp, iptc = metadata.exif, metadata.xmp, metadata.iptc
    more = b""
    if metadata.resolution:
        sides = (round(value * INCHES_PER_METRE) for value in metadata.resolution)
        more += chunk(b"pHYs", _PHYS.pack(*sides, _PER_METRE))
    if exif:
        more += chunk(b"eXIf", without(exif, IPTC_TAG))
    if xmp:  # neither compressed nor in a certain language
        more += chunk(b"iTXt", XMP + bytes(5) + xmp)
    if iptc:
        profile = b"\niptc\n%8d\n%b\n" % (len(iptc), iptc.hex("\n", -36).encode())
        more += chunk(b"zTXt", RAW + b"iptc" + bytes(2) + zlib.compress(profile))
    more += b"".join(_text_chunk(keyword, said) for keyword, said in metadata.texts)
    return with_chunks(encoded, more)


def _whole_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kinds and contents of the chunks with metadata; some stand behind the pixels."""
    for kind, whole in islice(chunks(data), _MOST_CHUNKS):
        if kind in (b"eXIf", b"pHYs", *TEXTS) and chunk(kind, whole[8:-4]) == whole:
            yield kind, whole[8:-4]


def _resolution(content: bytes) -> Resolution | None:
    """The resolution; there may be but the pixels' proportions."""
    if len(content) != _PHYS.size:
        return None
    across, down, unit = _PHYS.unpack(content)
    return resolution_of(across, down, INCHES_PER_METRE) if unit == _PER_METRE else None


def _block(name: bytes, said: bytes) -> dict[str, bytes]:
    """The block, by its field of `Metadata`, in a text of hexadecimal digits."""
    kind, profile = _RAW_BLOCKS.get(name), _PROFILE.fullmatch(said)
    if kind is None or profile is None:
        return {}
    digits = profile[1].translate(None, b" \t\n\r\v\f")
    content = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
    if content.startswith(XMP_OF_JPEG):
        return {"xmp": content.removeprefix(XMP_OF_JPEG)}
    if kind == "iptc":
        content = resources_of(content).get(IPTC, content if name == b"iptc" else b"")
    return {kind: content} if content else {}


def _text_chunk(keyword: str, said: str) -> bytes:
    """A chunk of Latin-1, or of UTF-8 where that isn't enough."""
    name = keyword.encode("latin-1")
    try:
        return chunk(b"tEXt", name + b"\0" + said.encode("latin-1"))
    except UnicodeEncodeError:
        return chunk(b"iTXt", name + bytes(5) + said.encode())


CODEC = Codec(
    matches=begins(png_chunks.SIGNATURE),
    decode=decoded,
    blocks_of=blocks_of,
    writer=Writer(
        encode=encoded,
        embed=embedded,
        has_iptc=True,
        has_resolution=True,
        has_text=lambda text: True,
        is_deep=True,
    ),
)
