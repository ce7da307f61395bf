"""The solvers on problems whose solutions are known, with the arrays of both frameworks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from styleplug.transfer.solvers import LBFGS, Adam, Solver, _coarser

CURVATURES = np.geomspace(1, 1e3, 48).reshape(1, 3, 4, 4)
"""By pixel; where they are by frequency, they rise with it, as those of the network's losses."""
SOLUTION = np.random.default_rng(0).uniform(0.2, 0.8, CURVATURES.shape)


def minimise(solver: Solver, as_array: Callable[[Any], Any], steps: int) -> Any:
    """The last picture after some steps on an ill-conditioned quadratic around SOLUTION."""
    curvatures, solution = as_array(CURVATURES), as_array(SOLUTION)
    picture = as_array(np.full(SOLUTION.shape, 0.5))
    for _ in range(steps):
        picture = solver.step(picture, curvatures * (picture - solution))
    return picture


@pytest.mark.parametrize("as_array", [np.asarray, torch.tensor])
def test_lbfgs_finds_the_minimum(as_array: Callable[[Any], Any]) -> None:
    found = minimise(LBFGS(0.03), as_array, 150)
    np.testing.assert_allclose(found, SOLUTION, atol=1e-4)


def test_lbfgs_is_faster_than_adam() -> None:
    error = {
        name: np.abs(minimise(solver, np.asarray, 100) - SOLUTION).max()
        for name, solver in {"lbfgs": LBFGS(0.03), "adam": Adam(0.03)}.items()
    }
    assert error["lbfgs"] < error["adam"]


def test_weighted_frequencies_save_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where curvatures rise with the frequency."""
    rows, columns = np.fft.fftfreq(24)[:, None], np.fft.rfftfreq(32)
    curvatures = 1 + 100 * np.hypot(rows, columns)
    solution = np.random.default_rng(0).uniform(0.2, 0.8, (1, 3, 24, 32))

    def error() -> float:
        solver, picture = LBFGS(0.03), np.full(solution.shape, 0.5)
        for _ in range(12):
            away = picture - solution
            gradient = np.fft.irfft2(np.fft.rfft2(away) * curvatures, s=away.shape[2:])
            picture = solver.step(picture, gradient)
        return float(np.abs(away).mean())

    weighted = error()
    monkeypatch.setattr("styleplug.transfer.solvers.SPECTRAL_EXPONENT", 0.0)
    assert weighted < 0.5 * error()


@pytest.mark.parametrize("as_array", [np.asarray, torch.tensor])
@pytest.mark.parametrize("shape", [(1, 3, 17, 20), (1, 3, 16, 31), (1, 3, 1, 1)])
def test_coarser_pictures(as_array: Callable[[Any], Any], shape: tuple[int, ...]) -> None:
    """The operator is symmetric and positive definite, and keeps the array's precision."""
    one, other = (
        as_array(np.random.default_rng(seed).standard_normal(shape, np.float32)) for seed in (1, 2)
    )
    coarser = _coarser(one, 0.8)
    assert coarser.dtype == one.dtype
    assert float((coarser * other).sum()) == pytest.approx(
        float((one * _coarser(other, 0.8)).sum()), rel=1e-3, abs=1e-3
    )
    assert float((coarser * one).sum()) > 0


@pytest.mark.parametrize("make", [Adam, LBFGS])
def test_both_frameworks_take_the_same_way(make: Callable[[float], Solver]) -> None:
    found = [minimise(make(0.03), as_array, 20) for as_array in (np.asarray, torch.tensor)]
    np.testing.assert_allclose(found[0], found[1], atol=1e-9)


@pytest.mark.parametrize("as_array", [np.asarray, torch.tensor])
@pytest.mark.parametrize("make", [Adam, LBFGS])
@pytest.mark.parametrize("done", [0, 1, 3, 4, 30])
def test_another_solver_goes_on_from_the_state(
    make: Callable[[float], Solver], as_array: Callable[[Any], Any], done: int
) -> None:
    """To the last bit, before, in and after the warm-up, and with a full history."""
    curvatures, solution = as_array(CURVATURES), as_array(SOLUTION)
    solver, picture = make(0.03), as_array(np.full(SOLUTION.shape, 0.5))
    for step in range(done + 8):
        if step == done:
            other, elsewhere = make(0.03), picture
            other.restore(solver.state())
        if step >= done:
            elsewhere = other.step(elsewhere, curvatures * (elsewhere - solution))
        picture = solver.step(picture, curvatures * (picture - solution))
    np.testing.assert_array_equal(elsewhere, picture)


@pytest.mark.parametrize("make", [Adam, LBFGS])
def test_pictures_stay_in_range(make: Callable[[float], Solver]) -> None:
    solver, picture = make(0.3), np.full((1, 3, 4, 4), 0.9)
    for _ in range(30):
        picture = solver.step(picture, CURVATURES * (picture - 2 * np.sign(SOLUTION - 0.5)))
        assert picture.min() >= 0
        assert picture.max() <= 1


def test_first_step_of_adam_is_the_learning_rate() -> None:
    """However small the gradient: relative losses have tiny ones."""
    picture, gradient = np.full((1, 3, 2, 2), 0.5), np.full((1, 3, 2, 2), 1e-9)
    np.testing.assert_allclose(Adam(0.03).step(picture, gradient), 0.47)


def test_a_vanishing_gradient_stops_both() -> None:
    picture, nothing = np.full((1, 3, 2, 2), 0.5), np.zeros((1, 3, 2, 2))
    for solver in (Adam(0.03), LBFGS(0.03)):
        for _ in range(8):
            np.testing.assert_array_equal(solver.step(picture, nothing), picture)


def test_lbfgs_steps_are_bounded() -> None:
    """Even where a curvature near zero suggests a huge one."""
    solver, picture = LBFGS(1e-3, warm_up=2, trust=0.03), np.full((1, 3, 4, 4), 0.5)
    for step in range(6):
        following = solver.step(picture, 1e-9 * (picture - 1e6) + 1e-3 * (step % 2))
        assert np.sqrt(np.mean((following - picture) ** 2)) <= 0.03 + 1e-9
        picture = following
