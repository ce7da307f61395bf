"""The plan of scales, and their shares of the time."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from styleplug.config import StylizeConfig
from styleplug.errors import UnsupportedImageError
from styleplug.image.resize import elongation
from styleplug.transfer.balance import FixedWeights, TargetError
from styleplug.transfer.schedule import (
    EVENNESS,
    FEWEST_EVALUATIONS,
    Scale,
    Schedule,
    plan_scales,
)

sides = st.integers(16, 3000)
SCALES = plan_scales(256, 256, StylizeConfig(size=256, iterations=40))


@pytest.mark.parametrize(
    ("size", "scales"),
    [
        (100, [100]),
        (256, [64, 128, 256]),
        (300, [75, 150, 300]),
        (384, [96, 192, 384]),
        (512, [64, 128, 256, 512]),
        (760, [64, 128, 256, 760]),
        (979, [64, 128, 256, 501, 979]),
    ],
)
def test_scales_double_up_to_the_size(size: int, scales: list[int]) -> None:
    plan = plan_scales(768, 1024, StylizeConfig(size=size))
    assert [scale.longest for scale in plan] == scales


@given(sides, sides, st.integers(32, 2048))
def test_scales_keep_the_shape_and_never_enlarge(height: int, width: int, size: int) -> None:
    try:
        plan = plan_scales(height, width, StylizeConfig(size=size))
    except UnsupportedImageError:
        assert size * elongation(height, width) * min(height, width) / max(height, width) < 16
        return
    longest = size * elongation(height, width)
    assert plan[-1].longest == pytest.approx(min(longest, max(height, width)), abs=0.5)
    for scale in plan:
        assert min(scale.height, scale.width) >= 16
        assert scale.height / scale.width == pytest.approx(height / width, rel=0.07)
    for smaller, larger in pairwise(plan):
        assert 1.58 < larger.longest / smaller.longest < 3.4
        assert larger.coarse_sizes[0] == (smaller.height, smaller.width)


@given(sides, sides, st.integers(431, 2048))
def test_a_large_picture_goes_through_its_preview(height: int, width: int, size: int) -> None:
    """To the pixel, so that it can be compared."""
    assume(min(height, width) / max(height, width) >= 1 / 4)
    preview = plan_scales(height, width, StylizeConfig(size=256))
    plan = plan_scales(height, width, StylizeConfig(size=size))
    if plan[-1].longest / elongation(height, width) < 431:
        return
    assert [one.sizes for one in plan[:3]] == [one.sizes for one in preview]
    assert plan[-1].coarse_sizes[-2:] == tuple(preview[-1].sizes)


@pytest.mark.parametrize(
    ("shape", "working"),
    [
        ((3000, 6000), (256, 512)),
        ((1000, 6000), (148, 887)),
        ((6000, 1000), (887, 148)),
        ((100, 600), (100, 600)),
    ],
)
def test_a_panorama_keeps_an_area_to_paint_on(
    shape: tuple[int, int], working: tuple[int, int]
) -> None:
    largest = plan_scales(*shape, StylizeConfig(size=512))[-1]
    assert (largest.height, largest.width) == working


def test_a_panorama_is_painted_in_as_many_scales_as_others() -> None:
    usual, panorama = (
        plan_scales(*shape, StylizeConfig(size=512)) for shape in ((3000, 6000), (1500, 12000))
    )
    assert [one.evaluations for one in panorama] == [one.evaluations for one in usual]
    assert [one.balance for one in panorama] == [one.balance for one in usual]
    assert [len(one.sizes) for one in panorama] == [len(one.sizes) for one in usual]
    for one, other in zip(panorama, usual, strict=True):
        assert one.height * one.width == pytest.approx(other.height * other.width, rel=0.02)


def test_without_a_pyramid_there_is_one_scale() -> None:
    assert len(plan_scales(768, 1024, StylizeConfig(pyramid=False))) == 1


def test_smaller_scales_get_more_evaluations_and_cost_less() -> None:
    plan = plan_scales(768, 1024, StylizeConfig(size=256, iterations=50))
    assert [scale.evaluations for scale in plan] == [79, 63, 50]
    assert [scale.longest for scale in plan] == [64, 128, 256]
    cost = Schedule(plan).total_cost
    assert cost == pytest.approx(1.25 * 50 + 1.25 * 63 / 4 + 79 / 16)
    assert cost <= 90


@pytest.mark.parametrize(
    ("size", "levels"), [(256, [1, 2, 2]), (512, [1, 2, 2, 3]), (1024, [1, 2, 2, 3, 4])]
)
def test_a_large_picture_is_to_be_right_down_to_its_preview(size: int, levels: list[int]) -> None:
    assert [len(one.sizes) for one in plan_scales(768, 1024, StylizeConfig(size=size))] == levels


@pytest.mark.parametrize(
    "options", [{"content_error": None, "content_weight": 1}, {"pyramid": False}]
)
def test_weights_or_a_single_scale_have_one_size(options: dict[str, Any]) -> None:
    config = StylizeConfig(size=1024, **options)
    assert {scale.coarse_sizes for scale in plan_scales(768, 1024, config)} == {()}


def test_less_is_given_away_at_small_scales() -> None:
    plan = plan_scales(768, 1024, StylizeConfig(size=512))
    targets = [scale.balance.target for scale in plan if isinstance(scale.balance, TargetError)]
    assert len(targets) == 4
    assert targets == sorted(targets)
    assert targets[0] < targets[2] == StylizeConfig().content_error


@given(st.floats(0, 1))
def test_strength_moves_the_targets(strength: float) -> None:
    (scale,) = plan_scales(192, 256, StylizeConfig(size=256, pyramid=False, strength=strength))
    assert isinstance(scale.balance, TargetError)
    assert math.isclose(scale.balance.target, 0.71 * 2 * strength, abs_tol=1e-9)


def test_explicit_weights_mean_what_they_say() -> None:
    (scale,) = plan_scales(64, 64, StylizeConfig(content_weight=2, style_weight=30))
    assert scale.balance == FixedWeights(2, 30)


@pytest.mark.parametrize("shape", [(1, 1), (1, 10_000), (10_000, 1), (15, 15), (15, 1000)])
def test_too_narrow_pictures_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(UnsupportedImageError, match="less than 16 pixels"):
        plan_scales(*shape, StylizeConfig())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its one element is the time."""
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def test_each_scale_gets_its_share_of_what_is_left(clock: list[float]) -> None:
    """More than by its work where it is small, and all of what is left where it is the last."""
    whole = Schedule(SCALES)
    schedule = Schedule(SCALES, whole.total_cost)
    works = [scale.work / whole.full_size for scale in SCALES]
    first = schedule.end_of(0)
    assert works[0] < first < sum(works) / 3
    clock[0] += first / 2
    second = schedule.end_of(1) - first / 2
    assert works[1] < second < sum(works[1:]) / 2
    clock[0] += 1
    assert schedule.end_of(2) == pytest.approx(whole.total_cost)


