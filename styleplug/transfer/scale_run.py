"""The work on one scale of a transfer: all of it that changes from one evaluation to the next."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

from styleplug.config import StylizeConfig
from styleplug.events import Progress
from styleplug.hookspecs import PreviousFrame
from styleplug.transfer.arrays import Array
from styleplug.transfer.engine import Engine
from styleplug.transfer.loss import Evaluation, Loss
from styleplug.transfer.objective import Objective
from styleplug.transfer.schedule import Scale, Schedule
from styleplug.transfer.solvers import LBFGS, Adam, Solver
from styleplug.transfer.state import State, is_number, part, under
from styleplug.transfer.steadiness import Steadiness
from styleplug.transfer.targets import Targets
from styleplug.vgg.tensors import Pixels, as_batch, as_pixels


class ScaleRun:
    """A scale, what is done there, and how far it is.

    `picture` is to be evaluated next, `best` the one of the `lowest` loss so far, both arrays of
    the engine's; `iteration` is the number of evaluations done.

    Args:
        index, scale: of the schedule.
        targets: by level.
        start: the picture to start from, of the scale's size.
        engine: does the arithmetic.
        config: of the transfer.
        previous: what it is held to, in a video.
    """

    def __init__(
        self,
        index: int,
        scale: Scale,
        targets: Sequence[Targets],
        start: Pixels,
        engine: Engine,
        config: StylizeConfig,
        previous: PreviousFrame | None = None,
    ) -> None:
        self.index, self.scale = index, scale
        loss = Loss(
            targets,
            content_layers=config.content_layers,
            style_layers=config.style_layers,
            balance=scale.balance,
            tv_weight=config.tv_weight,
        )
        steadiness = None
        if previous:
            steadiness = Steadiness.of(previous, scale.shape, engine.to_device)
        self.objective = Objective(engine, loss, scale.window, steadiness)
        self.solver: Solver = LBFGS(history=scale.history)
        if config.optimizer == "adam" or not scale.history:
            self.solver = Adam(config.learning_rate)
        self.picture: Array = engine.to_device(as_batch(start))
        self.best, self.lowest = self.picture, math.inf
        self.iteration = 0
        self._started = time.monotonic()

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
        return time.monotonic() - self._started

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
        self._started = time.monotonic() - state["seconds"]
        self.solver.restore(part("solver", state))
