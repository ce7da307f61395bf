"""Contestants that take turns, so that what disturbs the machine disturbs all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Contestants = Mapping[str, Callable[[], object]]


def seconds_by_turns(contestants: Contestants, rounds: int) -> dict[str, list[float]]:
    """Seconds by name, a round each, after one that isn't counted."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, run in contestants.items():
            time.sleep(0.2)  # the threads of the one before it may still spin
            begun = time.perf_counter()
            run()
            if number:
                times[name].append(time.perf_counter() - begun)
    return times


def median_ratio(seconds: Sequence[float], others: Sequence[float]) -> float:
    """The median of the ratios within each round."""
    return statistics.median(one / other for one, other in zip(seconds, others, strict=True))
