"""Where faces are in a picture, by a small network (`models/README.md`, "Faces").

It runs on the CPU, in a moment, and sees faces from about a tenth of the picture's longest side to
all of it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.image.resize import fitted
from styleplug.runtime.models import find_model
from styleplug.runtime.session import Session, open_session

STRIDE = 32
_SIDE = 416
"""The longest side of the picture that the network sees: that it was trained at."""
_ANCHORS = np.array(
    [
        (1.603231, 2.094468),
        (6.041143, 7.080126),
        (2.882459, 3.518061),
        (4.266906, 5.178857),
        (9.041765, 10.66308),
    ]
)
"""Width and height, in cells, of the boxes that each cell knows by itself."""
_LEAST_SCORE = 0.5
_MOST_OVERLAP = 0.4
"""Of two boxes, their intersection over their union."""

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Face:
    """A face's box, as parts of the picture's width and height, which it may reach beyond.

    `score` is how sure the network is, 0 to 1.
    """

    left: float
    top: float
    right: float
    bottom: float
    score: float

    @property
    def area(self) -> float:
        """As a part of the picture's."""
        return (self.right - self.left) * (self.bottom - self.top)


def find_faces(pixels: Array) -> tuple[Face, ...]:
    """The faces in a picture, (H, W, 3) float32, sRGB in [0, 1], the surest first.

    Raises:
        ModelError: the network is missing or damaged.
        MissingDependencyError: ONNX Runtime isn't installed.
    """
    small = fitted(pixels, _SIDE)
    height, width, _ = small.shape
    rows, columns = (-(-side // STRIDE) for side in (height, width))
    padded = np.zeros((1, 3, rows * STRIDE, columns * STRIDE), np.float32)
    padded[0, :, :height, :width] = small.transpose(2, 0, 1)
    [cells] = _session().run(None, {"picture": padded})
    faces = _boxes(cells[0], height / STRIDE, width / STRIDE)
    return _without_doubles(sorted(faces, key=lambda face: -face.score))


@functools.cache
def _session() -> Session:
    return open_session(find_model("faces").read(), "cpu")


def _boxes(cells: Array, height: float, width: float) -> list[Face]:
    """The boxes of cells, (25, rows, columns), in a picture of this height and width in cells:
    equations of section 2 of Redmon and Farhadi 2017, "YOLO9000"."""
    _, rows, columns = cells.shape
    x, y, log_width, log_height, score = np.moveaxis(
        cells.astype(np.float64).reshape(len(_ANCHORS), 5, rows, columns), 1, 0
    )
    x = _sigmoid(x) + np.arange(columns)
    y = _sigmoid(y) + np.arange(rows)[:, np.newaxis]
    half_width = np.exp(log_width) * _ANCHORS[:, 0, np.newaxis, np.newaxis] / 2
    half_height = np.exp(log_height) * _ANCHORS[:, 1, np.newaxis, np.newaxis] / 2
    edges = np.stack(
        [
            (x - half_width) / width,
            (y - half_height) / height,
            (x + half_width) / width,
            (y + half_height) / height,
            _sigmoid(score),
        ]
    ).reshape(5, -1)
    return [Face(*map(float, edge)) for edge in edges.T if edge[4] > _LEAST_SCORE]


def _without_doubles(faces: list[Face]) -> tuple[Face, ...]:
    kept: list[Face] = []
    for face in faces:
        if all(_overlap(face, other) <= _MOST_OVERLAP for other in kept):
            kept.append(face)
    return tuple(kept)


def _overlap(one: Face, other: Face) -> float:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (one.area + other.area - shared)


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-values))
