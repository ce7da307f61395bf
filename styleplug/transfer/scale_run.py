"""The work on one scale of a transfer: all of it that changes from one evaluation to the next."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from styleplug.config import StylizeConfig
from styleplug.events import Progress
from styleplug.transfer.arrays import Array
from styleplug.transfer.engine import Engine
from styleplug.transfer.loss import Evaluation, Loss
from styleplug.transfer.objective import Objective
from styleplug.transfer.schedule import Scale, Schedule
from styleplug.transfer.solvers import LBFGS, Adam, Solver
from styleplug.transfer.state import State, is_number, part, under
from styleplug.transfer.targets import Targets
from styleplug.vgg.tensors import Pixels, as_batch, as_pixels


@dataclass
class ScaleRun:
    """A scale, what is done there, and how far it is.

    Args:
        index, scale: of the schedule.
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

    @classmethod
    def of(
        cls,
        index: int,
        scale: Scale,
        targets: Sequence[Targets],
        start: Pixels,
        engine: Engine,
        config: StylizeConfig,
    ) -> Self:
        """The work on a scale from its beginning, at a picture of its size."""
        loss = Loss(
            targets,
            content_layers=config.content_layers,
            style_layers=config.style_layers,
            balance=scale.balance,
            tv_weight=config.tv_weight,
        )
        picture = engine.to_device(as_batch(start))
        return cls(
            index,
            scale,
            Objective(engine, loss, scale.window),
            _solver(config, scale),
            picture=picture,
            best=picture,
        )

    @property
    def is_done(self) -> bool:
        return self.iteration >= self.scale.evaluations

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

    def progress(self, evaluation: Evaluation, schedule: Schedule) -> Progress:
        """What is said of an evaluation that is done and counted."""
        seconds = self.seconds
        cost = self.iteration * schedule.cost_per_evaluation(self.scale)
        return Progress(
            scale=self.scale.longest,
            iteration=self.iteration,
            iterations=self.scale.evaluations,
            fraction=schedule.fraction,
            cost=schedule.done_cost,
            elapsed=schedule.elapsed,
            scale_seconds=seconds,
            remaining=schedule.seconds_left(seconds / cost),
            loss=evaluation.loss,
            content_error=evaluation.content_error,
            style_error=evaluation.style_error,
            total_variation=evaluation.total_variation,
            content_weight=evaluation.content_weight,
        )

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


def _solver(config: StylizeConfig, scale: Scale) -> Solver:
    if config.optimizer == "adam" or not scale.history:
        return Adam(config.learning_rate)
    return LBFGS(history=scale.history)
