"""The schedule of a transfer: its scales, the work on each, and how they share the time."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from styleplug.config import StylizeConfig
from styleplug.errors import UnsupportedImageError
from styleplug.image.resize import elongation
from styleplug.transfer.balance import Balance, FixedWeights, TargetError
from styleplug.transfer.state import State

SMALLEST_SCALE = 64
"""Size at which the pyramid starts; a smaller picture shows too little."""
SHORTEST_SIDE = 16
"""The network halves the picture four times."""
GROWTH = 1.25
"""Evaluations at a scale over those at one twice as large: small ones settle the large strokes."""
REFERENCE_SCALE = 256
"""Size of a preview, and at which the config's content error is meant."""
ERROR_PER_OCTAVE = 0.32
"""Share of the error withheld per halving below the reference: what a small scale loses is lost."""
FEWEST_EVALUATIONS = 5
"""Fewer make no more of an enlarged picture than it was: their time is better spent before."""
COST_OF_OCTAVE = 0.4
"""By VGG-16's multiplications up to relu3_1, over those up to relu5_1."""
EVENNESS = 0.6
"""Scales share a limit by their work to this power. By the work itself the largest would get so
much that strokes aren't settled when it begins: at 256 pixels, in the time of 25 passes, style
errors were higher by none to a sixth."""


@dataclass(frozen=True)
class Scale:
    """One step of the pyramid: a picture of height × width pixels, and the work on it.

    Its size is the longest side, or in a panorama that side divided by its `elongation`.
    """

    height: int
    width: int
    evaluations: int
    balance: Balance
    coarse_sizes: tuple[tuple[int, int], ...] = ()
    """Height and width of smaller sizes in which the picture is to be right, too: of the scales
    before, the last one first, down to those of a preview, or at least of one. Otherwise a large
    picture drifts away from what its preview was. Explicit weights mean what they say, and have
    none."""
    encoding: int | None = None
    window: int | None = None
    """Sides of the windows that the encoder and the objective see, None for the whole; see
    `styleplug.transfer.memory`."""
    history: int = 20
    """Steps that L-BFGS remembers; with 0, Adam takes its place."""
    is_octave: bool = False
    """Whether only what is new at this size is painted; see `styleplug.transfer.octaves`."""
    strength: float | None = None
    """Of a weaker picture beside the config's, its strength; see `styleplug.transfer.weaker`."""

    @property
    def longest(self) -> int:
        return max(self.height, self.width)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.height, self.width

    @property
    def pixels(self) -> int:
        return self.height * self.width

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Height and width of all in which the picture is to be right, its own first."""
        return [self.shape, *self.coarse_sizes]

    @property
    def pixels_per_evaluation(self) -> int:
        """Pixels that the network sees in one evaluation."""
        return sum(height * width for height, width in self.sizes)

    @property
    def cost(self) -> float:
        """An evaluation's, in pixels that the whole network sees."""
        return self.pixels_per_evaluation * (COST_OF_OCTAVE if self.is_octave else 1)

    @property
    def work(self) -> float:
        """The cost of all of its evaluations."""
        return self.evaluations * self.cost


def plan_scales(height: int, width: int, config: StylizeConfig) -> tuple[Scale, ...]:
    """The scales, small to large, for a photograph of height × width pixels.

    The last one is the working picture, never larger than the photograph.

    Raises:
        UnsupportedImageError: the working picture would be less than 16 pixels wide or high.
    """
    stretch = elongation(height, width)
    size = min(config.size, max(height, width) / stretch)
    shortest = size * stretch * min(height, width) / max(height, width)
    if round(shortest) < SHORTEST_SIDE:
        raise UnsupportedImageError(
            None,
            f"{width}×{height} pixels make a working picture less than {SHORTEST_SIDE} pixels wide"
            " or high; take a larger size, or a less narrow photograph",
        )
    sides: list[float] = [size]
    if config.pyramid:
        smallest = max(SMALLEST_SCALE, SHORTEST_SIDE * size / shortest)
        sides = _pyramid(size, smallest)
    scales: list[Scale] = []
    for side in sides:
        factor = side * stretch / max(height, width)
        scales.append(
            Scale(
                height=max(SHORTEST_SIDE, round(height * factor)),
                width=max(SHORTEST_SIDE, round(width * factor)),
                evaluations=math.ceil(config.iterations * GROWTH ** math.log2(size / side)),
                balance=_balance(round(side), config),
                coarse_sizes=() if config.content_error is None else _coarse_sizes(scales, stretch),
            )
        )
    return tuple(scales)


