"""Pixels of GIMP's drawables as raw files, and back.

As floating point and in sRGB, whatever the picture's precision and profile: GEGL converts both
ways, and 8-bit values come back as they were.
"""

from __future__ import annotations

from gi.repository import Gegl, Gimp
from worker import Message

Area = tuple[int, int, int, int]
"""x, y, width, height."""

FORMATS = {"RGB": "R'G'B' float", "RGBA": "R'G'B'A float"}
BYTES = {"RGB": 12, "RGBA": 16}
"""Of a pixel."""
BAND = 1 << 24
"""Bytes at a time, so that a large picture isn't held in memory once more."""


def _bands(width: int, height: int, pixel: int) -> list[tuple[int, int]]:
    rows = max(1, BAND // (width * pixel))
    return [(top, min(rows, height - top)) for top in range(0, height, rows)]


def scaled(area: Area, scale: float) -> Area:
    """An area scaled down, of at least a pixel."""
    x, y, width, height = (round(value * scale) for value in area)
    return x, y, max(width, 1), max(height, 1)


def thumbnail(drawable: Gimp.Drawable, area: Area, scale: float) -> tuple[bytes, int, int]:
    """8-bit RGBA of an area, scaled down: bytes, width, height."""
    rectangle = Gegl.Rectangle.new(*scaled(area, scale))
    buffer = drawable.get_buffer()
    data = buffer.get(rectangle, scale, "R'G'B'A u8", Gegl.AbyssPolicy.CLAMP)
    return data, rectangle.width, rectangle.height


def write_raw(drawable: Gimp.Drawable, area: Area, path: str, scale: float = 1.0) -> Message:
    """Write an area, (x, y, width, height), scaled down; returns the protocol's `photo`.

    Raises:
        OSError: the file can't be written.
    """
    buffer = drawable.get_buffer()
    layout = "RGBA" if drawable.has_alpha() else "RGB"
    x, y, width, height = scaled(area, scale)
    with open(path, "wb") as file:
        for top, rows in _bands(width, height, BYTES[layout]):
            band = Gegl.Rectangle.new(x, y + top, width, rows)
            file.write(buffer.get(band, scale, FORMATS[layout], Gegl.AbyssPolicy.CLAMP))
    return {"width": width, "height": height, "layout": layout, "dtype": "float32"}


def read_raw(result: Message, layer: Gimp.Layer) -> None:
    """Fill a layer of the same size with a raw result, as the protocol describes it.

    Raises:
        OSError: the file can't be read.
    """
    buffer = layer.get_buffer()
    width, height, layout = result["width"], result["height"], result["layout"]
    with open(result["path"], "rb") as file:
        for top, rows in _bands(width, height, BYTES[layout]):
            band = Gegl.Rectangle.new(0, top, width, rows)
            buffer.set(band, FORMATS[layout], file.read(rows * width * BYTES[layout]))
    buffer.flush()
    layer.update(0, 0, width, height)
