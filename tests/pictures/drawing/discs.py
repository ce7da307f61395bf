"""Discs of light: an abstract composition in few strong colours.

Rings of several discs cross each other and a fan of bands. Where they cross, the piece takes a
colour of its own; each piece is shaded to one side, and brushed as with a dry brush.
"""

from __future__ import annotations

import numpy as np
from brushes import Array, grid, mix, noise, to_image
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

ASPECT = 1.0
# fmt: off
PIGMENTS = {
    "red": (206, 44, 38), "vermilion": (238, 98, 42), "yellow": (250, 196, 52),
    "cream": (248, 234, 200), "green": (42, 134, 92), "leaf": (142, 182, 74),
    "blue": (30, 92, 178), "sky": (112, 182, 218), "navy": (20, 34, 82),
    "violet": (112, 56, 130), "pink": (236, 148, 156), "black": (26, 24, 32),
}
WARM = "red vermilion yellow cream pink red yellow vermilion"
COOL = "blue navy green sky violet leaf blue black sky"
DISCS = (  # centre, radius, rings, sectors, the angle at which they begin
    (0.36, 0.38, 0.33, 6, 4, 0.35), (0.74, 0.70, 0.29, 5, 4, 1.10), (0.80, 0.20, 0.17, 4, 6, 0.2),
    (0.18, 0.82, 0.20, 4, 4, 0.75), (0.52, 0.95, 0.13, 3, 4, 0.1), (0.06, 0.10, 0.14, 3, 4, 0.9),
)
# fmt: on


def pieces(x: Array, y: Array) -> tuple[Array, Array, Array, Array]:
    """Return number, parity, shading (0..1) and direction (radians) of the piece at each point."""
    angle = np.arctan2(y - 1.25, x - 0.45)
    fan = np.floor(angle * 7.0)
    bars = np.floor(3.2 * np.hypot(x - 0.45, y - 1.25) + 0.15)
    number, parity = fan * 31.0 + bars * 7.0, fan + bars
    shading, direction = (angle * 7.0) % 1.0, angle
    for index, (cx, cy, radius, rings, sectors, begin) in enumerate(DISCS, start=1):
        away = np.hypot(x - cx, y - cy) / radius
        around = np.arctan2(y - cy, x - cx)
        ring = np.floor(away * rings)
        # Every second ring is turned a little, so that the sectors interlock.
        turned = (around - begin) / (2.0 * np.pi) * sectors + 0.25 * (ring % 2)
        inside = away < 1.0
        crossed = fan % 2 * (ring > 1)  # the fan shows through all but the innermost rings
        number = np.where(
            inside, index * 997.0 + ring * 61.0 + np.floor(turned) * 17.0 + 13.0 * crossed, number
        )
        parity = np.where(inside, ring + np.floor(turned) + crossed, parity)
        shading = np.where(inside, (away * rings) % 1.0, shading)
        direction = np.where(inside, around + np.pi / 2, direction)
    return number, parity, shading, direction


def brushed(x: Array, y: Array, direction: Array, rng: Generator) -> Array:
    """Return the streaks of a dry brush that follows a direction: noise, drawn out along it."""
    specks = noise(x, y, 0.004, 0.004, rng)
    height, width = x.shape
    row, column = np.mgrid[0:height, 0:width]
    total = np.zeros_like(x)
    for step in range(-22, 23, 2):
        r = np.clip(row + step * np.sin(direction), 0, height - 1).astype(int)
        c = np.clip(column + step * np.cos(direction), 0, width - 1).astype(int)
        total += specks[r, c]
    return np.asarray(total / total.std())


def paints(names: str, order: NDArray[np.int64]) -> Array:
    """Return a colour of the named ones for each number, over and over."""
    count = len(names.split())
    return mix(PIGMENTS, order % count / (count - 1), names)


def draw(width: int = 760, seed: int = 11) -> Image.Image:
    """Draw the painting at the given width in pixels."""
    rng = np.random.default_rng(seed)
    x, y = grid(2 * width, 2 * round(width * ASPECT))
    # A hand draws no perfect circle.
    wobbly = (axis + 0.004 * noise(x, y, 0.09, 0.09, rng) for axis in (x, y))
    number, parity, shading, direction = pieces(*wobbly)
    kinds, index = np.unique(number * 2.0 + parity % 2, return_inverse=True)
    index = index.reshape(x.shape)
    order = rng.permutation(len(kinds))
    warm = (kinds % 2 > 0)[:, None]
    colour = np.where(warm, paints(WARM, order), paints(COOL, order))[index]
    shade = (shading - 0.5)[..., None]
    streaks = brushed(x, y, direction, rng)[..., None]
    canvas = noise(x, y, 0.0022, 0.0022, rng)[..., None]
    colour = colour * (1.0 + 0.34 * shade + 0.05 * streaks + 0.03 * canvas) + 0.02 * streaks
    seams = np.any([np.gradient(index.astype(float), axis=axis) != 0 for axis in (0, 1)], axis=0)
    colour[seams] *= 0.55
    return to_image(colour).resize((width, round(width * ASPECT)), Image.Resampling.LANCZOS)
