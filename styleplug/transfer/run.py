"""A transfer from start to end: scale by scale, small to large, saying what it does as events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from styleplug.errors import Cancelled, DivergedError
from styleplug.events import Event, Finished, Planned, Preview, Progress
from styleplug.hookspecs import StylizeRequest, StylizeResult
from styleplug.image.detail import enlarged
from styleplug.image.picture import Picture
from styleplug.image.recolour import recolour
from styleplug.image.resize import resized
from styleplug.runtime.memory import return_freed_memory
from styleplug.transfer.checkpoint import Checkpointer, Snapshot
from styleplug.transfer.engine import Engine
from styleplug.transfer.loss import Evaluation
from styleplug.transfer.memory import memory_notes
from styleplug.transfer.octaves import config_at, octave_targets, settled
from styleplug.transfer.plan import fitted_plan
from styleplug.transfer.scale_run import ScaleRun
from styleplug.transfer.scene import Scene
from styleplug.transfer.schedule import REFERENCE_SCALE, Scale, Schedule
from styleplug.transfer.start import picture_to_start_from
from styleplug.transfer.state import State, part, under
from styleplug.transfer.targets import Targets, targets_by_scale
from styleplug.transfer.timing import seconds_per_pass
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.tensors import Pixels, as_batch, as_pixels

EVALUATIONS_PER_PREVIEW = 10
"""Often enough for a film, seldom enough to cost nothing."""


class _Painted(NamedTuple):
    """The picture of a strength, and what was found of it."""

    pixels: Pixels
    best: Evaluation


class Transfer:
    """One photograph on its way to a painting; `run`, once, is the whole of it.

    Args:
        request: what to paint.
        scene: its pictures, as `compose` gives them.
        encoder: gives the targets (ONNX Runtime).
        engine: gives loss and gradient, of the same network.
        notes: lines for the person who waits, passed on in Planned.
        checkpointer: keeps the state from time to time, where that is wanted.
        saved: what the checkpoint holds, where the work goes on from one.

    Raises:
        UnsupportedImageError: the photograph is too narrow for the working size.
        OutOfMemoryError: not even the smallest tiles fit.
    """

    def __init__(
        self,
        request: StylizeRequest,
        scene: Scene,
        encoder: Encoder,
        engine: Engine,
        notes: tuple[str, ...] = (),
        checkpointer: Checkpointer | None = None,
        saved: Snapshot | None = None,
    ) -> None:
        self.request, self.config, self.notes = request, request.config, notes
        self.encoder, self.engine, self.checkpointer = encoder, engine, checkpointer
        self.scene, self.photograph, self.paintings = scene, scene.photograph, scene.paintings
        scales = (
            saved.scales
            if saved
            else fitted_plan(self.photograph, self.paintings, self.config, engine, request.weaker)
        )
        if request.previous:  # what smaller scales would settle is settled
            scales = tuple(scale for scale in scales if not scale.is_octave)[-1:]
        self.schedule = Schedule(scales, self.config.time_limit, is_shared=checkpointer is None)
        self.pixels = picture_to_start_from(
            self.config,
            scales[0].shape,
            content=self.photograph.pixels,
            style=self.paintings[0].pixels,
            given=request.initial_image,
            previous=request.previous,
        )
        self.best: Evaluation | None = None
        self.strength: float | None = None
        self.others: dict[float | None, _Painted] = {}
        self.stopped = "finished"
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
        targets = targets_by_scale(
            self.encoder,
            self.photograph,
            self.paintings,
            self.config,
            [scale for scale in self.schedule.scales[self.first :] if not scale.is_octave],
            self.request.cancel,
        )
        planned = self._planned()
        scales = self.schedule.scales
        del targets[len(scales) - self.first :]
        self.encoder.release()
        yield planned
        for index in range(self.first, len(scales)):
            self._turn_to(scales[index].strength)
            # What a scale needed is gone with it: no name holds its targets or its run.
            yield from self._solve(self._start(index, targets.pop(0) if targets else None))
            if self.stopped != "finished":
                break
            yield self._preview(scales[index], self.pixels)
        if self.stopped == "finished" and not self.schedule.is_done:
            self.stopped = "time-limit"
        result = self._results()
        if result is None:
            raise Cancelled
        yield Finished(result)

    def _turn_to(self, strength: float | None) -> None:
        """Go on with the picture of a strength; one that isn't there yet begins with this one."""
        if strength == self.strength:
            return
        if self.best:
            self.others[self.strength] = _Painted(self.pixels, self.best)
        there = self.others.pop(strength, None)
        self.pixels, self.best = there or (self.pixels, None)
        self.strength = strength

    def _start(self, index: int, targets: Sequence[Targets] | None) -> ScaleRun:
        """The work on a scale: from the picture so far, or from where it was left.

        Args:
            targets: the scale's; None for an octave, which is held to the picture so far.
        """
        scale = self.schedule.scales[index]
        config = config_at(scale, self.config)
        if targets is None:
            found = octave_targets(
                self.encoder, self.pixels, self.photograph, self.paintings, scale, config
            )
            targets = [found]
            self.encoder.release()
        # Enlarged, the picture lacks all that is too fine for the scale before. The photograph's
        # fine detail is nearer to what is wanted than nothing, and saves evaluations.
        photograph = resized(self.photograph.pixels, *scale.shape)
        start = enlarged(self.pixels, photograph, detail=1)
        previous = self.request.previous
        work = ScaleRun(index, scale, targets, start, self.engine, config, previous)
        if self.left:
            work.restore(self.left)
            self.left = {}
        return work

    def _solve(self, work: ScaleRun) -> Iterator[Progress | Preview]:
        """Work on one scale, and leave its best picture in `self.pixels`."""
        schedule = self.schedule
        end = schedule.end_of(work.index)
        while not work.is_done:
            must_stop = self._must_stop()
            if self.checkpointer and (must_stop or self.checkpointer.is_due()):
                self._save(self.checkpointer, work)
            if must_stop:
                break
            evaluation = work.objective(work.picture)
            work.iteration += 1
            if not evaluation.is_finite():
                self.pixels, self.stopped = work.best_pixels, "diverged"
                self._drop_unless_weaker(work)
                raise DivergedError(work.iteration, evaluation.loss, self._results())
            if evaluation.loss < work.lowest:
                work.lowest, work.best = evaluation.loss, work.picture
                self.best = replace(evaluation, gradient=None)
            schedule.done_cost += schedule.cost_per_evaluation(work.scale)
            yield work.progress(evaluation, schedule)
            if work.is_done or schedule.elapsed + work.seconds / work.iteration > end:
                break
            if work.iteration % EVALUATIONS_PER_PREVIEW == 0:
                yield self._preview(work.scale, work.best_pixels)
            work.picture = work.solver.step(work.picture, evaluation.gradient)
            del evaluation  # its gradient makes room for the next one
        if self.stopped != "finished":
            self._drop_unless_weaker(work)
        best, is_octave = work.best_pixels, work.scale.is_octave
        del work  # its solver makes room
        return_freed_memory()
        self.pixels = settled(best, self.pixels) if is_octave else best

    def _drop_unless_weaker(self, work: ScaleRun) -> None:
        """Let go of a weaker picture that hasn't come to its strength: it is the one before yet."""
        if work.scale.strength is not None and not (work.scale.is_octave or work.is_done):
            self.best = None

    def _preview(self, scale: Scale, pixels: Pixels) -> Preview:
        return Preview(scale.longest, self.scene.composed(pixels))

    def _must_stop(self) -> bool:
        if self.request.cancel.is_set():
            self.stopped = "cancelled"
        elif (self.best or self.others) and self.schedule.is_spent:
            self.stopped = "time-limit"
        return self.stopped != "finished"

    def _planned(self) -> Planned:
        """The work ahead, without the scales that there is no time for."""
        schedule, pixels = self.schedule, self.photograph.pixels
        base = [scale for scale in schedule.scales if not scale.is_octave][-1]
        seconds = seconds_per_pass(self.encoder, self.engine, pixels, base, self.config)
        seconds *= schedule.full_size / base.pixels
        schedule.leave_out(seconds)
        return Planned(
            scales=tuple(scale.longest for scale in schedule.scales),
            evaluations=tuple(scale.evaluations for scale in schedule.scales),
            seconds=min(schedule.elapsed + schedule.seconds_left(seconds), schedule.limit),
            backbone=self.encoder.architecture.name,
            notes=(
                *self.notes,
                *self.scene.notes,
                *self._size_notes(),
                *memory_notes(schedule.scales, self.config),
            ),
            **self.engine.labels(),
        )

    def _size_notes(self) -> tuple[str, ...]:
        """A line that says how to paint all pixels, where they may be wanted."""
        painted, photo = self.schedule.scales[-1].longest, max(self.photograph.size)
        is_whole = painted >= photo or painted < REFERENCE_SCALE
        if is_whole or self.config.resolution != "auto" or self.config.output_size != "photo":
            return ()
        return (
            f"painted to {painted} of {photo} pixels, and enlarged from there;"
            " --resolution photo paints them all",
        )

    def _restore(self, state: State) -> None:
        self.first = state["scale"]
        self.schedule.restore(state)
        if best := part("best", state):
            self.best = Evaluation(**best, gradient=None)
        self.left = part("scale_run", state)
        if "before" in state:
            self.pixels = as_pixels(state["before"])

    def _save(self, checkpointer: Checkpointer, work: ScaleRun) -> None:
        """Keep all that the rest of the transfer depends on, between two evaluations."""
        scales = list(self.schedule.scales)
        scales[work.index] = work.present_scale
        best = dict(vars(self.best)) if self.best else {}
        best.pop("gradient", None)
        state = {
            "scale": work.index,
            **self.schedule.state(),
            **({"before": as_batch(self.pixels)} if work.scale.is_octave else {}),
            **under("best", best),
            **under("scale_run", work.state()),
        }
        checkpointer.save(tuple(scales), state)

    def _results(self) -> StylizeResult | None:
        """The picture, with the weaker ones that there are; None where there is none yet."""
        self._turn_to(None)
        if self.best is None:
            return None
        weaker = {
            one: self._result(*painted) for one, painted in self.others.items() if one is not None
        }
        return replace(self._result(self.pixels, self.best), weaker=weaker)

    def _result(self, image: Pixels, evaluation: Evaluation) -> StylizeResult:
        alpha, photograph = self.request.content_alpha, self.photograph.pixels
        if self.config.output_size == "photo" and image.size < photograph.size:
            image = enlarged(image, photograph, self.config.detail)
        elif alpha is not None:
            alpha = resized(alpha, *image.shape[:2])
        image = self.scene.composed(self._recoloured(image, alpha))
        labels = self.engine.labels()
        return StylizeResult(
            image=image,
            stopped=self.stopped,
            backbone=self.encoder.architecture.name,
            content_error=evaluation.content_error,
            style_error=evaluation.style_error,
            cost=self.schedule.done_cost,
            seconds=self.schedule.elapsed,
            alpha=alpha,
            engine=labels["engine"],
            device=labels["device"],
        )

    def _recoloured(self, image: Pixels, alpha: Pixels | None) -> Pixels:
        """The picture in the colours that the config asks for."""
        config, palette = self.config, self.request.palette_image
        return recolour(
            Picture(image, alpha),
            Picture(self.photograph.pixels, self.request.content_alpha),
            config.colors,
            config.color_strength,
            None if palette is None else Picture(palette),
        )
