"""Carp in a pond, as a mosaic.

The scene is laid out as colours and as directions. Tiles are then set one by one, where there is
room, along those directions: first the rows around the fish, then all else, and at last splinters.
"""

from __future__ import annotations

import numpy as np
from brushes import Array, glaze, grid, look_up, mix, noise, to_image
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

ASPECT = 0.86
# fmt: off
PIGMENTS = {
    "grout": (44, 44, 46), "deep": (10, 52, 84), "sea": (18, 104, 128), "teal": (48, 158, 160),
    "foam": (164, 214, 198), "gold": (226, 176, 64), "orange": (236, 112, 36),
    "red": (196, 48, 34), "white": (244, 236, 220), "black": (28, 28, 36),
    "leaf": (92, 146, 72), "olive": (44, 96, 58), "rose": (232, 150, 158),
}
FISH = (  # middle of the back, length, heading (radians), bend, colours of back and flank
    (0.40, 0.30, 0.52, 0.45, 1.5, "red orange gold white"),
    (0.66, 0.58, 0.48, 3.45, 1.4, "black red orange white"),
    (0.22, 0.66, 0.34, -0.75, -1.3, "gold orange white white"),
)
PADS = ((0.87, 0.13, 0.13), (0.98, 0.27, 0.09), (0.07, 0.07, 0.11), (0.90, 0.80, 0.10))
# fmt: on


def ramp(value: Array | float, names: str) -> Array:
    """Map 0..1 to colours blended through the named pigments in turn."""
    return mix(PIGMENTS, value, names)


def spine(x: float, y: float, length: float, heading: float, bend: float) -> Array:
    """Return points along a fish's back, from the mouth to the root of the tail."""
    turn = heading + np.pi + bend * np.linspace(-0.5, 0.5, 60)
    steps = np.stack([np.cos(turn), np.sin(turn)], axis=1) * length / 60
    points = np.cumsum(steps, axis=0)
    return np.asarray(points - points[30] + np.array([x, y]))


class Scene:
    """Colours, directions and where a change of either is: fields that the tiles follow."""

    def __init__(self, width: int, rng: Generator) -> None:
        self.x, self.y = grid(width, round(width * ASPECT))
        level = (
            self.y + 0.05 * np.sin(7.0 * self.x + 2.0) + 0.03 * np.sin(13.0 * self.x + 9 * self.y)
        )
        for cx, cy, *_ in FISH:  # ripples around the fish
            level += 0.12 * np.exp(-((self.x - cx) ** 2 + (self.y - cy) ** 2) / 0.05)
        tone = 0.5 + 0.5 * np.sin(48.0 * level) + 0.15 * noise(self.x, self.y, 0.2, 0.2, rng)
        self.colour = ramp(0.75 * tone - 0.45 * (self.y - 0.4), "deep sea sea teal foam")
        down, across = np.gradient(level)
        self.direction = np.arctan2(-across, down)
        self.rank = np.zeros_like(self.x)  # what is set first
        for pad in PADS:
            self._pad(*pad)
        for fish in FISH:
            self._fish(*fish)

    def _put(self, inside: Array, colour: Array, direction: Array) -> None:
        self.colour = np.where((inside > 0)[..., None], colour, self.colour)
        self.direction = np.where(inside > 0, direction, self.direction)
        self.rank = np.where(inside > 0, 1.0, self.rank)

    def _pad(self, cx: float, cy: float, radius: float) -> None:
        away = np.hypot(self.x - cx, self.y - cy)
        around = np.arctan2(self.y - cy, self.x - cx)
        notch = np.abs(np.angle(np.exp(1j * (around - 2.4)))) > 0.22
        rays = 0.5 + 0.5 * np.sin(11.0 * around)
        colour = glaze(ramp(away / radius, "leaf olive leaf"), ramp(0.9, "leaf foam"), 0.5 * rays)
        self._put((radius - away) * notch, colour, around + np.pi / 2)
        for petal in np.linspace(0.0, 2.0 * np.pi, 9)[:-1] if radius > 0.1 else ():
            px, py = cx + 0.35 * radius * np.cos(petal), cy + 0.35 * radius * np.sin(petal)
            u = (self.x - px) * np.cos(petal) + (self.y - py) * np.sin(petal)
            v = -(self.x - px) * np.sin(petal) + (self.y - py) * np.cos(petal)
            size = radius * 0.30
            inside = 1.0 - np.hypot(u / size, v / (0.42 * size))
            self._put(inside, ramp(0.5 + u / size / 2, "gold rose white"), petal + 0 * u)

    def _fish(
        self, x: float, y: float, length: float, heading: float, bend: float, names: str
    ) -> None:
        back = spine(x, y, length, heading, bend)
        away = np.stack([np.hypot(self.x - px, self.y - py) for px, py in back])
        nearest = away.argmin(axis=0)
        tangent = np.gradient(back, axis=0)
        angle = np.arctan2(tangent[:, 1], tangent[:, 0])[nearest]
        dx, dy = self.x - back[nearest, 0], self.y - back[nearest, 1]
        across = -dx * np.sin(angle) + dy * np.cos(angle)
        beyond = dx * np.cos(angle) + dy * np.sin(angle)
        along = nearest / 59.0 + beyond / length
        half = 0.30 * length * np.clip(along + 0.02, 0, 1) ** 0.5 * (1.04 - along).clip(0, 2) ** 1.1
        half = np.where(along > 1.0, 0.0, half + 0.012 * length)
        for side in (-1.0, 1.0):  # fins, then the two halves of the tail
            for start, reach in ((0.24, 0.20), (0.62, 0.12)):
                u, v = along - start, side * across / length
                fin = np.minimum(v, np.minimum(1.1 * u - 0.9 * (v - 0.08), reach - u - 0.2 * v))
                fin = np.where((v < 0.30 * reach / 0.2) & (u > 0) & (u < reach), fin, -1.0)
                self._put(fin, ramp(v * 5.0, names), angle + side * 1.1)
            u, v = along - 0.93, side * across / length
            tail = np.where((u > 0) & (u < 0.30), 0.03 + 0.42 * u - v, -1.0)
            tail = np.where((v > -0.002) & (v > 0.3 * (u - 0.14)), tail, -1.0)
            self._put(tail, ramp(1.2 - 3.0 * u + v, names), angle + side * 0.5)
        body = half - np.abs(across)
        inside = np.where((along > -0.01) & (along < 1.0), body, -1.0)
        blots = np.sin(along * 17.0 + x * 30.0) + 0.8 * np.sin(40.0 * self.x + 31.0 * self.y)
        tone = np.abs(across) / (half + 1e-6)
        colour = ramp(tone**1.4 * 0.9 + 0.22 * np.sign(blots), names)
        self._put(inside, colour, angle)
        rim = np.where(inside > 0, 0.010 - body, -1.0)
        self._put(np.where(along < 0.97, rim, -1.0), ramp(0.0, "black red") + 0 * colour, angle)


