"""Paper lanterns adrift on a river at dusk.

The scene is first laid out as smooth fields: which colour belongs where, which way the brush
travels. Strokes of falling size follow those fields, the lanterns, reeds and willow are painted
over them stroke by stroke, and a last pass lights the ridges of the paint.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from brushes import (
    Array,
    Stroke,
    arc,
    glaze,
    grid,
    light,
    look_up,
    mix,
    paint,
    to_image,
)
from numpy.random import Generator
from PIL import Image

# Lengths in the scene are in picture widths, with y running down from the top edge.
ASPECT, HORIZON, SUNSET = 0.8, 0.33, (0.42, 0.325)
# fmt: off
PIGMENTS = {  # a limited palette, as RGB in 0..255
    "night": (13, 18, 44), "prussian": (22, 44, 94), "ultramarine": (40, 82, 164),
    "teal": (38, 128, 150), "foam": (132, 190, 172), "mauve": (120, 78, 128),
    "rose": (196, 92, 104), "coral": (226, 98, 58), "orange": (244, 150, 46),
    "naples": (250, 208, 112), "cream": (254, 242, 204), "bottle": (12, 34, 38),
    "sap": (36, 78, 58), "olive": (104, 122, 50),
}
LANTERNS = (  # x, y of the waterline, height
    (0.48, 0.375, 0.020), (0.57, 0.395, 0.024), (0.29, 0.41, 0.026), (0.67, 0.45, 0.036),
    (0.44, 0.48, 0.042), (0.575, 0.57, 0.054), (0.77, 0.635, 0.070), (0.42, 0.685, 0.076),
)
SWIRLS = (  # centre x, centre y, radius, and how hard the brush is bent around it
    (0.15, 0.12, 0.10, 0.17), (0.57, 0.10, 0.085, -0.15), (0.36, 0.19, 0.055, 0.07),
    (0.70, 0.21, 0.06, 0.08), (0.33, 0.03, 0.05, -0.06), (0.90, 0.10, 0.09, 0.12),
    (0.16, 0.47, 0.07, 0.07), (0.86, 0.50, 0.07, 0.08), (0.60, 0.74, 0.06, -0.06),
    (0.92, 0.74, 0.06, -0.07), *((x, y - h / 2, 1.1 * h, 1.3 * h) for x, y, h in LANTERNS),
)
# fmt: on


def ramp(value: Array | float, names: str) -> Array:
    """Map 0..1 to colours blended through the named pigments in turn."""
    return mix(PIGMENTS, value, names)


def stream(x: Array, y: Array) -> Array:
    """Return the stream function; the brush runs along its level lines."""
    level = y + 0.022 * np.sin(9.0 * x + 14.0 * y) + 0.012 * np.sin(23.0 * x - 9.0 * y + 1.0)
    for cx, cy, radius, lift in SWIRLS:
        level = level + lift * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / radius**2)
    return level


def sky(x: Array, y: Array, level: Array) -> Array:
    """Colour the sky: night above, afterglow below, cloud bands along the stream, then hills."""
    warmth = 1.0 - np.hypot(0.62 * (x - SUNSET[0]), y - SUNSET[1]) / 0.36
    bands = np.sin(46.0 * level + 2.0)
    colour = ramp(warmth, "night prussian ultramarine teal foam naples cream")
    colour = glaze(colour, ramp(warmth, "ultramarine mauve rose coral orange cream"), 1.6 * bands)
    colour = glaze(
        colour, ramp(warmth, "night night prussian mauve rose coral"), -1.5 * bands - 0.6
    )
    tone = 0.5 + 0.5 * np.sin(70.0 * (y + 0.25 * x))
    far = 0.29 - 0.026 * np.sin(7.0 * x + 0.4) - 0.010 * np.sin(19.0 * x)
    near = 0.318 - 0.05 * np.abs(x - SUNSET[0]) ** 0.7 - 0.006 * np.sin(31.0 * x + 2.0)
    colour = glaze(colour, ramp(tone, "mauve ultramarine"), (y - far) * 300.0)
    return glaze(colour, ramp(tone, "night prussian"), (y - near) * 300.0)


def river(x: Array, y: Array, level: Array) -> Array:
    """Colour the water: the afterglow's path, broken by ripples, and the light of the lanterns."""
    depth = (y - HORIZON) / (ASPECT - HORIZON)
    path = np.exp(-(((x - SUNSET[0]) / (0.10 + 0.2 * depth)) ** 2)) * (1.0 - 0.8 * depth)
    ripples = np.sin(level * (95.0 - 45.0 * depth))
    tone = 0.40 - 0.32 * depth + 0.48 * path + 0.22 * ripples
    colour = ramp(tone, "night prussian ultramarine teal foam naples orange")
    for cx, cy, size in LANTERNS:
        away = np.hypot(x - cx, y - cy + size / 2) / size
        halo = 1.5 - away + 0.2 * ripples
        colour = glaze(colour, ramp(halo, "prussian mauve rose coral orange"), 2.5 * (1.7 - away))
        fade = np.where(y > cy, 2.6, 0.9) * size
        near = np.exp(-(((x - cx) / (0.7 * size)) ** 2) - ((y - cy) / fade) ** 2)
        colour = glaze(colour, ramp(near, "coral orange naples"), near * (1.3 + 0.7 * ripples))
    return colour


