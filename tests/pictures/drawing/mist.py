"""Mountains in the mist, in ink on paper.

Washes are laid from far to near, each darkest along its ridge and fading into the mist below it;
then come the pines, the boat and the birds, by a brush that runs dry, and a red seal.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from brushes import Array, arc, brush_frame, grid, mix, noise, to_image
from numpy.random import Generator
from PIL import Image

ASPECT = 1.15
# fmt: off
PIGMENTS = {
    "paper": (240, 232, 214), "pale": (214, 208, 194), "grey": (132, 136, 138),
    "slate": (72, 80, 88), "ink": (24, 26, 32), "seal": (184, 48, 36), "sun": (220, 120, 84),
}
RANGES = (  # y of the skyline, how high its peaks rise, how rough they are, and how dark it is
    (0.36, 0.18, 0.16, 0.22), (0.48, 0.26, 0.20, 0.42), (0.64, 0.20, 0.26, 0.74),
    (1.06, 0.13, 0.26, 0.98),
)
# fmt: on


def ramp(value: Array | float, names: str) -> Array:
    """Map 0..1 to colours blended through the named pigments in turn."""
    return mix(PIGMENTS, value, names)


def skyline(x: Array, at: float, rise: float, rough: float, rng: Generator) -> Array:
    """Return the y of a ridge at each x: a few steep peaks, broken into crags."""
    line = np.full_like(x, at)
    for _ in range(4):
        centre, half = rng.uniform(-0.1, 1.1), rng.uniform(0.07, 0.20)
        line -= rise * rng.uniform(0.4, 1.0) * np.exp(-(np.abs((x - centre) / half) ** 1.6))
    for octave in range(2, 8):
        knots = np.linspace(-0.1, 1.1, 4 * 2**octave)
        bumps = np.interp(x, knots, rng.uniform(-1.0, 1.0, len(knots)))
        line += rough * bumps * 0.35 / 1.9**octave
    return line


def washes(x: Array, y: Array, rng: Generator) -> Iterator[tuple[Array, Array]]:
    """Yield the darkness of each range and the distance below its skyline."""
    bleed = 0.004 * noise(x, y, 0.012, 0.012, rng)
    for at, rise, rough, dark in RANGES:
        below = y - skyline(x + bleed, at, rise, rough, rng) + bleed
        crags = noise(x, y, 0.030, 0.075, rng) + 0.7 * noise(x, y, 0.008, 0.022, rng)
        mist = np.exp(-np.clip(below, 0.0, 2.0) / (0.10 + 0.05 * noise(x, y, 0.3, 0.2, rng)))
        tone = dark * mist * (0.82 + 0.30 * crags)
        rim = dark * 0.35 * np.exp(-np.clip(below, 0.0, 2.0) / 0.006)
        yield np.where(below > 0, np.clip(tone + rim, 0.0, 1.0), 0.0), below


def pine(
    x: float, foot: float, tall: float, rng: Generator
) -> Iterator[tuple[Array, float, float]]:
    """Yield the strokes of a pine, each as path, width and darkness."""
    lean = rng.normal(0.0, 0.25)
    trunk = arc(x, foot, tall, -1.57 + lean, -1.6 * lean)
    yield trunk, 0.055 * tall, 0.95
    for level in np.linspace(0.28, 1.0, 9):
        root = trunk[min(int(level * 15), 15)]
        for side in (-1.0, 1.0):
            reach = tall * (0.52 - 0.40 * level) * rng.uniform(0.6, 1.2)
            heading = -1.57 + side * rng.uniform(1.2, 1.75)
            branch = arc(root[0], root[1], reach, heading, -0.5 * side)
            yield branch, 0.022 * tall, 0.9
            for spot in branch[3::2]:
                for turn in rng.normal(0.0, 0.7, 5):
                    needle = arc(spot[0], spot[1], 0.075 * tall, -1.57 + turn, 0.2)
                    yield needle, 0.009 * tall, rng.uniform(0.7, 1.0)


def boat() -> Iterator[tuple[Array, float, float]]:
    """Yield the strokes of a small boat with its boatman, and of the water under it."""
    yield arc(0.215, 0.845, 0.125, 0.35, -0.75), 0.011, 0.95
    yield arc(0.288, 0.848, 0.038, -1.50, -0.1), 0.010, 0.9
    yield arc(0.277, 0.812, 0.026, 0.1, 0.2), 0.006, 0.95
    yield arc(0.300, 0.800, 0.105, 1.15, 0.0), 0.0022, 0.9
    for at, start, reach in ((0.872, 0.19, 0.17), (0.882, 0.23, 0.22), (0.897, 0.16, 0.12)):
        yield arc(start, at, reach, 0.03, -0.06), 0.0022, 0.45


def birds(rng: Generator) -> Iterator[tuple[Array, float, float]]:
    """Yield a flight of birds, two strokes each."""
    for index in range(7):
        x, y = 0.21 + 0.035 * index + rng.normal(0, 0.008), 0.17 - 0.012 * index
        y += rng.normal(0.0, 0.008)
        yield arc(x, y, 0.017, -2.5, -0.7), 0.0035, 0.8
        yield arc(x, y, 0.017, -0.6, 0.7), 0.0035, 0.8


def stroke(tone: Array, path: Array, width: float, dark: float, rng: Generator) -> None:
    """Put one stroke of ink onto the paper; it thins and runs dry towards its end."""
    margin = width + 1.5
    low = np.maximum(path.min(axis=0) - margin, 0.0).astype(int)
    high = np.minimum(path.max(axis=0) + margin + 1.0, tone.shape[::-1]).astype(int)
    if (high <= low).any():
        return
    box = slice(low[1], high[1]), slice(low[0], high[0])
    y, x = np.mgrid[box].astype(float)
    along, across, length = brush_frame(path, x, y)
    done = np.clip(along / length, 0.0, 1.0)
    half = np.maximum(0.5 * width * (1.0 - 0.75 * done**1.5), 0.55)
    ends = np.minimum(along + half, length - along + half)
    cover = np.clip(half - np.abs(across) + 0.5, 0.0, 1.0) * np.clip(ends, 0.0, 1.0)
    dry = rng.uniform(size=cover.shape) < 0.5 * done * min(width / 6.0, 1.0)
    patch = tone[box]
    patch += (dark - patch) * np.clip(cover * np.where(dry, 0.45, 1.0), 0.0, 1.0) * (dark > patch)


def draw(width: int = 720, seed: int = 9) -> Image.Image:
    """Draw the painting at the given width in pixels."""
    rng = np.random.default_rng(seed)
    x, y = grid(width, round(width * ASPECT))
    fibres = noise(x, y, 0.05, 0.004, rng) + noise(x, y, 0.004, 0.03, rng)
    blotches = noise(x, y, 0.25, 0.25, rng)
    tone = np.clip(0.05 + 0.035 * blotches + 0.15 * (0.2 - y), 0.0, 1.0)
    for wash, below in washes(x, y, rng):
        # Mist lies at the foot of what is behind.
        behind = 0.4 * tone * np.exp(-np.clip(below, 0.0, 1.0) / 0.05)
        tone = np.where(below > 0, behind + wash, tone)
    for strokes in (
        pine(0.80, 0.995, 0.36, rng),
        pine(0.70, 1.01, 0.24, rng),
        pine(0.91, 1.03, 0.30, rng),
        boat(),
        birds(rng),
    ):
        for path, thickness, dark in strokes:
            stroke(tone, path * width, thickness * width, dark, rng)
    tone = np.clip(tone * (1.0 + 0.05 * fibres) + 0.012 * fibres, 0.0, 1.0)
    colour = ramp(tone, "paper pale grey slate ink")
    sun = np.clip((0.055 - np.hypot(x - 0.80, y - 0.135)) * width, 0.0, 1.0) * 0.9
    colour *= 1.0 + (ramp(0.0, "sun paper") / ramp(0.0, "paper sun") - 1.0) * sun[..., None]
    seal = (np.abs(x - 0.075) < 0.026) & (np.abs(y - 1.085) < 0.030)
    carved = np.abs(np.sin((x - 0.075) * 170.0)) * np.abs(np.sin((y - 1.085) * 120.0 + 0.8)) > 0.45
    colour[seal & ~(carved & (blotches + fibres < 1.2))] = ramp(0.0, "seal ink")
    return to_image(colour)