def tile_shape(length: float, height: float, angle: float, rng: Generator) -> Array:
    """Return the four corners, in order, of a hand-cut tile around the origin."""
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    corners = corners * [length / 2.0, height / 2.0] + rng.normal(0.0, 0.05 * height, (4, 2))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(corners @ turn)


def set_tile(
    canvas: Array, taken: NDArray[np.bool_], at: Array, corners: Array, colour: Array
) -> None:
    """Set a tile if there is room for it."""
    reach = np.abs(corners).max() + 2.0
    low = np.maximum(at - reach, 0.0).astype(int)
    high = np.minimum(at + reach, taken.shape[::-1]).astype(int)
    box = slice(low[1], high[1]), slice(low[0], high[0])
    y, x = np.mgrid[box].astype(float)
    edges = []
    for here, after in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        ex, ey = (after - here) / np.hypot(*(after - here))
        edges.append(ex * (y - at[1] - here[1]) - ey * (x - at[0] - here[0]))
    depth = np.min(edges, axis=0)
    if taken[box][depth > -0.8].any():
        return
    taken[box] |= depth > -0.2
    bevel = np.clip(depth / 2.5, 0.0, 1.0)
    light = np.where(np.argmin(edges, axis=0) % 3 == 0, 0.16, -0.16) * (1.0 - bevel)
    cover = np.clip(depth + 0.5, 0.0, 1.0)[..., None]
    patch = canvas[box]
    patch += (colour * (1.0 + light[..., None]) + 0.2 * light[..., None] - patch) * cover


def draw(width: int = 740, seed: int = 2) -> Image.Image:
    """Draw the painting at the given width in pixels."""
    rng = np.random.default_rng(seed)
    scene = Scene(width, rng)
    height = scene.x.shape[0]
    canvas = ramp(0.0, "grout black") * (1.0 + 0.12 * rng.normal(size=(height, width, 1)))
    taken = np.zeros((height, width), bool)
    side = width / 62.0
    for rank, scale in ((1, 0.8), (0, 1.0), (0, 0.55), (0, 0.34)):
        for at in rng.uniform(0.0, [width, height], (28000, 2)):
            if look_up(taken, at) or look_up(scene.rank, at) < rank:
                continue
            long = side * scale * rng.uniform(0.9, 1.35)
            heading = float(look_up(scene.direction, at))
            corners = tile_shape(long, 0.86 * side * scale, heading, rng)
            tint = 1.0 + rng.normal(0.0, 0.09) + rng.normal(0.0, 0.03, 3)
            set_tile(canvas, taken, at, corners, look_up(scene.colour, at) * tint + 0.01)
    return to_image(canvas)