class Schedule:
    """The scales of a transfer, how much of their work is done, and the seconds it has taken.

    Costs are in passes over the picture at full size, of which there are `total_cost` in all.

    Where there are fewer seconds than the plan would take, each scale gets its share of what is
    left, the more the more its evaluations cost; what it doesn't need goes to the scales after it.
    So each scale is worked on, if less than planned, and the run doesn't break off at a small one.

    Args:
        scales: small to large.
        limit: of the seconds; None is no limit.
        is_shared: whether scales get shares. They get none where the limit only interrupts a run
            that may go on later.
    """

    def __init__(
        self, scales: Sequence[Scale], limit: float | None = None, *, is_shared: bool = True
    ) -> None:
        self.scales = tuple(scales)
        self.full_size = scales[-1].pixels
        self.total_cost = sum(scale.work for scale in scales) / self.full_size
        self.done_cost = 0.0
        self.limit = limit or math.inf
        self.is_shared = is_shared
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the transfer began."""
        return time.monotonic() - self._started

    @property
    def is_spent(self) -> bool:
        """Whether the limit is reached."""
        return self.elapsed >= self.limit

    @property
    def is_done(self) -> bool:
        """Whether all evaluations are done that were planned at first."""
        return math.isclose(self.done_cost, self.total_cost)

    @property
    def fraction(self) -> float:
        """Of the work or of the limit, whichever is further, 0 to 1."""
        return max(self.done_cost / self.total_cost, min(1.0, self.elapsed / self.limit))

    def cost_per_evaluation(self, scale: Scale) -> float:
        return scale.cost / self.full_size

    def seconds_left(self, seconds_per_pass: float) -> float:
        """What the rest of the work takes, at most until the limit."""
        rest = (self.total_cost - self.done_cost) * seconds_per_pass
        return max(0.0, min(rest, self.limit - self.elapsed))

    def leave_out(self, seconds_per_pass: float) -> None:
        """Leave out the largest scales for which there is no time.

        There is for one whose share of what is left lets it be worked on enough to be worth it.
        """
        left = self.limit - self.elapsed if self.is_shared else math.inf
        while len(self.scales) > 1:
            largest = self.scales[-1]
            needed = min(FEWEST_EVALUATIONS, largest.evaluations)
            seconds = needed * self.cost_per_evaluation(largest) * seconds_per_pass
            if left * _claim(largest) / sum(map(_claim, self.scales)) >= seconds:
                break
            self.scales = self.scales[:-1]

    def end_of(self, index: int) -> float:
        """When the scale that begins now is to end, in seconds since the transfer began."""
        if not self.is_shared:
            return math.inf
        claims = [_claim(scale) for scale in self.scales[index:]]
        return self.elapsed + (self.limit - self.elapsed) * claims[0] / sum(claims)

    def state(self) -> State:
        """What of the work is done, and the seconds it has taken."""
        return {"cost": self.done_cost, "seconds": self.elapsed}

    def restore(self, state: State) -> None:
        """Count what another schedule of these scales had counted."""
        self.done_cost = state["cost"]
        self._started -= state["seconds"]


def _pyramid(size: float, smallest: float) -> list[float]:
    """Sizes, small to large, of a pyramid from no less than `smallest` up to a size.

    It doubles from step to step. A large one goes through a preview's own scales, and on from there
    in equal steps: one of up to 3.4 times, or several of about a doubling.
    """
    steps = max(0, math.floor(math.log2(size / REFERENCE_SCALE) + 0.25))
    base = REFERENCE_SCALE if steps else size
    sides = [base / 2**k for k in range(math.ceil(math.log2(base)), 0, -1)]
    sides += [base * (size / base) ** (step / steps) for step in range(steps)]
    return [*(side for side in sides if side > smallest - 1e-6), size]


def _coarse_sizes(scales: Sequence[Scale], stretch: float) -> tuple[tuple[int, int], ...]:
    """Of the scales before, the sizes in which the next one is to be right."""
    least = round(REFERENCE_SCALE / 2 * stretch)
    of_preview = [scale for scale in scales if scale.longest >= least]
    return tuple(scale.shape for scale in reversed(of_preview or scales[-1:]))


def _balance(size: int, config: StylizeConfig) -> Balance:
    """The config's weights, or its content error brought to a scale of this size."""
    if config.content_weight is not None and config.style_weight is not None:
        return FixedWeights(config.content_weight, config.style_weight)
    assert config.content_error is not None, "a config has weights or a content error"
    scale = min(max(size, SMALLEST_SCALE), REFERENCE_SCALE)
    share = 1 - ERROR_PER_OCTAVE * math.log2(REFERENCE_SCALE / scale)
    return TargetError(config.content_error * share * 2 * config.strength)


def _claim(scale: Scale) -> float:
    """What a scale's share of the time is in proportion to."""
    claim: float = scale.work**EVENNESS
    return claim
