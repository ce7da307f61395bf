"""A slow pan over a photograph, and how unsteady its frames are.

The warping error of Lai et al., "Learning Blind Video Temporal Consistency", 2018: the mean squared
difference of each frame and the next one, moved back by bilinear interpolation. How far to move is
known here. A still photograph has such an error, too, for interpolation blurs.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.float32]

WIDTH, HEIGHT = 384, 256
RIGHT, DOWN = 0.3, 0.15
"""Pixels between two frames."""

_BORDER = 8
_ROOM = 16


def pan(photo: Image.Image, count: int) -> list[Array]:
    """Frames (HEIGHT, WIDTH, 3), sRGB in [0, 1], that a window sees as it moves right and down.

    Each is reduced from the photograph itself, as if a camera had moved.
    """
    scale = min(photo.width / (WIDTH + _ROOM), photo.height / (HEIGHT + _ROOM))
    frames = []
    for number in range(count):
        left, top = number * RIGHT * scale, number * DOWN * scale
        box = (left, top, left + WIDTH * scale, top + HEIGHT * scale)
        frame = photo.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS, box)
        frames.append(np.asarray(frame, np.float32) / np.float32(255))
    return frames


def warping_error(frames: list[Array]) -> float:
    """The mean of the frames' warping errors, away from the border."""
    inner = np.s_[_BORDER:-_BORDER, _BORDER:-_BORDER]
    differences = [(one - _moved_back(after))[inner] for one, after in pairwise(frames)]
    return float(np.mean(np.square(differences)))


def _moved_back(frame: Array) -> Array:
    planes = [
        Image.fromarray(np.ascontiguousarray(frame[..., channel])).transform(
            (WIDTH, HEIGHT),
            Image.Transform.AFFINE,
            (1, 0, -RIGHT, 0, 1, -DOWN),
            Image.Resampling.BILINEAR,
        )
        for channel in range(3)
    ]
    return np.stack([np.asarray(plane) for plane in planes], axis=2)
