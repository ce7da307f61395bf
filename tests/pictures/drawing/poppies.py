"""Poppies in a field, laid on thickly with a palette knife.

Broad blunt touches of the knife cover the sky and the field; each flower is a few of them, turned
around its dark heart. Every touch drags a second colour along and leaves a ridge at its edges,
which the last pass lights.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from brushes import Array, light, mix, to_image
from numpy.random import Generator
from PIL import Image

ASPECT, HORIZON = 0.82, 0.27
# fmt: off
PIGMENTS = {
    "cerulean": (92, 166, 206), "cobalt": (48, 96, 170), "cloud": (246, 238, 224),
    "peach": (250, 204, 164), "lilac": (176, 158, 204), "wheat": (238, 196, 92),
    "ochre": (204, 146, 54), "lime": (168, 186, 74), "grass": (86, 138, 62),
    "bottle": (30, 74, 56), "night": (22, 30, 44), "scarlet": (222, 42, 30),
    "crimson": (156, 18, 36), "coral": (250, 110, 70), "pink": (252, 176, 150),
}
# fmt: on


class Touch(NamedTuple):
    """One touch of the knife: centre, length and breadth in pixels, heading, and two colours."""

    centre: Array
    length: float
    breadth: float
    heading: float
    colour: Array
    dragged: Array


def ramp(value: Array | float, names: str) -> Array:
    """Map 0..1 to colours blended through the named pigments in turn."""
    return mix(PIGMENTS, value, names)


def touch(canvas: Array, knife: Touch, rng: Generator) -> None:
    """Lay one touch on the canvas, whose fourth channel is the height of the paint."""
    reach = 0.6 * np.hypot(knife.length, knife.breadth) + 2.0
    low = np.maximum(knife.centre - reach, 0.0).astype(int)
    high = np.minimum(knife.centre + reach, canvas.shape[1::-1]).astype(int)
    if (high <= low).any():
        return
    box = slice(low[1], high[1]), slice(low[0], high[0])
    y, x = np.mgrid[box].astype(float)
    dx, dy = x - knife.centre[0], y - knife.centre[1]
    along = dx * np.cos(knife.heading) + dy * np.sin(knife.heading)
    across = dy * np.cos(knife.heading) - dx * np.sin(knife.heading)
    u, v = along / knife.length + 0.5, across / knife.breadth  # 0..1 along, -0.5..0.5 across
    knots = np.linspace(-0.5, 0.5, max(int(knife.breadth / 2.5), 4))
    streak = np.interp(v, knots, rng.normal(size=len(knots)))
    ragged = np.interp(v, knots, rng.uniform(0.0, 0.16, len(knots)))
    worn = np.interp(u, np.linspace(0, 1, 9), rng.normal(0.0, 0.025, 9))
    inside = np.minimum((0.5 - np.abs(v) + worn) * knife.breadth, (1.0 - ragged - u) * knife.length)
    inside = np.minimum(inside, u * knife.length)
    cover = np.clip(inside + 0.5, 0.0, 1.0)
    # The blade presses flat in the middle and piles the paint up at its edges and where it lifts.
    rim = np.clip(1.0 - inside / (0.10 * knife.breadth + 1.5), 0.0, 1.0) ** 2
    ridge = 0.5 + 1.1 * rim + 0.9 * np.clip(u, 0, 1) ** 4 + 0.12 * streak
    mixed = np.clip(0.5 + 0.45 * streak + 0.5 * (u - 0.6), 0.0, 1.0)[..., None]
    colour = knife.colour + (knife.dragged - knife.colour) * mixed * 0.7
    patch = canvas[box]
    patch[..., :3] += (colour * (1.0 + 0.04 * streak[..., None]) - patch[..., :3]) * cover[
        ..., None
    ]
    patch[..., 3] += (ridge * 2.6 - patch[..., 3]) * cover


def ground(rng: Generator) -> Iterator[Touch]:
    """Yield the touches of sky and field, in picture widths."""
    for size in (0.16, 0.11):
        for _ in range(int(2.4 / size**2)):
            x, y = rng.uniform(-0.05, 1.05), rng.uniform(-0.04, HORIZON)
            cloud = np.sin(5.0 * x + 22.0 * y) + 0.6 * np.sin(13.0 * x - 9.0 * y) > 0.35
            names = "cloud cloud peach" if cloud else "cobalt cerulean cerulean peach"
            value = y / HORIZON + rng.normal(0.0, 0.10)
            colours = ramp(value, names), ramp(value + rng.normal(0.0, 0.3), names + " lilac")
            yield Touch(
                np.array([x, y]),
                size * rng.uniform(0.7, 1.3),
                0.36 * size,
                rng.normal(-0.25, 0.45),
                *colours,
            )
    for _ in range(130):
        x, y = rng.uniform(-0.05, 1.05), HORIZON + rng.normal(0.0, 0.012)
        tone = rng.uniform()
        yield Touch(
            np.array([x, y - 0.01 * np.sin(9.0 * x)]),
            0.07,
            0.035,
            rng.normal(-1.4, 0.4),
            ramp(tone, "bottle cobalt lilac"),
            ramp(tone, "grass lilac"),
        )
    for depth in np.linspace(0.0, 1.0, 1100) ** 1.2:
        x, y = rng.uniform(-0.05, 1.05), HORIZON + 0.02 + depth * (ASPECT - HORIZON)
        size = 0.035 + 0.11 * depth
        tone = 0.62 - 0.5 * depth + 0.3 * np.sin(30.0 * x * (1.2 - depth)) + rng.normal(0.0, 0.16)
        heading = rng.normal(-0.1, 0.25) if depth < 0.25 else rng.normal(-1.5, 0.45)
        yield Touch(
            np.array([x, y]),
            size,
            0.28 * size,
            heading,
            ramp(tone, "night bottle grass lime wheat"),
            ramp(tone + rng.normal(0.0, 0.25), "bottle grass ochre wheat cloud"),
        )


def poppy(x: float, y: float, size: float, rng: Generator) -> Iterator[Touch]:
    """Yield one flower: its stem, petals from the shaded to the lit ones, and its heart."""
    yield Touch(
        np.array([x + 0.1 * size, y + 1.1 * size]),
        1.9 * size,
        0.12 * size,
        rng.normal(1.55, 0.15),
        ramp(rng.uniform(), "bottle grass"),
        ramp(0.5, "grass lime"),
    )
    turn = rng.uniform(0.0, 6.28)
    for ring, (reach, count) in enumerate(((0.50, 7), (0.34, 5))):
        for petal in np.linspace(0.0, 2.0 * np.pi, count, endpoint=False) + turn:
            angle = petal + rng.normal(0.0, 0.15)
            # Seen from the side, and lit from the upper left.
            at = np.array(
                [x + reach * size * np.cos(angle), y + 0.62 * reach * size * np.sin(angle)]
            )
            lit = 0.5 - 0.42 * np.sin(angle + 0.7) + 0.12 * ring + rng.normal(0.0, 0.08)
            yield Touch(
                at,
                0.62 * size,
                0.44 * size,
                angle + rng.normal(1.57, 0.3),
                ramp(lit, "crimson scarlet scarlet coral"),
                ramp(lit, "scarlet coral coral pink"),
            )
    yield Touch(
        np.array([x, y]),
        0.26 * size,
        0.22 * size,
        0.3,
        ramp(0.0, "night night"),
        ramp(0.3, "night crimson"),
    )
    for spot in rng.normal(0.0, 0.10 * size, (4, 2)):
        yield Touch(
            np.array([x, y]) + spot,
            0.07 * size,
            0.05 * size,
            rng.uniform(0.0, 3.0),
            ramp(0.5, "lime wheat"),
            ramp(1.0, "lime wheat"),
        )


def poppies(rng: Generator) -> Iterator[Touch]:
    """Yield all flowers, the far ones first, with blades of grass between them."""
    for depth in np.sort(rng.uniform(0.0, 1.0, 85) ** 1.35):
        x = rng.uniform(-0.03, 1.03)
        y = HORIZON + 0.035 + 0.42 * depth + rng.normal(0.0, 0.008)
        yield from poppy(x, y, 0.016 + 0.125 * depth**1.15, rng)
        for _ in range(4):
            tone = rng.uniform(0.1, 1.0)
            yield Touch(
                np.array([rng.uniform(0.0, 1.0), y + 0.07 + 0.09 * depth]),
                0.05 + 0.12 * depth,
                0.006 + 0.008 * depth,
                rng.normal(-1.5, 0.3),
                ramp(tone, "bottle grass lime wheat"),
                ramp(tone, "grass lime wheat"),
            )


def draw(width: int = 740, seed: int = 6) -> Image.Image:
    """Draw the painting at the given width in pixels."""
    rng = np.random.default_rng(seed)
    canvas = np.zeros((round(width * ASPECT), width, 4))
    down = np.linspace(0.0, ASPECT / HORIZON, len(canvas))
    canvas[..., :3] = ramp(down / 2.0, "cobalt cerulean peach bottle bottle")[:, None]
    for motif in (ground, poppies):
        for knife in motif(rng):
            scaled = knife._replace(
                centre=knife.centre * width,
                length=knife.length * width,
                breadth=knife.breadth * width,
            )
            touch(canvas, scaled, rng)
    return to_image(light(canvas))
