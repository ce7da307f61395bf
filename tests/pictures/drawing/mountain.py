"""A mountain over the sea, as a colour woodcut.

Flat colours are printed one after the other, each with a soft gradient at an edge; the black key
lines come last. All of it is drawn at twice the size and shows the grain of the block.
"""

from __future__ import annotations

import numpy as np
from brushes import Array, glaze, grid, mix, noise, to_image
from numpy.random import Generator
from PIL import Image

ASPECT, SHORE, PEAK = 0.78, 0.50, (0.60, 0.13)
# fmt: off
PIGMENTS = {
    "ink": (22, 26, 38), "indigo": (24, 52, 104), "blue": (52, 108, 164), "sea": (122, 172, 186),
    "paper": (242, 228, 196), "cream": (250, 242, 220), "vermilion": (208, 66, 44),
    "peach": (240, 170, 118), "moss": (92, 122, 84), "pine": (34, 66, 62),
    "slate": (92, 104, 134),
}
CLOUDS = (  # left end, right end, y, half the thickness
    (-0.2, 0.36, 0.185, 0.021), (0.10, 0.50, 0.228, 0.021), (0.66, 1.2, 0.262, 0.019),
    (0.80, 1.2, 0.224, 0.019), (0.36, 0.93, 0.405, 0.017), (-0.2, 0.20, 0.372, 0.019),
)
# fmt: on


def ramp(value: Array | float, names: str) -> Array:
    """Map 0..1 to colours blended through the named pigments in turn."""
    return mix(PIGMENTS, value, names)


class Print:
    """A sheet of paper on which colours are printed where a distance, in widths, is above 0."""

    def __init__(self, width: int, rng: Generator) -> None:
        self.x, self.y = grid(width, round(width * ASPECT))
        grain = noise(self.x, self.y, 0.35, 0.004, rng) + noise(self.x, self.y, 0.9, 0.009, rng)
        self._grain, self._width = 0.5 * grain, width
        self.colour = np.broadcast_to(ramp(0.0, "paper"), (*self.x.shape, 3)) * 1.0

    def flat(self, inside: Array, value: Array | float, names: str) -> None:
        """Print a colour, or a gradient of colours, that shows the grain of the block."""
        over = ramp(value + 0.0 * self.x, names) * (1.0 + 0.07 * self._grain[..., None])
        self.colour = glaze(self.colour, over, inside * self._width)

    def line(self, distance: Array, thickness: float, name: str = "ink") -> None:
        """Print a line of a thickness, in widths, along a distance's zeros."""
        # Distances are seldom true ones; their slope makes the line as thick everywhere.
        slope = np.hypot(*np.gradient(distance)) * self._width + 0.05
        self.flat(thickness - np.abs(distance) / slope, 0.0, name)


def ridge(x: Array, at: float, rough: float, rng: Generator) -> Array:
    """Return a jagged skyline, y by x."""
    line = np.full_like(x, at)
    for octave in range(1, 7):
        knots = np.linspace(-0.1, 1.1, 3 * 2**octave)
        line += np.interp(x, knots, rng.uniform(-1.0, 1.0, len(knots))) * rough / 1.9**octave
    return line


def peak(sheet: Print, rng: Generator) -> None:
    """Print the mountain: its long slopes, the snow that runs down in tongues, the furrows."""
    x, y = sheet.x, sheet.y
    dx = x - PEAK[0]
    slope = PEAK[1] + 0.62 * np.abs(dx) ** 0.82 - 0.030 * np.exp(-((dx / 0.045) ** 2))
    slope = np.maximum(slope, PEAK[1] + 0.012) + 0.004 * np.sin(70.0 * dx)
    inside = y - slope
    sheet.flat(inside, (y - 0.1) * 3.2, "indigo blue slate peach")
    tongues = np.abs(((dx / (0.05 + 0.55 * (y - PEAK[1])) * 2.6 + 0.3 * np.sin(40 * y)) % 1) - 0.5)
    snow = 0.09 + 0.24 * tongues - (y - PEAK[1]) + 0.02 * np.sin(55.0 * dx + 50.0 * y)
    cap = np.minimum(inside, snow)
    sheet.flat(cap, 0.0, "cream")
    sheet.line(np.where(inside > 0.002, snow, 1.0), 0.0011)
    spread = dx / (0.05 + 0.9 * (y - PEAK[1]))
    furrows = 0.5 - np.abs((spread * 13.0 + 0.25 * np.sin(24.0 * y)) % 1.0 - 0.5)
    thin = np.minimum(inside - 0.012, -snow - 0.012)
    sheet.flat(np.minimum(thin, (0.045 - furrows) * 0.02), 0.0, "ink")
    sheet.line(inside, 0.0019)


