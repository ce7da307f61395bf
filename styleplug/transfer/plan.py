"""The plan of a transfer: its scales, and for each its evaluations and the balance to strike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from styleplug.config import StylizeConfig
from styleplug.errors import UnsupportedImageError
from styleplug.image.resize import elongation
from styleplug.transfer.balance import Balance, FixedWeights, TargetError

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


@dataclass(frozen=True)
class Scale:
    """One step of the pyramid: a picture of height × width pixels, and the work on it.

    Its size is the longest side, or in a panorama that side divided by its `elongation`.
    """

    height: int
    width: int
    evaluations: int
    balance: Balance
    smaller: tuple[tuple[int, int], ...] = ()
    """Height and width of smaller sizes in which the picture is to be right, too: of the scales
    before, the last one first, down to those of a preview, or at least of one. Otherwise a large
    picture drifts away from what its preview was. Explicit weights mean what they say, and have
    none."""
    encoding: int | None = None
    window: int | None = None
    """Sides of the windows that the encoder and the objective see, None for the whole; see
    `styleplug.transfer.memory_plan`."""
    history: int = 20
    """Steps that L-BFGS remembers; with 0, Adam takes its place."""

    @property
    def longest(self) -> int:
        return max(self.height, self.width)

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Height and width of all in which the picture is to be right, its own first."""
        return [(self.height, self.width), *self.smaller]

    @property
    def pixels_per_evaluation(self) -> int:
        """Pixels that the network sees in one evaluation."""
        return sum(height * width for height, width in self.sizes)

    @property
    def work(self) -> int:
        """Pixels that the network sees in all of its evaluations."""
        return self.evaluations * self.pixels_per_evaluation


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
                smaller=() if config.content_error is None else _smaller(scales, stretch),
            )
        )
    return tuple(scales)


def cost(scales: tuple[Scale, ...]) -> float:
    """The plan's work, in passes over the picture at full size."""
    return sum(scale.work for scale in scales) / full_size(scales)


def full_size(scales: tuple[Scale, ...]) -> int:
    """Pixels of the working picture."""
    return scales[-1].height * scales[-1].width


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


def _smaller(scales: Sequence[Scale], stretch: float) -> tuple[tuple[int, int], ...]:
    """Of the scales before, the sizes in which the next one is to be right."""
    least = round(REFERENCE_SCALE / 2 * stretch)
    of_preview = [scale for scale in scales if scale.longest >= least]
    return tuple((scale.height, scale.width) for scale in reversed(of_preview or scales[-1:]))


def _balance(size: int, config: StylizeConfig) -> Balance:
    """The config's weights, or its content error brought to a scale of this size."""
    if config.content_weight is not None and config.style_weight is not None:
        return FixedWeights(config.content_weight, config.style_weight)
    assert config.content_error is not None, "a config has weights or a content error"
    scale = min(max(size, SMALLEST_SCALE), REFERENCE_SCALE)
    share = 1 - ERROR_PER_OCTAVE * math.log2(REFERENCE_SCALE / scale)
    return TargetError(config.content_error * share * 2 * config.strength)
