"""When learning slows down and ends."""

import pytest

from styleplug.filters.training.schedule import Deadline, slowing


def test_steps_become_smaller_and_never_larger():
    factors = [slowing(share / 20) for share in range(-5, 25)]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] == 1
    assert factors[-1] == pytest.approx(0.03)


def test_the_limit_holds_while_there_is_progress():
    deadline = Deadline(100)
    for elapsed in range(100):
        deadline.note(elapsed, 1 / (1 + elapsed))
    assert deadline.end == 100
    assert deadline.factor(49) == 1
    assert deadline.factor(75) == pytest.approx(0.515)
    assert deadline.factor(100) == pytest.approx(0.03)


def test_without_progress_the_end_comes_sooner():
    deadline = Deadline(1000)
    for elapsed in range(0, 400, 10):
        deadline.note(elapsed, max(0.5, 1 - elapsed / 100))
    # The best value came at 50 s; it was waited for longer than 150 s.
    assert deadline.turn == 210
    assert deadline.end == 315
    assert deadline.factor(205) == 1
    assert deadline.factor(315) == pytest.approx(0.03)


def test_when_the_steps_are_small_already_the_end_stays():
    deadline = Deadline(100)
    for elapsed in range(100):
        deadline.note(elapsed, max(0.5, 1 - elapsed / 90))
    assert deadline.end == 100