def test_without_a_limit_nothing_ends(clock: list[float]) -> None:
    schedule = Schedule(SCALES)
    clock[0] += 1e6
    assert (schedule.elapsed, schedule.fraction, schedule.is_spent) == (1e6, 0, False)
    assert schedule.end_of(0) == math.inf
    schedule.leave_out(1e3)
    assert schedule.scales == SCALES


def test_an_interrupted_run_plans_as_if_without_a_limit(clock: list[float]) -> None:
    schedule = Schedule(SCALES, 10, is_shared=False)
    assert schedule.end_of(0) == math.inf
    schedule.leave_out(1e3)
    assert schedule.scales == SCALES
    schedule.restore({"cost": 0.0, "seconds": 10})
    assert schedule.is_spent


@pytest.mark.usefixtures("clock")
def test_scales_that_are_not_worth_it_are_left_out() -> None:
    """As many as leave the largest of the rest a few evaluations."""
    claims = [scale.work**EVENNESS for scale in SCALES]
    enough = FEWEST_EVALUATIONS * SCALES[-1].pixels_per_evaluation * sum(claims) / claims[-1]
    assert reached(enough * 1.01) == SCALES
    assert reached(enough * 0.99) == SCALES[:2]
    assert reached(1e-3) == SCALES[:1]


def reached(limit: float) -> tuple[Scale, ...]:
    """The scales for which there is time, where an evaluation takes as many seconds as pixels."""
    schedule = Schedule(SCALES, limit)
    schedule.leave_out(schedule.full_size)
    return schedule.scales
