"""The penalties: their slopes are their derivatives, and a target draws the error to itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styleplug.transfer.balance import (
    LARGEST_WEIGHT,
    WEIGHT_AT_TARGET,
    Balance,
    FixedWeights,
    TargetError,
)

errors = st.floats(0, 3)


@pytest.mark.parametrize("balance", [FixedWeights(2.5, 10), TargetError(0.7), TargetError(0.1)])
@given(error=errors)
def test_slope_is_the_derivative(balance: Balance, error: float) -> None:
    step = 1e-7
    below, above = (balance.penalty(error + sign * step)[0] for sign in (-1, 1))
    _, slope = balance.penalty(error)
    assert (above - below) / (2 * step) == pytest.approx(slope, rel=1e-3, abs=1e-6)


@given(errors, errors)
def test_weight_grows_with_the_error_within_its_bound(one: float, other: float) -> None:
    slopes = [TargetError(0.7).penalty(error)[1] for error in sorted([one, other])]
    assert 0 < slopes[0] <= slopes[1] <= LARGEST_WEIGHT


def test_weight_at_the_target() -> None:
    assert TargetError(0.7).penalty(0.7)[1] == WEIGHT_AT_TARGET


def test_fixed_weights_are_the_plain_sum() -> None:
    assert FixedWeights(3, 7).penalty(0.5) == (1.5, 3)
    assert FixedWeights(3, 7).style_weight == 7
