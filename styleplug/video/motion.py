"""What moved whereto from one frame to the next, and how far that can be relied on.

Optical flow by dense inverse search (Kroeger, Timofte, Dai and Van Gool 2016, "Fast Optical Flow
using Dense Inverse Search", https://arxiv.org/abs/1603.03590), as OpenCV has it. Where it can't be
relied on is found as by Ruder, Dosovitskiy and Brox 2016, "Artistic Style Transfer for Videos"
(https://arxiv.org/abs/1604.08610), equations 5 and 6: where the flows forward and backward don't
agree, which is so of what comes out from behind something else, and at the edges of what moves. One
thing is added: where colours don't agree either, since no flow can tell of light that changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.extras import import_extra
from styleplug.image.resize import fitted_size
from styleplug.video.reader import Pixels

Array = NDArray[np.float32]

FLOW_SIDE = 960
"""Longest side, in pixels, at which flow is computed; more takes longer, and gains little."""
DISAGREEMENT, DISAGREEMENT_PIXELS = 0.01, 0.5
"""Squared difference of the flows that is allowed: a share of their squares, plus square pixels."""
EDGE, EDGE_PIXELS = 0.01, 0.002
"""Squared gradient of the flow that is allowed, likewise."""
COLOUR_TOLERANCE = 0.08
"""Difference of colours, in a range of 1, at which the trust has fallen to exp(-1)."""
CUT_TRUST = 0.25
"""A frame of which less than this can be trusted on average begins a scene."""


@dataclass(frozen=True, eq=False)
class Motion:
    """From one frame to the next.

    Args:
        flow: (H, W, 2), pixels right and down from each place to where its content was before.
        trust: (H, W) in [0, 1].
    """

    flow: Array
    trust: Array

    @property
    def is_cut(self) -> bool:
        """Whether the two frames show different scenes."""
        return float(self.trust.mean()) < CUT_TRUST

    def moved(self, picture: Array) -> Array:
        """A picture of the frame before, (H, W, 3) in [0, 1], with all of it where it is now."""
        cv2 = import_extra("cv2", "video")
        moved: Array = _warped(cv2, picture, self.flow, cv2.INTER_CUBIC)
        return moved.clip(0, 1)


class MotionEstimator:
    """Finds what moved whereto.

    Raises:
        MissingDependencyError: OpenCV isn't installed.
    """

    def __init__(self) -> None:
        self._cv2 = import_extra("cv2", "video")
        self._search = self._cv2.DISOpticalFlow_create(self._cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def between(self, before: Pixels, now: Pixels) -> Motion:
        """From one frame to the next of the same size."""
        cv2, (height, width) = self._cv2, now.shape[:2]
        rows, columns = fitted_size(width, height, min(FLOW_SIDE, max(height, width)))
        old, new = (
            cv2.resize(frame, (columns, rows), interpolation=cv2.INTER_AREA)
            for frame in (before, now)
        )
        one, other = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (old, new))
        backward: Array = self._search.calc(other, one, None)
        forward: Array = self._search.calc(one, other, None)
        trust = _consistency(cv2, backward, forward) * _likeness(cv2, old, new, backward)
        trust = cv2.blur(cv2.erode(trust, np.ones((3, 3), np.uint8)), (3, 3))
        if (rows, columns) != (height, width):
            backward = cv2.resize(backward, (width, height))
            backward *= np.array([width / columns, height / rows], np.float32)
            trust = cv2.resize(trust, (width, height))
        return Motion(backward, trust.clip(0, 1))


def _consistency(cv2: ModuleType, backward: Array, forward: Array) -> Array:
    """1 where both flows agree, away from the edges of what moves, and 0 elsewhere."""
    returned: Array = _warped(cv2, forward, backward, cv2.INTER_LINEAR)
    allowed = DISAGREEMENT * (_square(returned) + _square(backward)) + DISAGREEMENT_PIXELS
    is_seen = _square(returned + backward) <= allowed
    slopes = sum(_square(np.asarray(np.gradient(backward, axis=axis))) for axis in (0, 1))
    is_even = slopes <= EDGE * _square(backward) + EDGE_PIXELS
    x, y = _places(backward)
    height, width = backward.shape[:2]
    is_within = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    found: Array = (is_seen & is_even & is_within).astype(np.float32)
    return found


def _likeness(cv2: ModuleType, before: Pixels, now: Pixels, flow: Array) -> Array:
    """How well colours agree, (H, W) in [0, 1]; grain is averaged over neighbours first."""
    moved = _warped(cv2, before, flow, cv2.INTER_LINEAR)
    old, new = (cv2.blur(frame.astype(np.float32), (3, 3)) for frame in (moved, now))
    difference = np.abs(old - new).max(axis=2) / 255
    found: Array = np.exp(-np.square(difference / COLOUR_TOLERANCE)).astype(np.float32)
    return found


def _warped(cv2: ModuleType, values: Any, flow: Array, interpolation: int) -> Any:
    """Values, (H, W, C), each taken from where the flow leads; past a border, from there."""
    return cv2.remap(values, *_places(flow), interpolation, borderMode=cv2.BORDER_REPLICATE)


def _places(flow: Array) -> tuple[Array, Array]:
    """Where the flow leads, across and down."""
    height, width = flow.shape[:2]
    x = np.arange(width, dtype=np.float32) + flow[..., 0]
    y = np.arange(height, dtype=np.float32)[:, np.newaxis] + flow[..., 1]
    return x, y


def _square(vectors: Array) -> Array:
    found: Array = np.square(vectors).sum(axis=2)
    return found
