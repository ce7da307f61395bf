"""How much of the photograph remains: from a content error to end with, to the weights.

A fixed ratio of style to content ruins some pairs and leaves others pale. What travels from pair to
pair is how much of the photograph is given up. So, instead of a ratio, a preset names a content
error T, and the loss is

    style error + penalty(content error),    penalty'(e) = w₀ · exp((e − T) / τ), at most w₁

the exponential penalty of constrained optimisation (Bertsekas 1982, "Constrained Optimization and
Lagrange Multiplier Methods", chapter 5): nearly free below T, steep above it. Its slope at the
solution is the ratio that a search would have had to find, and is found here within the run itself:
the objective stays one smooth function, so a quasi-Newton solver keeps its curvature. Above T the
penalty grows on in a straight line, which bounds the weight and damps the first steps of a scale,
where the enlarged picture is far off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

WEIGHT_AT_TARGET = 0.2
"""w₀: style to content 5 : 1 at the target, the middle of what pairs turn out to need."""
LARGEST_WEIGHT = 2.0
"""w₁: even far above the target the style keeps a say."""
SOFTNESS = 0.05
"""τ: a pair that needs e times the usual weight ends this much above the target."""


class Slope(NamedTuple):
    """How the content error's weight follows from it; graphs are built from these numbers."""

    target: float
    softness: float
    weight: float
    largest: float

    def at(self, content_error: float) -> float:
        """min(largest, weight · exp((content error − target) / softness))"""
        excess = (content_error - self.target) / self.softness
        return min(self.largest, self.weight * math.exp(min(excess, 100.0)))


@dataclass(frozen=True)
class FixedWeights:
    """The plain weighted sum of the article."""

    content_weight: float
    style_weight: float

    @property
    def slope(self) -> Slope:
        return Slope(0.0, math.inf, self.content_weight, self.content_weight)

    def penalty(self, content_error: float) -> tuple[float, float]:
        """The content error's part of the loss, and its slope: the weight in force."""
        return self.content_weight * content_error, self.content_weight


@dataclass(frozen=True)
class TargetError:
    """Leads the content error to `target`; see the module's text."""

    target: float
    style_weight: ClassVar[float] = 1.0

    @property
    def slope(self) -> Slope:
        return Slope(self.target, SOFTNESS, WEIGHT_AT_TARGET, LARGEST_WEIGHT)

    def penalty(self, content_error: float) -> tuple[float, float]:
        """The content error's part of the loss, and its slope: the weight in force."""
        knee = self.target + SOFTNESS * math.log(LARGEST_WEIGHT / WEIGHT_AT_TARGET)
        slope = self.slope.at(content_error)
        return SOFTNESS * slope + LARGEST_WEIGHT * max(content_error - knee, 0.0), slope


Balance = FixedWeights | TargetError
