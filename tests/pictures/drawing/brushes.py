"""Colours, brush strokes and light, as all the drawn paintings use them.

Scenes are laid out in picture widths, with y running down from the top edge; colours are RGB in
[0, 1]. A canvas has four channels: RGB and the height of the paint.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.float64]
Pigments = Mapping[str, tuple[int, int, int]]


class Stroke(NamedTuple):
    """One touch of the brush: its centre line as evenly spaced points, width and colour."""

    path: Array
    width: float
    colour: Array


def mix(pigments: Pigments, value: Array | float, names: str) -> Array:
    """Map 0..1 to colours blended through the named pigments (RGB in 0..255) in turn."""
    colours = np.array([pigments[name] for name in names.split()]) / 255.0
    stops = np.linspace(0.0, 1.0, len(colours))
    return np.stack([np.interp(value, stops, colours[:, c]) for c in range(3)], axis=-1)


def glaze(under: Array, over: Array, amount: NDArray[np.floating[Any]]) -> Array:
    """Mix ``amount`` (held to 0..1) of one colour field into another."""
    return np.asarray(under + (over - under) * np.clip(amount, 0.0, 1.0)[..., None])


def grid(width: int, height: int) -> tuple[Array, Array]:
    """Return x and y at the centre of every pixel, in picture widths."""
    y, x = (np.mgrid[0:height, 0:width] + 0.5) / width
    return x, y


def noise(x: Array, y: Array, across: float, down: float, rng: Generator) -> Array:
    """Return smooth noise, about -1 to 1, whose grain is ``across`` wide and ``down`` high."""
    columns, rows = (int(np.ceil(v.max() / size)) + 4 for v, size in ((x, across), (y, down)))
    knots = Image.fromarray(rng.uniform(-1.6, 1.6, (rows, columns)).astype(np.float32))
    size = (x.shape[1], x.shape[0])
    box = (1.0, 1.0, 1.0 + x.max() / across, 1.0 + y.max() / down)
    return np.asarray(knots.resize(size, Image.Resampling.BICUBIC, box), dtype=float)


def look_up(field: Array, points: Array) -> Array:
    """Read a field at the pixels nearest to the points, held inside the picture."""
    column = np.clip(points[..., 0].astype(int), 0, field.shape[1] - 1)
    row = np.clip(points[..., 1].astype(int), 0, field.shape[0] - 1)
    return np.asarray(field[row, column])


def arc(x: float, y: float, length: float, heading: float, turn: float) -> Array:
    """Return a curve from a point: it sets out at ``heading`` and turns by ``turn`` (radians)."""
    angle = heading + turn * np.linspace(0.0, 1.0, 16)
    steps = np.stack([np.cos(angle), np.sin(angle)], axis=1) * length / 16
    return np.array([x, y]) + np.cumsum(steps, axis=0)


def bristles(across: Array, along: Array, width: float, rng: Generator) -> Array:
    """Return the streaks of a brush whose bristles change from the stroke's start to its end."""
    knots = np.linspace(-0.5, 0.5, max(int(width / 1.8), 3))
    first, last = (np.interp(across, knots, rng.normal(size=len(knots))) for _ in range(2))
    return np.asarray(first + (last - first) * along)


def brush_frame(path: Array, x: Array, y: Array) -> tuple[Array, Array, float]:
    """Return how far pixels lie along and across a path, and how long the path is."""
    tangent = np.gradient(path, axis=0)
    step = float(np.linalg.norm(tangent, axis=1).mean())
    nearest = np.hypot(x[..., None] - path[:, 0], y[..., None] - path[:, 1]).argmin(axis=-1)
    tx, ty = np.moveaxis((tangent / step)[nearest], -1, 0)
    dx, dy = np.moveaxis(np.stack([x, y], axis=-1) - path[nearest], -1, 0)
    return nearest * step + dx * tx + dy * ty, dy * tx - dx * ty, step * (len(path) - 1)


def paint(canvas: Array, stroke: Stroke, rng: Generator) -> None:
    """Lay one stroke on the canvas, whose four channels are RGB and the height of the paint."""
    width = max(stroke.width, 1.0)
    low = np.maximum(stroke.path.min(axis=0) - width, 0.0).astype(int)
    high = np.minimum(stroke.path.max(axis=0) + width + 1.0, canvas.shape[1::-1]).astype(int)
    if (high <= low).any():
        return
    box = slice(low[1], high[1]), slice(low[0], high[0])
    y, x = np.mgrid[box].astype(float)
    along, across, length = brush_frame(stroke.path, x, y)
    done = np.clip(along / length, 0.0, 1.0)
    streak = bristles(across / width, done, width, rng)
    half = width / 2.0 * (1.0 - 0.4 * done**2)  # the brush is lifted towards the end
    ends = np.minimum(along + half, length - along + 0.25 * width * streak)
    cover = np.clip(half - np.abs(across) + 0.5, 0.0, 1.0)
    cover *= np.clip(ends - across**2 / width, 0.0, 1.0)
    ridge = 0.5 + 0.3 * streak + 0.6 * np.clip(np.abs(across) / half, 0.0, 1.0) ** 3
    # Paint mixed by hand differs from touch to touch, more in lightness than in hue.
    tint = rng.normal(0.0, 0.11) + rng.normal(0.0, 0.05, 3) + 0.11 * streak[..., None]
    colour = stroke.colour * (1.0 + tint) + 0.2 * tint
    patch = canvas[box]
    patch[..., :3] += (colour - patch[..., :3]) * cover[..., None]
    patch[..., 3] += (ridge * min(width, 14.0) / 8.0 - 0.7 * patch[..., 3]) * cover


def light(canvas: Array) -> Array:
    """Light the paint from the upper left, so that ridges catch light and cast shade."""
    down, across = np.gradient(canvas[..., 3])
    slope = np.clip(0.4 * (across + down), -0.35, 0.35)[..., None]
    return np.asarray(np.clip(canvas[..., :3] * (1.0 + 0.9 * slope) + 0.14 * slope, 0.0, 1.0))


def to_image(colour: Array) -> Image.Image:
    """Return a colour field, held to [0, 1], as a picture."""
    return Image.fromarray(np.round(np.clip(colour, 0.0, 1.0) * 255.0).astype(np.uint8))
