"""A harbour in the morning, in dots of unmixed colour.

The scene is laid out as a field of colours. Dots of falling size then take its colours apart: each
is a purer neighbour of the colour that it stands for, and some are its complement.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterator

import numpy as np
from brushes import Array, glaze, grid, look_up, mix, noise, to_image
from numpy.random import Generator
from PIL import Image

ASPECT, HORIZON, SUN = 0.78, 0.36, (0.30, 0.285)
# fmt: off
PIGMENTS = {
    "sky": (96, 152, 214), "pale": (176, 208, 222), "rose": (244, 190, 170),
    "lemon": (255, 232, 150), "white": (255, 250, 232), "orange": (246, 148, 60),
    "red": (214, 66, 48), "violet": (116, 92, 168), "indigo": (52, 56, 128),
    "blue": (40, 104, 184), "teal": (42, 150, 160), "green": (92, 160, 92),
    "plum": (70, 40, 84),
}
BOATS = (  # x of the mast, y of the waterline, height, direction, colours of the sails
    (0.815, 0.395, 0.10, -1, "rose white"), (0.585, 0.415, 0.16, 1, "white lemon"),
    (0.135, 0.445, 0.13, 1, "orange lemon"), (0.70, 0.56, 0.36, -1, "red orange lemon"),
    (0.255, 0.62, 0.40, 1, "lemon white rose"),
)
# fmt: on


def ramp(value: Array | float, names: str) -> Array:
    """Map 0..1 to colours blended through the named pigments in turn."""
    return mix(PIGMENTS, value, names)


def boat(colour: Array, x: Array, y: Array, at: tuple[float, float, float, int, str]) -> Array:
    """Put a boat into a colour field: its reflection, the hull, mainsail and jib."""
    mast, water, tall, side, sails = at
    u, v = side * (x - mast) / tall, (water - y) / tall  # in heights, v up from the waterline
    # Broken by ripples that grow towards the eye.
    mirrored = u + 0.10 * np.sin(60.0 * v) * np.clip(-v, 0.0, 1.0)
    for w, h, wet in ((mirrored, -1.15 * v, 0.75), (u, v, 1.0)):
        sheer = 0.075 + 0.25 * (w + 0.05) ** 2
        hull = (h > 0.0) & (h < sheer) & (np.abs(w + 0.02) < 0.26 + 0.6 * h)
        main = (h > 0.14) & (h < 1.0) & (w > 0.02) & (w < 0.36 * np.clip(1.0 - h, 0.0, 1.0) ** 0.75)
        jib = (h > 0.18) & (h < 0.86) & (w < -0.02) & (w > -0.34 * (0.86 - h))
        colour = glaze(colour, ramp(h / sheer, "indigo plum violet red"), wet * hull)
        colour = glaze(colour, ramp(0.2 + 0.9 * h + w, sails), wet * main)
        colour = glaze(colour, ramp(0.9 - 0.6 * h + w, sails), wet * jib)
        colour = glaze(
            colour, ramp(0.0, "plum red"), wet * ((np.abs(w) < 0.012) & (h > 0.0) & (h < 1.06))
        )
    return colour


def lay_out(width: int, rng: Generator) -> Array:
    """Return the colour at every pixel."""
    x, y = grid(width, round(width * ASPECT))
    away = np.hypot(x - SUN[0], 1.3 * (y - SUN[1]))
    clouds = noise(x, y, 0.22, 0.05, rng) + 0.5 * noise(x, y, 0.09, 0.025, rng)
    colour = ramp(1.05 - 1.5 * away, "blue sky pale rose lemon white")
    colour = glaze(colour, ramp(1.0 - 1.6 * away, "violet rose white"), 0.8 * (clouds - 0.15))
    colour = glaze(colour, ramp(1.0, "lemon white"), 40.0 * (0.035 - away))
    for top, names in ((0.30, "violet pale"), (0.325, "indigo violet")):
        ridge = top + 0.02 * np.sin(8.0 * x + 90.0 * top) + 0.045 * (1.0 - x) ** 3
        colour = glaze(colour, ramp(8.0 * (y - ridge), names), 200.0 * (y - ridge))
    depth = (y - HORIZON) / (ASPECT - HORIZON)
    ripples = np.sin(260.0 * np.clip(depth, 0.0, 1.0) ** 0.55 + 3.0 * noise(x, y, 0.12, 0.03, rng))
    path = np.exp(-(((x - SUN[0]) / (0.05 + 0.12 * depth)) ** 2))
    water = ramp(0.55 - 0.5 * depth + 0.16 * ripples, "indigo blue teal pale rose")
    water = glaze(water, ramp(path, "orange lemon white"), path * (0.75 + 0.6 * ripples))
    colour = glaze(colour, water, 300.0 * (y - HORIZON))
    for at in BOATS:
        colour = boat(colour, x, y, at)
    quay = y - 0.71 - 0.012 * np.sin(15.0 * x) + 0.10 * np.clip(x - 0.45, 0.0, 1.0)
    stones = ramp(0.5 + 0.4 * noise(x, y, 0.05, 0.02, rng), "plum violet rose orange")
    return glaze(colour, stones, 200.0 * quay)


def dots(colour: Array, radius: float, rng: Generator) -> Iterator[tuple[Array, float, Array]]:
    """Yield centre, radius and pure colour of dots that cover a colour field."""
    height, width = colour.shape[:2]
    pitch = 1.55 * radius
    y, x = np.mgrid[0:height:pitch, 0:width:pitch]
    centres = np.stack([x, y], axis=-1).reshape(-1, 2)
    centres += rng.uniform(-0.75 * pitch, 0.75 * pitch, centres.shape)
    rng.shuffle(centres)
    for centre in centres:
        hue, light, pure = colorsys.rgb_to_hls(*look_up(colour, centre))
        turn = 0.5 if rng.uniform() < 0.07 else rng.normal(0.0, 0.035)
        light = np.clip(light + rng.normal(0.0, 0.06), 0.0, 1.0)
        pure = np.clip(1.3 * pure + 0.12, 0.0, 1.0)
        yield (
            centre,
            radius * rng.uniform(0.75, 1.15),
            np.array(colorsys.hls_to_rgb((hue + turn) % 1.0, light, pure)),
        )


def touch(canvas: Array, centre: Array, radius: float, colour: Array) -> None:
    """Set one dot, a little darker at its lower edge, as thick paint is."""
    low = np.maximum(centre - radius - 1.0, 0.0).astype(int)
    high = np.maximum(np.minimum(centre + radius + 2.0, canvas.shape[1::-1]).astype(int), low)
    y, x = np.mgrid[low[1] : high[1], low[0] : high[0]]
    dx, dy = x - centre[0], y - centre[1]
    cover = np.clip(radius + 0.5 - np.hypot(dx, dy), 0.0, 1.0)[..., None]
    patch = canvas[low[1] : high[1], low[0] : high[0]]
    patch += (colour * (1.0 - 0.1 * (dx + dy) / radius)[..., None] - patch) * cover


def draw(width: int = 740, seed: int = 3) -> Image.Image:
    """Draw the painting at the given width in pixels."""
    rng = np.random.default_rng(seed)
    colour = lay_out(width, rng)
    canvas = 0.3 * colour + 0.7 * ramp(1.0, "rose white")
    for share in (0.0085, 0.0062, 0.0045):
        for centre, radius, pure in dots(colour, share * width, rng):
            if share > 0.005 or rng.uniform() < 0.55:
                touch(canvas, centre, radius, pure)
    return to_image(canvas)
