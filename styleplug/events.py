"""What a running job says, in order: Planned, then Progress and Preview, then Finished or Failed.

A filter, done in a moment, may say no more than the last.
Events are frozen and complete: a listener needs no other source to draw a progress bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from styleplug.hookspecs import FilterResult, StylizeResult


@dataclass(frozen=True)
class Planned:
    """The work ahead, said once, before the first evaluation.

    `scales` are the longest sides in pixels, `evaluations` their numbers of evaluations, which are
    the most where the time is limited, `seconds` an estimate of the whole run, `backbone` the
    network that was chosen, `notes` lines worth showing to a person, `engine` what computes the
    gradients, and `device` on what, for people; "" where nobody says.
    """

    scales: tuple[int, ...]
    evaluations: tuple[int, ...]
    seconds: float
    backbone: str
    notes: tuple[str, ...] = ()
    engine: str = ""
    device: str = ""


@dataclass(frozen=True)
class Progress:
    """One evaluation of loss and gradient is done.

    `scale` is the longest side in pixels; `iteration` counts from 1 to `iterations` within it;
    `fraction` of the whole work, 0..1; `cost` is the work so far in passes over the picture at full
    size; seconds are `elapsed` since the start, `scale_seconds` since that of the scale, and
    `remaining`. The errors are those of `styleplug.transfer.loss`; `content_weight` is the
    weight in force of the content error. Of a filter, a step is a tile, and has neither.
    """

    scale: int
    iteration: int
    iterations: int
    fraction: float
    cost: float
    elapsed: float
    scale_seconds: float
    remaining: float
    loss: float = 0.0
    content_error: float = 0.0
    style_error: float = 0.0
    total_variation: float = 0.0
    content_weight: float = 0.0


@dataclass(frozen=True)
class Preview:
    """The best picture so far, (H, W, 3) float32, sRGB in [0, 1], now and then within a scale.

    The last one of a scale comes after its last Progress, and is where the next one starts.
    """

    scale: int
    pixels: NDArray[np.float32]


@dataclass(frozen=True)
class Finished:
    """The job has its picture."""

    result: StylizeResult | FilterResult


@dataclass(frozen=True)
class Failed:
    """The job ended without a picture: `code` is that of the error (see `styleplug.errors`)."""

    code: str
    message: str


Event = Planned | Progress | Preview | Finished | Failed
