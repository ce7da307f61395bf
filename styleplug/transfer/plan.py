"""The plan of a transfer: its scales, and for each its evaluations and the balance to strike."""

from __future__ import annotations

import math
from dataclasses import dataclass

from styleplug.config import StylizeConfig
from styleplug.errors import UnsupportedImageError
from styleplug.transfer.balance import Balance, FixedWeights, TargetError

SMALLEST_SCALE = 64
"""Longest side at which the pyramid starts; a smaller picture shows too little."""
SHORTEST_SIDE = 16
"""The network halves the picture four times."""
GROWTH = 1.25
"""Evaluations at a scale over those at the next larger: small ones settle the large strokes."""
REFERENCE_SCALE = 256
"""Longest side of a preview, and at which the config's content error is meant."""
ERROR_PER_OCTAVE = 0.32
"""Share of the error withheld per halving below the reference: what a small scale loses is lost."""


@dataclass(frozen=True)
class Scale:
    """One step of the pyramid: a picture of height × width pixels, and the work on it."""

    height: int
    width: int
    evaluations: int
    balance: Balance
    levels: int
    """In how many sizes, each half of the one before, the picture is to be right: its own, and down
    to those in which a preview is, or at least one more where there is a scale before. Otherwise a
    large picture drifts away from what its preview was. Explicit weights mean what they say, and
    have one."""
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
        """Height and width by level."""
        return [(self.height >> level, self.width >> level) for level in range(self.levels)]

    @property
    def pixels_per_evaluation(self) -> float:
        """Pixels that the network sees in one evaluation."""
        return self.height * self.width * sum(0.25**level for level in range(self.levels))

    @property
    def work(self) -> float:
        """Pixels that the network sees in all of its evaluations."""
        return self.evaluations * self.pixels_per_evaluation


def plan_scales(height: int, width: int, config: StylizeConfig) -> tuple[Scale, ...]:
    """The scales, small to large, for a photograph of height × width pixels.

    The last one is the working picture, never larger than the photograph.

    Raises:
        UnsupportedImageError: the working picture would be less than 16 pixels wide or high.
    """
    size = min(config.size, max(height, width))
    shortest = size * min(height, width) / max(height, width)
    if round(shortest) < SHORTEST_SIDE:
        raise UnsupportedImageError(
            None,
            f"{width}×{height} pixels make a working picture less than {SHORTEST_SIDE} pixels wide"
            " or high; take a larger size, or a less narrow photograph",
        )
    halvings = 0
    if config.pyramid:
        room = min(size / SMALLEST_SCALE, shortest / SHORTEST_SIDE)
        halvings = max(0, math.floor(math.log2(room) + 1e-9))
    return tuple(
        _scale(height, width, size, k, config, scales_before=halvings - k)
        for k in range(halvings, -1, -1)
    )


def cost(scales: tuple[Scale, ...]) -> float:
    """The plan's work, in passes over the picture at full size."""
    return sum(scale.work for scale in scales) / full_size(scales)


def full_size(scales: tuple[Scale, ...]) -> int:
    """Pixels of the working picture."""
    return scales[-1].height * scales[-1].width


def _scale(
    height: int, width: int, size: int, halvings: int, config: StylizeConfig, scales_before: int
) -> Scale:
    factor = size / 2**halvings / max(height, width)
    scaled = [max(SHORTEST_SIDE, round(side * factor)) for side in (height, width)]
    smaller = 0
    if config.content_error is not None:
        to_preview = math.ceil(math.log2(max(*scaled, REFERENCE_SCALE) / REFERENCE_SCALE))
        smaller = min(scales_before, to_preview + 1)
    return Scale(
        scaled[0],
        scaled[1],
        evaluations=math.ceil(config.iterations * GROWTH**halvings),
        balance=_balance(max(scaled), config),
        levels=1 + smaller,
    )


def _balance(longest: int, config: StylizeConfig) -> Balance:
    """The config's weights, or its content error brought to a scale of `longest` pixels."""
    if config.content_weight is not None and config.style_weight is not None:
        return FixedWeights(config.content_weight, config.style_weight)
    assert config.content_error is not None, "a config has weights or a content error"
    scale = min(max(longest, SMALLEST_SCALE), REFERENCE_SCALE)
    share = 1 - ERROR_PER_OCTAVE * math.log2(REFERENCE_SCALE / scale)
    return TargetError(config.content_error * share * 2 * config.strength)
