"""What variations of a job there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from styleplug.config import StylizeConfig
from styleplug.errors import ConfigError
from styleplug.jobs.job import StylizeJob
from styleplug.jobs.variations import MOST, label, recipes, small, varied
from styleplug.painting import Painting

PAINTING = Path("painting.png")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"strength": 1.0, "stroke_scale": 4.0, "seed": 2**32 - 1},
        {"strength": 0.0, "stroke_scale": 0.25},
        {"content_weight": 1.0},
    ],
)
def test_each_is_another_one_that_can_be(options: dict[str, Any]) -> None:
    """The first is the job itself; those of weights differ, too, though strength says nothing."""
    job = StylizeJob((Painting(PAINTING),), StylizeConfig(**options))
    jobs = [varied(job, recipe) for recipe in recipes(job.config, MOST)]
    assert jobs[0] == job
    weights = job.config.content_error is None
    looks = [
        (*one.paintings, one.config.stroke_scale, one.config.seed)
        + (() if weights else (one.config.strength,))
        for one in jobs
    ]
    assert len(set(looks)) == MOST


def test_a_sheet_of_more_begins_as_one_of_fewer() -> None:
    assert recipes(StylizeConfig(), 12)[:6] == recipes(StylizeConfig(), 6)


def test_a_mask_says_already_what_is_learned_from() -> None:
    job = StylizeJob((Painting(PAINTING, mask=Path("sky.png")), Painting(PAINTING)))
    jobs = [varied(job, recipe) for recipe in recipes(job.config, 8)]
    assert {one.paintings[0] for one in jobs} == {job.paintings[0]}
    assert {one.paintings[1].crop for one in jobs} > {"all", "center"}


def test_a_recipe_of_a_stranger_changes_nothing_else() -> None:
    with pytest.raises(ConfigError, match="init"):
        varied(StylizeJob((Painting(PAINTING),)), {"init": "/etc/passwd"})


def test_the_small_picture_has_the_scales_of_a_preview() -> None:
    job = small(StylizeJob((Painting(PAINTING),), StylizeConfig(size=1024, iterations=10)))
    assert (job.config.size, job.config.iterations, job.config.resolution) == (256, 10, "size")


def test_a_label_says_all_that_there_is_to_set() -> None:
    recipe = {"strength": "0.7", "stroke_scale": "1.6", "seed": "3", "crop": "left"}
    text = label(6, recipe)
    assert text == "6:  strength 0.7, strokes 1.6\nseed 3, left of the painting"
    assert label(1, recipe | {"crop": "all"}).endswith("\nseed 3")
