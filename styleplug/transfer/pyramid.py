"""A transfer from start to end: scale by scale, small to large, saying what it does as events."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from styleplug.config import StylizeConfig
from styleplug.errors import Cancelled, DivergedError
from styleplug.events import Event, Finished, Planned, Preview, Progress
from styleplug.hookspecs import StylizeRequest, StylizeResult
from styleplug.image.detail import enlarged
from styleplug.image.luma import recoloured
from styleplug.image.picture import Picture
from styleplug.image.resize import elongation, fitted_size, resized
from styleplug.image.transparency import fill_hidden, resized_picture
from styleplug.transfer.budget import Budget
from styleplug.transfer.checkpointer import Checkpointer
from styleplug.transfer.engine import Engine
from styleplug.transfer.loss import Evaluation, Loss
from styleplug.transfer.memory_plan import fitted_scales, memory_notes, slowdown
from styleplug.transfer.objective import Objective
from styleplug.transfer.plan import SHORTEST_SIDE, Scale, cost, full_size, plan_scales
from styleplug.transfer.retry import retry_in_smaller_tiles
from styleplug.transfer.scale_run import ScaleRun
from styleplug.transfer.solvers import LBFGS, Adam, Solver
from styleplug.transfer.start import picture_to_start_from
from styleplug.transfer.state import State, part, under
from styleplug.transfer.targets import Targets, compute_targets
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.tensors import as_batch
from styleplug.vgg.tiles import halo

EVALUATIONS_PER_PREVIEW = 10
"""Often enough for a film, seldom enough to cost nothing."""


class Transfer:
    """One photograph on its way to a painting; `run`, once, is the whole of it.

    Args:
        request: what to paint.
        encoder: gives the targets (ONNX Runtime).
        engine: gives loss and gradient, of the same network.
        notes: lines for the person who waits, passed on in Planned.
        checkpointer: keeps the state from time to time, where that is wanted; what it has saved is
            where the work begins.

    Raises:
        UnsupportedImageError: the photograph is too narrow for the working size.
    """

    def __init__(
        self,
        request: StylizeRequest,
        encoder: Encoder,
        engine: Engine,
        notes: tuple[str, ...] = (),
        checkpointer: Checkpointer | None = None,
    ) -> None:
        self.request, self.encoder, self.engine, self.notes = request, encoder, engine, notes
        self.checkpointer = checkpointer
        saved = checkpointer.load() if checkpointer else None
        self.config = request.config
        self.photograph = fill_hidden(Picture(request.content_image, request.content_alpha))
        self.paintings = [
            fill_hidden(Picture(image, alpha))
            for image, alpha in zip(request.style_images, request.style_alphas, strict=True)
        ]
        size = self.photograph.size[::-1]
        self.scales = saved.scales if saved else self._fitted(plan_scales(*size, self.config))
        self.full_size, self.total_cost = full_size(self.scales), cost(self.scales)
        self.budget = Budget(self.config.time_limit, is_shared=checkpointer is None)
        self.done_cost = 0.0
        self.stopped = "finished"
        smallest = self.scales[0]
        self.pixels = picture_to_start_from(
            self.config,
            (smallest.height, smallest.width),
            content=self.photograph.pixels,
            style=self.paintings[0].pixels,
            given=request.initial_image,
        )
        self.best: Evaluation | None = None
        self.first = 0
        self.left: State = {}
        if saved:
            self._restore(saved.state)

    def run(self) -> Iterator[Event]:
        """Paint, and say so: Planned, Progress by evaluation, Previews, Finished.

        Raises:
            Cancelled: before the first evaluation; later, the picture so far is the result.
            DivergedError: the loss is no longer a number; the error holds the last good picture.
        """
        targets = self._targets()
        planned = self._planned()
        del targets[len(self.scales) - self.first :]
        self.encoder.release()
        yield planned
        for index in range(self.first, len(self.scales)):
            # What a scale needed is gone with it: no name holds its targets or its stage.
            yield from self._paint(self._stage(index, targets.pop(0)))
            if self.stopped != "finished":
                break
            yield Preview(self.scales[index].longest, self.pixels)
        if self.best is None:
            raise Cancelled
        if self.stopped == "finished" and not math.isclose(self.done_cost, self.total_cost):
            self.stopped = "time-limit"
        yield Finished(self._result(self.best))

    def _stage(self, index: int, targets: Sequence[Targets]) -> ScaleRun:
        """The work on a scale: from `self.pixels`, or from where it was left."""
        scale = self.scales[index]
        objective = self._objective(scale, targets)
        # Enlarged, the picture lacks all that is too fine for the scale before. The photograph's
        # fine detail is nearer to what is wanted than nothing, and saves evaluations.
        photograph = resized(self.photograph.pixels, scale.height, scale.width)
        start = objective.to_device(as_batch(enlarged(self.pixels, photograph, detail=1)))
        stage = ScaleRun(
            index, scale, objective, _solver(self.config, scale), picture=start, best=start
        )
        if self.left:
            stage.restore(self.left)
            self.left = {}
        return stage

    def _paint(self, stage: ScaleRun) -> Iterator[Progress | Preview]:
        """Work on one scale, and leave its best picture in `self.pixels`."""
        scale = stage.scale
        end = self.budget.end_of_next(self.scales[stage.index :])
        while stage.iteration < scale.evaluations:
            must_stop = self._must_stop()
            if self.checkpointer and (must_stop or self.checkpointer.is_due()):
                self.checkpointer.save(self._scales(stage), self._state(stage))
            if must_stop:
                break
            evaluation = stage.objective(stage.picture)
            stage.iteration += 1
            if not evaluation.is_finite():
                self.pixels, self.stopped = stage.best_pixels, "diverged"
                last_good = self._result(self.best) if self.best else None
                raise DivergedError(stage.iteration, evaluation.loss, last_good)
            if evaluation.loss < stage.lowest:
                stage.lowest, stage.best = evaluation.loss, stage.picture
                self.best = replace(evaluation, gradient=None)
            self.done_cost += self._cost_per_evaluation(scale)
            yield self._progress(stage, evaluation)
            ended = stage.iteration == scale.evaluations
            if not ended and self.budget.elapsed + stage.seconds / stage.iteration > end:
                break
            if stage.iteration % EVALUATIONS_PER_PREVIEW == 0 and not ended:
                yield Preview(scale.longest, stage.best_pixels)
            stage.picture = stage.solver.step(stage.picture, evaluation.gradient)
            del evaluation  # its gradient makes room for the next one
        self.pixels = stage.best_pixels

    def _scales(self, stage: ScaleRun) -> tuple[Scale, ...]:
        """The plan, with what has become of it."""
        others = self.scales[: stage.index], self.scales[stage.index + 1 :]
        return (*others[0], stage.present_scale, *others[1])

    def _state(self, stage: ScaleRun) -> State:
        """All that the rest of the transfer depends on, between two evaluations."""
        best = dict(vars(self.best)) if self.best else {}
        best.pop("gradient", None)
        return {
            "scale": stage.index,
            "cost": self.done_cost,
            "seconds": self.budget.elapsed,
            **under("best", best),
            **under("stage", stage.state()),
        }

    def _restore(self, state: State) -> None:
        self.first, self.done_cost = state["scale"], state["cost"]
        self.budget.add(state["seconds"])
        if best := part("best", state):
            self.best = Evaluation(**best, gradient=None)
        self.left = part("stage", state)

    def _must_stop(self) -> bool:
        if self.request.cancel.is_set():
            self.stopped = "cancelled"
        elif self.best and self.budget.is_spent:
            self.stopped = "time-limit"
        return self.stopped != "finished"

    def _cost_per_evaluation(self, scale: Scale) -> float:
        """In passes over the picture at full size."""
        return scale.pixels_per_evaluation / self.full_size

    def _targets(self) -> list[list[Targets]]:
        """Targets of the scales to come, by level; scales share those of a size."""
        scales = self.scales[self.first :]
        windows = {size: scale.encoding for scale in scales for size in scale.sizes}
        by_size = {size: self._targets_at(*size, window) for size, window in windows.items()}
        return [[by_size[size] for size in scale.sizes] for scale in scales]

    def _targets_at(self, height: int, width: int, window: int | None) -> Targets:
        if self.request.cancel.is_set():
            raise Cancelled
        paintings = [
            resized_picture(one, *self._size(one, height, width)) for one in self.paintings
        ]
        compute = partial(
            compute_targets,
            self.encoder,
            resized_picture(self.photograph, height, width),
            paintings,
            self.config.content_layers,
            self.config.style_layers,
        )
        longest = max(height, width, *(side for one in paintings for side in one.size))
        reach = halo(self.encoder.architecture, self._layers())
        return retry_in_smaller_tiles(compute, window, longest, reach)

    def _layers(self) -> list[str]:
        return [*self.config.content_layers, *self.config.style_layers]

    def _objective(self, scale: Scale, targets: Sequence[Targets]) -> Objective:
        loss = Loss(
            targets,
            content_layers=self.config.content_layers,
            style_layers=self.config.style_layers,
            balance=scale.balance,
            tv_weight=self.config.tv_weight,
        )
        return Objective(self.engine, loss, scale.window)

    def _fitted(self, scales: tuple[Scale, ...]) -> tuple[Scale, ...]:
        """The scales as memory allows them."""
        height, width = scales[-1].height, scales[-1].width
        paintings = [self._size(painting, height, width) for painting in self.paintings]
        return fitted_scales(scales, paintings, self.config, self.engine)

    def _size(self, painting: Picture, height: int, width: int) -> tuple[int, int]:
        """Height and width of a painting beside a picture of height × width: its strokes are as
        large for the picture, whatever the size. One that would be too narrow for the network stays
        longer."""
        shortest = math.ceil(SHORTEST_SIDE * max(painting.size) / min(painting.size))
        side = self.config.stroke_scale * max(height, width) / elongation(height, width)
        return fitted_size(*painting.size, max(round(side), shortest))

    def _planned(self) -> Planned:
        largest = self.scales[-1]
        side = largest.encoding or largest.longest
        image = resized(self.photograph.pixels, largest.height, largest.width)[:side, :side]
        begun = time.monotonic()
        self.encoder.features(as_batch(image), tuple(self.config.content_layers))
        forward = (time.monotonic() - begun) * self.full_size / image[..., 0].size
        slower = slowdown(largest, self.encoder.architecture, self._layers())
        evaluation = self.engine.cost_in_forward_passes * forward * slower
        self.scales = self.scales[: self.budget.reached(self.scales, evaluation / self.full_size)]
        remaining_cost = self.total_cost - self.done_cost
        return Planned(
            scales=tuple(scale.longest for scale in self.scales),
            evaluations=tuple(scale.evaluations for scale in self.scales),
            seconds=min(self.budget.elapsed + remaining_cost * evaluation, self.budget.limit),
            backbone=self.encoder.architecture.name,
            notes=(*self.notes, *memory_notes(self.scales, self.config)),
            **self.engine.told(),
        )

    def _progress(self, stage: ScaleRun, evaluation: Evaluation) -> Progress:
        scale_seconds = stage.seconds
        scale_cost = stage.iteration * self._cost_per_evaluation(stage.scale)
        remaining = (self.total_cost - self.done_cost) * scale_seconds / scale_cost
        return Progress(
            scale=stage.scale.longest,
            iteration=stage.iteration,
            iterations=stage.scale.evaluations,
            fraction=max(self.done_cost / self.total_cost, self.budget.fraction),
            cost=self.done_cost,
            elapsed=self.budget.elapsed,
            scale_seconds=scale_seconds,
            remaining=max(0.0, min(remaining, self.budget.limit - self.budget.elapsed)),
            loss=evaluation.loss,
            content_error=evaluation.content_error,
            style_error=evaluation.style_error,
            total_variation=evaluation.total_variation,
            content_weight=evaluation.content_weight,
        )

    def _result(self, evaluation: Evaluation) -> StylizeResult:
        image, alpha, photograph = self.pixels, self.request.content_alpha, self.photograph.pixels
        if self.config.output_size == "photo":
            image = enlarged(image, photograph, self.config.detail)
        elif alpha is not None:
            alpha = resized(alpha, *image.shape[:2])
        if self.config.keep_colors:
            image = recoloured(image, resized(photograph, *image.shape[:2]))
        return StylizeResult(
            image=image,
            stopped=self.stopped,
            backbone=self.encoder.architecture.name,
            content_error=evaluation.content_error,
            style_error=evaluation.style_error,
            cost=self.done_cost,
            seconds=self.budget.elapsed,
            alpha=alpha,
            **self.engine.told(),
        )


def _solver(config: StylizeConfig, scale: Scale) -> Solver:
    if config.optimizer == "adam" or not scale.history:
        return Adam(config.learning_rate)
    return LBFGS(history=scale.history)