def lay_out(width: int) -> tuple[Array, Array]:
    """Return the colour and the direction of travel at every pixel of sky, hills and river."""
    x, y = grid(width, round(width * ASPECT))
    level = stream(x, y)
    wet = y > HORIZON
    colour = np.where(wet[..., None], river(x, y, level), sky(x, y, level))
    down, across = np.gradient(level)
    flow = np.stack([down, np.where(wet, -0.6, -1.0) * across], axis=-1)  # water lies flatter
    return colour, flow / (np.linalg.norm(flow, axis=-1, keepdims=True) + 1e-9)


def flowing(
    colour: Array, flow: Array, width: float, gap: float, share: float, rng: Generator
) -> Iterator[Stroke]:
    """Yield strokes of about one width along the flow; a low share keeps to the contrasts."""
    size = np.array([colour.shape[1], colour.shape[0]])
    start = rng.uniform(-width, size, (int(size.prod() / max(gap, 1.0) ** 2), 2))
    contrast = size[0] / 60.0 * np.hypot(*np.gradient(colour.mean(axis=-1)))
    wanted = share + (1.0 - share) * look_up(contrast, start)
    points = [start[rng.uniform(size=len(start)) < wanted]]
    for _ in range(25):
        points.append(points[-1] + max(width / 4.0, 0.7) * look_up(flow, points[-1]))
    for path in np.stack(points, axis=1):
        seen = look_up(colour, path)
        # Lift the brush where the scene changes, so that edges stay readable.
        stop = np.abs(seen - seen[4]).max(axis=-1) > 0.3
        stop[:9], stop[rng.integers(16, 26) :] = False, True
        yield Stroke(path[: np.argmax(stop)], width * rng.uniform(0.7, 1.3), seen[4])


def lanterns(rng: Generator) -> Iterator[Stroke]:
    """Yield each lantern, far ones first: a dark outline, then the ribs of its paper."""
    for x, y, size in LANTERNS:
        rim = arc(x - 0.32 * size, y - 0.86 * size, 2.1 * size, 2.2, -4.4)
        yield Stroke(rim, size / 6, ramp(0.6, "night mauve"))
        for row in sorted(np.linspace(-1.0, 1.0, 9), key=abs, reverse=True):
            reach = 0.85 * size * np.sqrt(1.0 - 0.7 * row**2) * rng.uniform(0.9, 1.0)
            rib = arc(x - reach / 2, y - size * (0.57 - 0.36 * row), reach, 0.4, -0.8)
            yield Stroke(rib, size / 6, ramp(1.15 - abs(row), "coral orange naples cream"))


def leaves(stem: Array, lit: float, names: str, rng: Generator) -> Iterator[Stroke]:
    """Yield short strokes along a stem, each a little lighter or darker than ``lit``."""
    for here, after in zip(stem[:-1:2], stem[1::2], strict=True):
        dx, dy = after - here
        heading = np.arctan2(dy, dx) + rng.normal(0.0, 0.12)
        leaf = arc(here[0], here[1], rng.uniform(0.04, 0.09), heading, rng.normal(0.0, 0.4))
        yield Stroke(leaf, rng.uniform(0.007, 0.017), ramp(lit + rng.normal(0.0, 0.12), names))


def reeds(rng: Generator) -> Iterator[Stroke]:
    """Yield the reeds and irises of the near bank, from the dark roots to the lit tips."""
    for tone in np.linspace(0.0, 0.8, 180):
        x = 0.38 * rng.uniform() ** 1.5 - 0.03
        tall = rng.uniform(0.4, 1.0) * (0.32 - 0.6 * x)
        stem = arc(x, ASPECT + 0.02, tall, rng.normal(-1.57, 0.15), rng.normal(0.3, 0.4))
        lit = tone * rng.uniform(0.4, 1.0)
        yield from leaves(stem, lit, "night bottle sap teal olive naples", rng)
        for heading in rng.uniform(-np.pi, np.pi, 7 * rng.binomial(1, 0.35 * tone)):
            petal = arc(stem[-1, 0], stem[-1, 1], 0.02, heading, 1.0)
            yield Stroke(petal, 0.012, ramp(rng.uniform(), "mauve rose cream"))


def willow(rng: Generator) -> Iterator[Stroke]:
    """Yield the willow that hangs into the picture from the right, its dark leaves first."""
    for tone in np.linspace(0.0, 1.0, 260):
        x = rng.uniform(0.68, 1.06)
        bunch = np.sin(140.0 * x)  # long lit strands hang between short dark ones
        length = (0.26 + 0.12 * bunch) * (2.6 * x - 1.42) * rng.uniform(0.6, 1.0)
        stem = arc(x, rng.uniform(-0.07, 0.01), length, 2.2 + rng.normal(0.0, 0.06), -0.9)
        lit = tone * (0.95 - 0.42 * x + 0.25 * bunch)
        yield from leaves(stem, lit, "night bottle sap olive orange", rng)


def draw(width: int = 768, seed: int = 7) -> Image.Image:
    """Draw the painting at the given width in pixels."""
    rng = np.random.default_rng(seed)
    colour, flow = lay_out(width)
    canvas = np.dstack([0.5 * colour, np.zeros(colour.shape[:2])])
    # Width, spacing and share: broad strokes cover everything, fine ones little but the edges.
    layers = ((0.055, 0.028, 1.0), (0.030, 0.018, 0.4), (0.015, 0.010, 0.10), (0.008, 0.007, 0.04))
    for size, gap, share in layers:
        for stroke in flowing(colour, flow, size * width, gap * width, share, rng):
            paint(canvas, stroke, rng)
    for motif in (lanterns, reeds, willow):
        for stroke in motif(rng):
            scaled = stroke._replace(path=stroke.path * width, width=stroke.width * width)
            paint(canvas, scaled, rng)
    return to_image(light(canvas))
