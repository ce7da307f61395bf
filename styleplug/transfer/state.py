"""The state of work that goes on step by step: named numbers and arrays, and nothing else.

Whoever takes steps, such as a solver, gives its state by `state()` and takes it back by
`restore(state)`; from there on it does to the last bit what it would have done. So a checkpoint
need know nothing of who works, and whoever works nothing of files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

State = Mapping[str, Any]
"""By name: ints and floats, which are Python's own, and arrays (`styleplug.transfer.arrays`)."""


def under(name: str, state: State) -> dict[str, Any]:
    """The state as a part of another one, under a name of its own.

    >>> under("adam", {"steps": 3})
    {'adam.steps': 3}
    """
    return {f"{name}.{key}": value for key, value in state.items()}


def part(name: str, state: State) -> dict[str, Any]:
    """What `under` put under the name.

    >>> part("adam", {"adam.steps": 3, "pairs": 2})
    {'steps': 3}
    """
    prefix = f"{name}."
    return {
        key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)
    }


def is_number(value: object) -> bool:
    """Whether a value of a state is a number, and no array."""
    return isinstance(value, (int, float))