def cloud(sheet: Print, left: float, right: float, at: float, half: float) -> None:
    """Print one band of mist with round ends."""
    across = np.maximum(np.maximum(left + half - sheet.x, sheet.x - right + half), 0.0)
    distance = half - np.hypot(across, sheet.y - at)
    sheet.flat(distance, 0.5 + (sheet.y - at) / half / 2.0, "cream cream peach")
    sheet.line(distance, 0.0012)


def waves(sheet: Print) -> None:
    """Print the sea as rows of overlapping scales, each of them a set of arcs."""
    rows = 15
    for row in range(rows):
        near = (row / rows) ** 1.35
        at, radius = SHORE + 0.015 + 0.32 * near, 0.026 + 0.052 * near
        phase = 0.5 * radius * 2.0 * (row % 2)
        u = (sheet.x + phase) % (2.0 * radius) - radius
        v = (sheet.y - at - radius) * 1.25
        distance = radius - np.hypot(u, v)
        above = np.minimum(distance, 0.02)
        tone = (distance / radius) * 1.3 - 0.15
        sheet.flat(above, tone, "cream sea blue indigo")
        for ring in (0.0, 0.24, 0.46, 0.66):
            thick = 0.0017 if ring == 0.0 else 0.0010
            sheet.line(np.where(distance > -0.004, distance - ring * radius, 1.0), thick)


def pine(sheet: Print, at: float, foot: float, tall: float, lean: float) -> None:
    """Print a pine: a bent trunk and flat cushions of needles with a light upper edge."""
    x, y = sheet.x, sheet.y
    up = (foot - y) / tall
    trunk = at + lean * tall * np.sin(2.6 * up) * up
    inside = 0.026 * tall * (1.5 - up) - np.abs(x - trunk)
    sheet.flat(np.minimum(inside, np.minimum(up, 1.0 - up) * tall), 0.0, "ink")
    for level, side, reach in (
        *((0.42, -1, 0.34), (0.52, 1, 0.36), (0.64, -1, 0.30), (0.74, 1, 0.27)),
        *((0.86, -1, 0.20), (0.99, 0, 0.22)),
    ):
        cx = at + lean * tall * np.sin(2.6 * level) * level + 0.55 * side * reach * tall
        cy = foot - level * tall
        scallop = 0.012 * tall * np.abs(np.sin((x - cx) / tall * 45.0))
        flat = np.hypot(x - cx, (y - cy) * 2.7) - scallop * 2.0
        cushion = reach * tall * 0.72 - flat
        sheet.flat(cushion, 0.5 - (y - cy) / (0.3 * reach * tall), "pine pine moss")
        sheet.line(cushion, 0.0013)


def draw(width: int = 800, seed: int = 5) -> Image.Image:
    """Draw the painting at the given width in pixels."""
    rng = np.random.default_rng(seed)
    sheet = Print(2 * width, rng)
    x, y = sheet.x, sheet.y
    everywhere = np.ones_like(x)
    sheet.flat(everywhere, y / 0.46, "indigo blue sea paper peach")
    sun = 0.085 - np.hypot(x - 0.20, y - 0.245)
    sheet.flat(sun, (y - 0.16) / 0.17, "vermilion vermilion peach")
    sheet.line(sun, 0.0012)
    peak(sheet, rng)
    for at, names in ((0.40, "slate sea cream"), (0.445, "moss moss peach"), (0.478, "pine moss")):
        hills = y - ridge(x, at, 0.055, rng)
        sheet.flat(hills, hills / 0.07, names)
        sheet.line(hills, 0.0015)
    for band in CLOUDS:
        cloud(sheet, *band)
    sheet.flat(y - SHORE, (y - SHORE) / 0.05, "indigo blue")
    waves(sheet)
    pine(sheet, 0.87, 0.80, 0.52, -0.10)
    pine(sheet, 0.97, 0.80, 0.36, 0.08)
    return to_image(sheet.colour).resize((width, round(width * ASPECT)), Image.Resampling.LANCZOS)
