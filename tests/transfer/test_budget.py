"""Shares of the time."""

import math

import pytest

from styleplug.config import StylizeConfig
from styleplug.transfer.budget import EVENNESS, FEWEST_EVALUATIONS, Budget
from styleplug.transfer.plan import cost, full_size, plan_scales

SCALES = plan_scales(256, 256, StylizeConfig(size=256, iterations=40))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its one element is the time."""
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def test_each_scale_gets_its_share_of_what_is_left(clock: list[float]) -> None:
    """More than by its work where it is small, and all of what is left where it is the last."""
    budget, passes = Budget(cost(SCALES)), full_size(SCALES)
    works = [scale.work / passes for scale in SCALES]
    first = budget.end_of_next(SCALES)
    assert works[0] < first < sum(works) / 3
    clock[0] += first / 2
    second = budget.end_of_next(SCALES[1:]) - first / 2
    assert works[1] < second < sum(works[1:]) / 2
    clock[0] += 1
    assert budget.end_of_next(SCALES[-1:]) == pytest.approx(cost(SCALES))


def test_without_a_limit_nothing_ends(clock: list[float]) -> None:
    budget = Budget(None)
    clock[0] += 1e6
    assert (budget.elapsed, budget.fraction, budget.is_spent) == (1e6, 0, False)
    assert budget.end_of_next(SCALES) == math.inf
    assert budget.reached(SCALES, 1e3) == len(SCALES)


def test_an_interrupted_run_plans_as_if_without_a_limit(clock: list[float]) -> None:
    budget = Budget(10, is_shared=False)
    assert budget.end_of_next(SCALES) == math.inf
    assert budget.reached(SCALES, 1e3) == len(SCALES)
    budget.add(10)
    assert budget.is_spent


@pytest.mark.usefixtures("clock")
def test_scales_that_are_not_worth_it_are_left_out() -> None:
    """As many as leave the largest of the rest a few evaluations."""
    claims = [scale.work**EVENNESS for scale in SCALES]
    enough = FEWEST_EVALUATIONS * SCALES[-1].pixels_per_evaluation * sum(claims) / claims[-1]
    assert Budget(enough * 1.01).reached(SCALES, 1.0) == 3
    assert Budget(enough * 0.99).reached(SCALES, 1.0) == 2
    assert Budget(1e-3).reached(SCALES, 1.0) == 1
