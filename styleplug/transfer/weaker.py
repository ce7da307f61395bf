"""Weaker pictures beside a transfer's own: one run, several strengths.

What a strength costs is the way to its strokes: which large ones there are and where, as the small
scales settle it. So a run goes that way once, for the strongest picture. Each weaker one goes on at
the base size from the one before, with a lower content error to lead to, and needs but few
evaluations until it has as much of the photograph as it should.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from styleplug.config import StylizeConfig
from styleplug.errors import ConfigError
from styleplug.transfer.balance import TargetError
from styleplug.transfer.schedule import Scale

SHARE_OF_EVALUATIONS = 0.4
"""Of the evaluations at the base size, those that a weaker picture takes."""
FEWEST_EVALUATIONS = 12
"""As far as the base has so many: with fewer it isn't yet as weak as it should be."""


def check_strengths(config: StylizeConfig, weaker: Sequence[float]) -> None:
    """Make sure that a picture can be painted at these strengths besides the config's.

    Raises:
        ConfigError: they aren't below it, each below the one before, or weights say it all.
    """
    if weaker and config.content_error is None:
        raise ConfigError("strengths", weaker, "left out where weights are given")
    for above, strength in zip((config.strength, *weaker), weaker, strict=False):
        if not 0 <= strength < above:
            raise ConfigError("strengths", strength, f"from 0 to below {above:g}")


def weaker_scales(base: Scale, config: StylizeConfig, weaker: Iterable[float]) -> list[Scale]:
    """A scale for each of these strengths, of the size of the base's last one."""
    balance = base.balance
    if not isinstance(balance, TargetError):
        return []
    share = math.ceil(base.evaluations * SHARE_OF_EVALUATIONS)
    evaluations = min(base.evaluations, max(FEWEST_EVALUATIONS, share))
    return [
        replace(
            base,
            evaluations=evaluations,
            balance=TargetError(balance.target * strength / config.strength),
            strength=strength,
        )
        for strength in weaker
    ]


def for_each(weaker: Sequence[float], octaves: Iterable[Scale]) -> list[Scale]:
    """Octaves for the config's own strength and for each of the weaker ones, small to large."""
    return [
        replace(octave, strength=strength) for octave in octaves for strength in (None, *weaker)
    ]
