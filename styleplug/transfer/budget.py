"""The time that a transfer may take, and how its scales share it."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from styleplug.transfer.plan import Scale

FEWEST_EVALUATIONS = 5
"""Fewer make no more of an enlarged picture than it was: their time is better spent before."""

EVENNESS = 0.6
"""Scales share a limit by their work to this power. By the work itself the largest would get so
much that strokes aren't settled when it begins: at 256 pixels, in the time of 25 passes, style
errors were higher by none to a sixth."""


class Budget:
    """The seconds since a transfer began, and those that it may take.

    Where they are fewer than the plan would take, each scale gets its share of what is left, the
    more the more its evaluations cost; what it doesn't need goes to the scales after it. So each
    scale is worked on, if less than planned, and the run doesn't break off at a small one.

    Args:
        limit: in seconds; None is no limit.
        is_shared: whether scales get shares. They get none where the limit only interrupts a run
            that may go on later.
    """

    def __init__(self, limit: float | None, *, is_shared: bool = True) -> None:
        self.limit = limit or math.inf
        self.is_shared = is_shared
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._started

    @property
    def is_spent(self) -> bool:
        return self.elapsed >= self.limit

    @property
    def fraction(self) -> float:
        """Of the limit, 0 to 1."""
        return min(1.0, self.elapsed / self.limit)

    def add(self, seconds: float) -> None:
        """Count time that was spent before."""
        self._started -= seconds

    def reached(self, scales: Sequence[Scale], seconds_per_pixel: float) -> int:
        """How many of the scales there is time for: the last one's share has to be worth it.

        Args:
            scales: those to come.
            seconds_per_pixel: of an evaluation, by the pixels that it sees.
        """
        left = self.limit - self.elapsed if self.is_shared else math.inf
        for number in range(len(scales), 1, -1):
            largest = scales[number - 1]
            share = left * _claim(largest) / sum(map(_claim, scales[:number]))
            needed = min(FEWEST_EVALUATIONS, largest.evaluations)
            if share >= needed * largest.pixels_per_evaluation * seconds_per_pixel:
                return number
        return 1

    def end_of_next(self, scales: Sequence[Scale]) -> float:
        """When the first of the scales to come is to end, in seconds since the transfer began."""
        if not self.is_shared:
            return math.inf
        share = _claim(scales[0]) / sum(map(_claim, scales))
        return self.elapsed + (self.limit - self.elapsed) * share


def _claim(scale: Scale) -> float:
    claim: float = scale.work**EVENNESS
    return claim
