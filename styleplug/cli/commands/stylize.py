"""`styleplug stylize`: one photograph, painted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from styleplug.cli.ui.artifacts import Watch, watch_options
from styleplug.cli.ui.interrupt import interruptible
from styleplug.cli.ui.job import picked, stylize_job
from styleplug.cli.ui.json_events import as_record, summary
from styleplug.cli.ui.options import (
    config_options,
    like_option,
    output_option,
    strip_option,
)
from styleplug.cli.ui.paintings import painting_options, paintings_of, with_files
from styleplug.cli.ui.pipes import PIPE, check_pipes, format_option, piped
from styleplug.cli.ui.resume import asked_checkpoint, checkpoint_options, leave
from styleplug.cli.ui.strengths import check_strengths_alone, place_of, strengths_option
from styleplug.cli.ui.terminal import say, say_json
from styleplug.cli.ui.variations import check_variations, draw_variations, variations_options
from styleplug.errors import DivergedError, StyleplugError
from styleplug.events import Failed
from styleplug.hookspecs import StylizeResult
from styleplug.jobs.job import StylizeJob
from styleplug.jobs.run import PreparedJob, check_job, prepare
from styleplug.jobs.variations import recipes, varied
from styleplug.parts import Part, images_of, with_image

if TYPE_CHECKING:
    from styleplug.events import Event

_log = logging.getLogger("styleplug")


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@painting_options
@like_option
@output_option("; - for standard output.")
@format_option
@config_options
@strengths_option
@variations_options
@watch_options
@checkpoint_options
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never an input.")
@strip_option
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
@click.option("-v", "--verbose", is_flag=True, help="A line with the errors after each scale.")
def stylize(
    photo: Path,
    like: Path | None,
    mask: Path | Part | None,
    output: Path,
    kind: str | None,
    strengths: tuple[float, ...] | None,
    variations: int | None,
    pick: int | None,
    plot: Path | None,
    film: Path | None,
    frames: Path | None,
    compare: Path | None,
    overwrite: bool,
    strip: bool,
    checkpoint: Path | None,
    checkpoint_every: float,
    resume: Path | None,
    as_json: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Paint PHOTO in the manner of a PAINTING.

    A - in the place of PHOTO, of a PAINTING or of a MASK is standard input.

    Ctrl-C keeps the best picture so far, and exits with 130.

    With --checkpoint, `styleplug stylize --resume FILE` goes on with a run, whatever ended it; on
    the same machine, to the last bit as if nothing had.
    """
    paintings = paintings_of(options)
    if not paintings and not like:
        raise click.UsageError("Missing option '--style', '--region', or '--like'.")
    check_strengths_alone(click.get_current_context().params)
    check_variations(click.get_current_context().params)
    if strengths:
        options["strength"] = strengths[0]
    files = (path for painting in paintings for path in painting.images)
    inputs = [photo, *files, *images_of(mask)]
    check_pipes(inputs, output, kind, as_json=as_json)
    watch = Watch(plot, film, frames, compare, overwrite)
    try:
        with piped(inputs, output, kind) as ((photo, *others), file):
            name = "standard output" if output == PIPE else str(output)
            rest = iter(others)
            paintings = with_files(paintings, rest)
            mask = with_image(mask, lambda _: next(rest))
            job = stylize_job(
                *(paintings, like, [photo.parent], options),
                strip=strip,
                mask=mask,
                pick=None if variations else pick,
            )
            job = job.for_photo(photo)
            if variations and pick is None:
                draw_variations(photo, job, variations, file, overwrite=overwrite)
                if as_json:
                    say_json({"event": "written", "path": name})
                else:
                    say(name, err=True)
                return
            if variations and pick:
                job = varied(job, picked(recipes(job.config, variations), pick))
            job = replace(
                job, checkpoint=asked_checkpoint(job, inputs), weaker=(strengths or ())[1:]
            )
            outputs = {job.config.strength: _Output(file, name, overwrite)}
            for strength in strengths or ():
                place = place_of(output, strength)
                outputs[strength] = _Output(place, str(place), overwrite)
            _paint(photo, job, outputs, watch, as_json=as_json, verbose=verbose)
    except StyleplugError as error:
        if as_json:
            say_json({"event": "failed", "code": error.code, "message": str(error)})
        raise


@dataclass(frozen=True)
class _Output:
    """Where the picture goes, and how that is told."""

    path: Path
    name: str
    overwrite: bool

    def write(
        self, prepared: PreparedJob, result: StylizeResult
    ) -> tuple[str, StyleplugError | None]:
        """Write the picture; where it is, and what went wrong, though it is written."""
        place, problem = prepared.deliver(result, self.path, overwrite=self.overwrite)
        return self.name if place == self.path else str(place), problem


def _paint(
    photo: Path,
    job: StylizeJob,
    outputs: Mapping[float, _Output],
    watch: Watch,
    *,
    as_json: bool,
    verbose: bool,
) -> None:
    """Paint a picture for each strength, and write each to its place."""
    for output in outputs.values():
        check_job(job, photo, output.path, overwrite=output.overwrite)
    watch.check([photo, *job.inputs], [output.path for output in outputs.values()])
    prepared = prepare(job, photo)
    # Written within, so that a first Ctrl-C doesn't lose a picture that is just being written.
    with interruptible() as cancel:
        try:
            with _listener(as_json, verbose, cancel) as show:

                def on_event(event: Event) -> None:
                    show(event)
                    watch.follow(event, prepared.photograph)

                result = prepared.run(on_event, cancel)
        except DivergedError as error:
            if error.last_good is not None:
                remark = "the last good picture"
                for problem in _write(prepared, error.last_good, outputs, remark, as_json=as_json):
                    _log.warning("%s", problem)
            watch.finish(prepared.photograph, error.last_good)
            raise
        assert isinstance(result, StylizeResult)
        problems = _write(prepared, result, outputs, _ending(result), as_json=as_json)
        if job.checkpoint:
            leave(job.checkpoint, result, quiet=as_json)
        watch.finish(prepared.photograph, result)
    if problems:
        raise problems[0]
    if result.stopped == "cancelled":
        click.get_current_context().exit(cancel.code)


def _write(
    prepared: PreparedJob,
    result: StylizeResult,
    outputs: Mapping[float, _Output],
    remark: str,
    *,
    as_json: bool,
) -> list[StyleplugError]:
    """Write the picture of each strength, and say where it is; what went wrong, though they are
    written."""
    problems = []
    reached = prepared.by_strength(result)
    for strength, output in outputs.items():
        if strength not in reached:
            _log.warning("%s isn't written, for strength %g wasn't reached", output.name, strength)
            continue
        of_strength, painted = reached[strength]
        name, problem = output.write(of_strength, painted)
        problems += [problem] if problem else []
        if as_json:
            say_json({"event": "written", "path": name, **summary(painted)})
        else:
            say(f"{name}  ({remark})", err=True)
    return problems


def _ending(result: StylizeResult) -> str:
    how = {"finished": "done", "time-limit": "stopped by --time-limit", "cancelled": "interrupted"}
    return f"{how[result.stopped]} after {result.seconds:.0f} s"


def _listener(
    as_json: bool, verbose: bool, cancel: threading.Event
) -> AbstractContextManager[Callable[[Event], None]]:
    """What to do with events: lines of JSON, or a progress bar."""
    if as_json:
        return nullcontext(_print_record)
    from styleplug.cli.ui.progress import progress_bar

    return progress_bar(verbose, cancel)


def _print_record(event: Event) -> None:
    # The command reports its failure itself, for not every one comes from a running job.
    if not isinstance(event, Failed):
        say_json(as_record(event))
