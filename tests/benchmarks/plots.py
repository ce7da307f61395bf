"""Drawings of what the benchmarks measured, by Matplotlib."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

Rows = Sequence[Any]


def time_over_size(rows: Rows) -> Figure:
    """Seconds of an evaluation, as objective.py measured them."""
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    for what in dict.fromkeys(row.what for row in rows if row.of_the_plain_loop is not None):
        points = [(row.pixels, row.seconds) for row in rows if row.what == what]
        axes.plot(*zip(*points, strict=True), marker="o", label=what)
    axes.loglog()
    _mark_sizes(axes, [row.pixels for row in rows])
    _finish(axes, "pixels a side", "seconds of an evaluation")
    return figure


def loss_over_time(rows: Rows) -> Figure:
    """Losses of solver.py by evaluation and by time: medians over the pairs, of each loss as a part
    of the reference's last one."""
    figure = Figure((9, 4.5), layout="constrained")
    by_evaluation, by_time = figure.subplots(1, 2, sharey=True)
    last = {row.pair: min(row.losses) for row in reversed(rows)}  # the reference is a pair's first
    for solver in dict.fromkeys(row.solver for row in rows):
        courses = [row for row in rows if row.solver == solver]
        parts = [[loss / last[row.pair] for loss in row.losses] for row in courses]
        losses = list(map(statistics.median, zip(*parts, strict=True)))
        seconds = map(statistics.median, zip(*(row.seconds for row in courses), strict=True))
        by_evaluation.plot(range(1, len(losses) + 1), losses, label=solver)
        by_time.plot(list(seconds), losses, label=solver)
    _finish(by_evaluation, "evaluations", "loss / reference's last loss")
    _finish(by_time, "seconds", "")
    by_time.set_yscale("log")
    return figure


def memory_over_size(rows: Rows) -> Figure:
    """Peaks of resident memory, as memory.py measured them."""
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    for name, is_limited in (("as a whole", False), ("within a limit", True)):
        of_kind = [row for row in rows if (row.limit_GB is not None) == is_limited]
        sizes = [row.size for row in of_kind]
        axes.plot(sizes, [row.peak_GB for row in of_kind], marker="o", label=name)
    axes.set_ylim(bottom=0)
    _mark_sizes(axes, [row.size for row in rows])
    _finish(axes, "pixels of the longest side", "GB at most")
    return figure


def print_over_megapixels(rows: Rows) -> Figure:
    """Minutes and peaks of whole transfers, as megapixels.py measured them."""
    figure = Figure((9, 4.5), layout="constrained")
    time, memory = figure.subplots(1, 2)
    sizes = [row.megapixels for row in rows]
    minutes = [row.seconds / 60 for row in rows]
    linear = [minutes[-1] * size / sizes[-1] for size in sizes]
    time.plot(sizes, minutes, marker="o", label="in all pixels")
    time.plot(sizes, linear, linestyle=":", label="as much for each megapixel as of the largest")
    memory.plot(sizes, [row.peak_GB for row in rows], marker="o", label="taken")
    memory.plot(sizes, [row.limit_GB for row in rows], linestyle=":", label="limit")
    memory.set_ylim(bottom=0)
    _finish(time, "megapixels", "minutes")
    _finish(memory, "megapixels", "GB at most")
    return figure


def _mark_sizes(axes: Any, sizes: Sequence[int]) -> None:
    ticks = sorted(set(sizes))
    axes.set_xticks(ticks, map(str, ticks))
    axes.minorticks_off()


def _finish(axes: Any, across: str, up: str) -> None:
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(alpha=0.3)
    axes.legend()


PLOTS: Mapping[str, Callable[[Rows], Figure]] = {
    "objective": time_over_size,
    "solver": loss_over_time,
    "memory": memory_over_size,
    "megapixels": print_over_megapixels,
}
"""By the benchmark whose first table they draw."""
