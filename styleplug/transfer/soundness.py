"""Whether what a checkpoint holds is what a transfer keeps: such files may come from strangers.

An archive may be whole and yet hold a plan of other pictures, numbers that are none, or arrays of
other shapes, which would end in a crash hours later, or in a picture of nonsense.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, fields, replace
from typing import Any

from styleplug.config import StylizeConfig
from styleplug.transfer.loss import Evaluation
from styleplug.transfer.memory import RELATIVE_COST
from styleplug.transfer.schedule import Scale
from styleplug.transfer.state import State, is_number
from styleplug.vgg.tiles import GRID

_ADAM = ("steps", "mean", "variance")
_PAIR = ("step", "change", "inverse")
_LAST = ("picture", "gradient")
_COUNTS = {"scale", "iteration", "steps", "pairs"}
_ARRAYS = {"before", "picture", "best", "step", "change", "gradient"}
_MEANS = {"mean", "variance"}
"""Arrays, or 0 before there is one and after it is let go."""


def check_scales(
    saved: Sequence[Scale], planned: Sequence[Scale], smallest_window_at: Callable[[Scale], int]
) -> None:
    """Make sure that scales are those planned, but for what memory makes of them.

    Args:
        saved: what a checkpoint says.
        planned: those for the photograph and the config.
        smallest_window_at: the side of the smallest windows that tiles can have at a scale.

    Raises:
        ValueError: they aren't; it says why.
    """
    if len(saved) != len(planned):
        raise ValueError(f"it has {len(saved)} scales instead of {len(planned)}")
    for one, other in zip(saved, planned, strict=True):
        as_planned = replace(other, encoding=one.encoding, window=one.window, history=one.history)
        # By their texts, for 16.0 equals 16, and is no side of a picture.
        same = repr(replace(one, balance=other.balance)) == repr(as_planned)
        if not same or not _is_same(one, other):
            raise ValueError(f"its scale of {one.height}×{one.width} isn't the one planned")
        for side in (one.encoding, one.window):
            if side is not None and not (
                _is_count(side) and side % GRID == 0 and side >= smallest_window_at(one)
            ):
                raise ValueError(f"windows can't be {side} pixels wide")
        if not _is_count(one.history) or one.history not in RELATIVE_COST:
            raise ValueError(f"{one.history} steps can't be remembered")


def check_state(state: State, scales: Sequence[Scale], config: StylizeConfig) -> None:
    """Make sure that a state is one of a transfer over these scales.

    Raises:
        ValueError: it isn't; it says why.
        KeyError, TypeError: likewise.
    """
    for name in ("scale", "scale_run.iteration"):
        _check_number(name, state[name])
    if state["scale"] >= len(scales):
        raise ValueError("it is at no scale of its plan")
    scale = scales[state["scale"]]
    if state.keys() != (expected := _names(state, scale, config)):
        raise ValueError(f"its state lacks, or has beside, {sorted(state.keys() ^ expected)[0]}")
    for name, value in state.items():
        kind = _kind(name)
        if is_number(value) and kind not in _ARRAYS:
            _check_number(name, value)
        elif is_number(value) or kind not in _ARRAYS | _MEANS:
            raise ValueError(f"{name} is of another kind")
        else:
            before = scales[max(0, state["scale"] - 1)]
            _check_array(name, value, before if name == "before" else scale)
    if state["scale_run.iteration"] > scale.evaluations:
        raise ValueError("it has more evaluations than its plan")


def _names(state: State, scale: Scale, config: StylizeConfig) -> Collection[str]:
    """Of all that the state must have, as those name it who take part in a transfer."""
    begun = state["scale_run.iteration"] > 0
    of_scale = ["lowest", "iteration", "seconds", "picture", "best"]
    if config.optimizer == "adam" or not scale.history:
        of_scale += [f"solver.{name}" for name in _ADAM]
    else:
        pairs = state["scale_run.solver.pairs"]
        if not _is_count(pairs) or pairs > scale.history:
            raise ValueError(f"{pairs} pairs are more than are remembered")
        of_scale += ["solver.pairs", *(f"solver.adam.{name}" for name in _ADAM)]
        of_scale += [f"solver.pair{i}.{name}" for i in range(pairs) for name in _PAIR]
        of_scale += [f"solver.last.{name}" for name in _LAST if begun]
    best = {field.name for field in fields(Evaluation)} - {"gradient"}
    has_best = begun or state["scale"] > 0
    return {
        *("scale", "cost", "seconds"),
        *(["before"] if scale.is_octave else []),
        *(f"scale_run.{name}" for name in of_scale),
        *(f"best.{name}" for name in best if has_best),
    }


def _check_number(name: str, value: Any) -> None:
    if _kind(name) in _COUNTS and not _is_count(value):
        raise ValueError(f"{name} is {value!r}, and so no count")
    # Before the first evaluation the lowest loss is infinite.
    if not math.isfinite(value) and name != "scale_run.lowest":
        raise ValueError(f"{name} is {value!r}")


def _check_array(name: str, value: Any, scale: Scale) -> None:
    shape = (1, 3, *scale.shape)
    if value.shape != shape or value.dtype != "float32":
        raise ValueError(f"{name} is {value.shape} {value.dtype} instead of {shape} float32")
    low, high = float(value.min()), float(value.max())
    is_picture = name in ("before", "scale_run.picture", "scale_run.best")
    if not math.isfinite(high - low) or (is_picture and not 0 <= low <= high <= 1):
        raise ValueError(f"{name} has numbers from {low:g} to {high:g}")


def _is_same(one: Scale, other: Scale) -> bool:
    """Whether two balances are the same; another machine's powers differ in the last bit."""
    before, now = astuple(one.balance), astuple(other.balance)
    return type(one.balance) is type(other.balance) and all(
        is_number(a) and math.isclose(a, b, rel_tol=1e-6) for a, b in zip(before, now, strict=True)
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _kind(name: str) -> str:
    return name.rpartition(".")[2]
