"""Variations of a job: what else the same pictures could become, small and quickly, to choose from.

The first is the job as it is. Others differ in one thing or several: how far they go, how large the
strokes are, which part of the painting they learn from, and the seed. What they have in common with
the large picture is its look, for a transfer goes through the scales of a preview
(`styleplug.transfer.schedule`), and a stroke's size is relative to the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from styleplug.config import StylizeConfig
from styleplug.errors import ConfigError
from styleplug.jobs.job import StylizeJob
from styleplug.options import Number, Option
from styleplug.painting import CROP

FEWEST, MOST = 2, 24
SIDE, ITERATIONS = 256, 25
"""Of a small picture: the size of a preview, and evaluations that show its look."""

Recipe = Mapping[str, str]
"""What a variation has for the options of `VARIED`, as texts."""


class _Change(NamedTuple):
    """How a variation differs: by what strength and seed are more, the strokes' size is multiplied,
    and the part of the painting, None for the job's own."""

    strength: float = 0.0
    strokes: float = 1.0
    crop: str | None = None
    seed: int = 0


_CHANGES = (
    _Change(),
    _Change(strength=0.2),
    _Change(strokes=1.6),
    _Change(crop="center", seed=1),
    _Change(strength=-0.15, strokes=0.6, seed=2),
    _Change(strength=0.2, strokes=1.6, crop="left", seed=3),
    _Change(crop="right", strokes=0.6, seed=4),
    _Change(strength=0.35, crop="top", seed=5),
)

_OPTIONS = StylizeConfig.options()
VARIED: Mapping[str, Option] = {
    **{name: _OPTIONS[name] for name in ("strength", "stroke_scale", "seed")},
    "crop": CROP,
}
"""By name."""


def recipes(config: StylizeConfig, count: int) -> list[Recipe]:
    """The first variations of a config, of which each is always the same."""
    found: list[Recipe] = []
    for number in range(count):
        change = _CHANGES[number % len(_CHANGES)]
        seed = change.seed + number // len(_CHANGES) * len(_CHANGES)
        if config.content_error is None:  # strength says nothing then
            seed = number
        values = {
            "strength": _within("strength", config.strength, change.strength, add=True),
            "stroke_scale": _within("stroke_scale", config.stroke_scale, change.strokes, add=False),
            "seed": (config.seed + seed) % 2**32,
            "crop": change.crop or CROP.default,
        }
        found.append({name: VARIED[name].format(value) for name, value in values.items()})
    return found


def varied(job: StylizeJob, recipe: Recipe) -> StylizeJob:
    """The job of a variation.

    Raises:
        ConfigError: the recipe has an option that isn't varied, or a value that can't be.
    """
    values = dict(recipe)
    crop = CROP.checked(values.pop("crop", CROP.default))
    for name in values:
        if name not in VARIED:
            raise ConfigError("variation", name, f"of {', '.join(VARIED)}")
    options = {name: VARIED[name].parse(text) for name, text in values.items()}
    paintings = job.paintings
    if crop != CROP.default:
        # A mask says already what is learned from.
        paintings = tuple(one if one.mask else replace(one, crop=crop) for one in paintings)
    return replace(job, config=replace(job.config, **options), paintings=paintings)


def small(job: StylizeJob) -> StylizeJob:
    """The job of a small picture, quickly painted, that shows the look of the large one."""
    config = job.config
    return replace(
        job,
        config=replace(
            config,
            size=min(config.size, SIDE),
            iterations=min(config.iterations, ITERATIONS),
            output_size="working",
            resolution="size",
        ),
    )


def label(number: int, recipe: Recipe) -> str:
    """What stands under a variation: its number, and what there is to set for it."""
    crop = recipe["crop"]
    part = "" if crop == CROP.default else f", {crop} of the painting"
    return (
        f"{number}:  strength {recipe['strength']}, strokes {recipe['stroke_scale']}"
        f"\nseed {recipe['seed']}{part}"
    )


def _within(name: str, value: float, change: float, *, add: bool) -> float:
    """A changed value; in the other direction where it would leave the option's range."""
    kind = VARIED[name]
    assert isinstance(kind, Number)
    there, back = (value + change, value - change) if add else (value * change, value / change)
    return round(there if kind.low <= there <= kind.high else back, 2)
