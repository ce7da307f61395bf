"""The course of a job as a drawing of its losses, by Matplotlib."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from styleplug.events import Progress
from styleplug.extras import import_extra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE = (8.0, 6.0)
"""Width and height in inches of 100 pixels."""
_LEAST = 1e-3
"""Less is drawn as this: a run from the photograph begins at next to no content error, which would
dwarf all the rest on an axis of logarithms."""


def empty_figure() -> Figure:
    """A sheet to draw on.

    Raises:
        MissingDependencyError: Matplotlib isn't installed.
    """
    import_extra("matplotlib", "plot")
    from matplotlib.figure import Figure

    return Figure(_SIZE, layout="constrained")


def loss_curves(steps: Sequence[Progress], kind: str) -> bytes:
    """The loss above, and the errors of content and style below, by evaluation.

    Args:
        steps: one or more, in their order.
        kind: "png" or "svg".
    """
    figure = empty_figure()
    above, below = figure.subplots(2, sharex=True)
    for axes, name in ((above, "loss"), (below, "content_error"), (below, "style_error")):
        values = [max(getattr(step, name), _LEAST) for step in steps]
        axes.plot(range(1, len(steps) + 1), values, label=name.replace("_", " "))
    for axes in (above, below):
        axes.set_yscale("log")
        axes.grid(alpha=0.3)
        axes.legend()
        _mark_scales(axes, steps)
    below.set_xlabel("evaluation")
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind)
    return buffer.getvalue()


def _mark_scales(axes: Axes, steps: Sequence[Progress]) -> None:
    """A line where each scale begins, with its size in pixels."""
    begin = 1
    for scale, part in groupby(steps, key=lambda step: step.scale):
        axes.axvline(begin, color="0.6", linewidth=0.8)
        axes.annotate(
            f" {scale} px", (begin, 0.02), xycoords=("data", "axes fraction"), color="0.4"
        )
        begin += len(list(part))
