"""What of a photograph is to be preserved, and how much of it, place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from styleplug.faces import Face, find_faces
from styleplug.image.luma import luma
from styleplug.image.resize import fitted
from styleplug.options import amounts
from styleplug.transfer.lettering import lettering_map

Array = NDArray[np.float32]

_SIDE = 512
"""The longest side, in pixels, of what is looked at, and of the map that comes of it."""
_FACE = 1.3
"""The size of what is preserved for a face, relative to its box: hair and chin belong to it."""
_EDGE = 0.25
"""How far, relative to that size, it fades on either side of the border."""
_SMOOTHING = 4
"""How often gradients are smoothed over their neighbours: lines, not grain."""
_STRONG = 0.98
"""A line is fully one if it is as strong as this share of the picture's pixels at the most."""


def what_to_preserve(pixels: Array, wanted: str) -> tuple[Array | None, tuple[str, ...]]:
    """How much of a photograph, (H, W, 3) float32, sRGB in [0, 1], is to be preserved.

    Args:
        wanted: the option `preserve`.

    Returns:
        (h, w) float32 in [0, 1], of the photograph's shape and at most 512 pixels long, None where
        there is nothing; and lines for the person who waits.

    Raises:
        ModelError: the network that finds faces is missing or damaged.
    """
    strengths = amounts(wanted)
    if not strengths:
        return None, ()
    small = fitted(pixels, min(_SIDE, max(pixels.shape[:2])))
    found = {name: _FINDERS[name](small) for name in strengths}
    maps = [strengths[name] * map for name, (map, _) in found.items() if map is not None]
    notes = tuple(note for _, note in found.values() if note)
    return (np.max(maps, axis=0) if maps else None), notes


def _faces(pixels: Array) -> tuple[Array | None, str]:
    faces = find_faces(pixels)
    if not faces:
        return None, ""
    what, them = ("a face is", "it") if len(faces) == 1 else (f"{len(faces)} faces are", "them")
    note = f"{what} preserved; --preserve none has {them} painted over"
    return face_map(pixels.shape[:2], faces), note


def _lines(pixels: Array) -> tuple[Array | None, str]:
    return line_map(luma(pixels)), ""


def _text(pixels: Array) -> tuple[Array | None, str]:
    found = lettering_map(luma(pixels))
    return found, "no lettering is found to be preserved" if found is None else ""


_FINDERS: Mapping[str, Callable[[Array], tuple[Array | None, str]]] = {
    "faces": _faces,
    "lines": _lines,
    "text": _text,
}


def face_map(shape: tuple[int, int], faces: Iterable[Face]) -> Array:
    """Where faces are: ellipses that fade at their border, (h, w) in [0, 1]."""
    y, x = ((np.arange(side) + 0.5) / side for side in shape)
    found = np.zeros(shape, np.float32)
    for face in faces:
        rows = _from_centre(y, face.top, face.bottom)
        columns = _from_centre(x, face.left, face.right)
        distance = np.sqrt(rows[:, np.newaxis] ** 2 + columns**2)
        inside = ((1 + _EDGE - distance) / (2 * _EDGE)).clip(0, 1)
        found = np.maximum(found, inside.astype(np.float32))
    return found


def line_map(light: Array) -> Array:
    """How much of a line each place is, (h, w) in [0, 1], of light and dark (h, w).

    That is the strength of the structure tensor times its coherence, (λ₁ − λ₂)² / (λ₁ + λ₂)²: high
    along contours and bars, low in grass and on plain walls (Bigün and Granlund 1987).
    """
    down, across = (np.asarray(one, np.float32) for one in np.gradient(light))
    tensor = [_smoothed(each) for each in (down * down, down * across, across * across)]
    total = tensor[0] + tensor[2]
    split = (tensor[0] - tensor[2]) ** 2 + 4 * tensor[1] ** 2
    coherence = split / np.maximum(total**2, 1e-12)
    strength = np.sqrt(total)
    strong = max(float(np.quantile(strength, _STRONG)), 1e-6)
    found: Array = (coherence * (strength / strong)).clip(0, 1).astype(np.float32)
    return found


def _from_centre(place: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """Distances from the middle between two edges, 1 being the border of what belongs to them."""
    return (place - (start + end) / 2) / (_FACE * (end - start) / 2)


def _smoothed(values: Array) -> Array:
    """By binomial weights of (1, 2, 1) in both directions, some times."""
    for _ in range(_SMOOTHING):
        padded = np.pad(values, 1, "edge")
        rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
        values = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 16
    return values
