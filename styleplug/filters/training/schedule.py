"""The course of a training: its numbers, and when its steps become smaller."""

from __future__ import annotations

import math
from dataclasses import dataclass

BACKBONE = "vgg16"
"""The network whose features filters are trained by."""

CONTENT_ERROR = 0.65
"""How far from the photograph a filter leads, unless another aim is set."""

LEAST_RATE = 0.03
"""The learning rate in the end, as a share of the full one."""

FULL_SHARE = 0.5
"""The share of a time limit after which the steps become smaller at the latest."""

TAIL = 0.5
"""How long they do so, as a share of the time before."""

PATIENCE = 0.15
"""The share of the time limit without progress after which the steps become smaller."""

LEAST_PROGRESS = 0.005
"""The share of a value by which it has to fall for that to be progress."""


@dataclass(frozen=True)
class TrainingSchedule:
    """The numbers of a training.

    Args:
        crop: side in pixels of what is seen of a photograph, 96 or more, a multiple of 8.
        batch: crops in a step.
        learning_rate: of the network; a style's is three times that.
        warm_up: steps until the learning rate is reached.
        content_weight: to begin with.
        dual_learning_rate: how quickly content weights are changed to that end, per crop.
    """

    crop: int = 256
    batch: int = 2
    learning_rate: float = 2e-3
    warm_up: int = 100
    content_weight: float = 0.2
    dual_learning_rate: float = 0.03


def slowing(fraction: float) -> float:
    """Factor of the learning rate while the steps become smaller: half a cosine from 1 down.

    >>> [round(slowing(fraction), 3) for fraction in (-1, 0, 0.5, 1, 2)]
    [1.0, 1.0, 0.515, 0.03, 0.03]
    """
    turn = math.pi * min(1.0, max(0.0, fraction))
    return LEAST_RATE + (1 - LEAST_RATE) * (1 + math.cos(turn)) / 2


class Deadline:
    """The moments to slow down and to end, by the time that is left and the progress that is made.

    Args:
        limit: seconds that the whole may take.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.turn, self.end = FULL_SHARE * limit, limit
        self._best, self._since = math.inf, 0.0

    def note(self, elapsed: float, value: float) -> None:
        """Take note of a value that is to fall; where it no longer does, the end begins."""
        if value < self._best * (1 - LEAST_PROGRESS):
            self._best, self._since = value, elapsed
        elif elapsed - self._since > PATIENCE * self.limit and elapsed < self.turn:
            self.turn, self.end = elapsed, min(self.limit, elapsed * (1 + TAIL))

    def factor(self, elapsed: float) -> float:
        """The factor of the learning rate at this moment."""
        return slowing((elapsed - self.turn) / (self.end - self.turn))
