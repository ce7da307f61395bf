"""The work on one scale of a transfer: all of it that changes from one evaluation to the next."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace

from styleplug.transfer.arrays import Array
from styleplug.transfer.objective import Objective
from styleplug.transfer.plan import Scale
from styleplug.transfer.solvers import Solver
from styleplug.transfer.state import State, is_number, part, under
from styleplug.vgg.tensors import Pixels, as_pixels


@dataclass
class ScaleRun:
    """A scale, what is done there, and how far it is.

    Args:
        index, scale: of the plan.
        objective, solver: what is lowered, and what lowers it.
        picture: to be evaluated next, an array of the objective's.
        best: the picture of the lowest loss so far, likewise.
        lowest: that loss.
        iteration: evaluations done.
        started: when, by `time.monotonic`.
    """

    index: int
    scale: Scale
    objective: Objective
    solver: Solver
    picture: Array
    best: Array
    lowest: float = math.inf
    iteration: int = 0
    started: float = field(default_factory=lambda: time.monotonic())

    @property
    def best_pixels(self) -> Pixels:
        return as_pixels(self.objective.to_numpy(self.best))

    @property
    def present_scale(self) -> Scale:
        """The scale, in the tiles that the work has come down to."""
        return replace(self.scale, window=self.objective.window)

    @property
    def seconds(self) -> float:
        """The time spent on this scale."""
        return time.monotonic() - self.started

    def state(self) -> State:
        """All that the rest of the work depends on; arrays are NumPy's."""
        state = {
            "lowest": self.lowest,
            "iteration": self.iteration,
            "seconds": self.seconds,
            "picture": self.picture,
            "best": self.best,
            **under("solver", self.solver.state()),
        }
        return {
            name: value if is_number(value) else self.objective.to_numpy(value)
            for name, value in state.items()
        }

    def restore(self, state: State) -> None:
        """Take over the state of another one, of the same scale.

        Raises:
            KeyError: it is no such state.
        """
        state = {
            name: value if is_number(value) else self.objective.to_device(value)
            for name, value in state.items()
        }
        self.picture, self.best = state["picture"], state["best"]
        self.lowest, self.iteration = state["lowest"], state["iteration"]
        self.started = time.monotonic() - state["seconds"]
        self.solver.restore(part("solver", state))
