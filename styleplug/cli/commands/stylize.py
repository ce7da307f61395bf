"""`styleplug stylize`: one photograph, painted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from styleplug.cli.main import echo_json
from styleplug.cli.ui.artifacts import Watch, watch_options
from styleplug.cli.ui.interrupt import interruptible
from styleplug.cli.ui.job import Job, job_from_options, job_from_recipe
from styleplug.cli.ui.json_events import as_record, summary
from styleplug.cli.ui.options import config_options, output_option, strip_option
from styleplug.cli.ui.pipes import PIPE, check_pipes, format_option, piped
from styleplug.cli.ui.resume import asked_checkpoint, checkpoint_options, leave
from styleplug.cli.ui.terminal import say
from styleplug.errors import DivergedError, StyleplugError
from styleplug.events import Failed
from styleplug.reading import read_picture

if TYPE_CHECKING:
    from styleplug.events import Event
    from styleplug.hookspecs import Checkpoint, StylizeResult
    from styleplug.image.picture import Picture
    from styleplug.recipe import Recipe

_log = logging.getLogger("styleplug")


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.option(
    "--style",
    "paintings",
    type=click.Path(path_type=Path),
    metavar="PAINTING",
    multiple=True,
    help="The painting, a file or a name that `styleplug styles list` knows; give several to mix"
    " them in equal parts.",
)
@click.option(
    "--like",
    type=click.Path(path_type=Path),
    metavar="PICTURE",
    help="Paint as PICTURE was painted by styleplug, but for the options that are given.",
)
@output_option("; - for standard output.")
@format_option
@config_options
@watch_options
@checkpoint_options
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never an input.")
@strip_option
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
@click.option("-v", "--verbose", is_flag=True, help="A line with the errors after each scale.")
def stylize(
    photo: Path,
    paintings: tuple[Path, ...],
    like: Path | None,
    output: Path,
    kind: str | None,
    plot: Path | None,
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

    A - in the place of PHOTO or of a PAINTING is standard input.

    Ctrl-C keeps the best picture so far, and exits with 130.

    With --checkpoint, `styleplug stylize --resume FILE` goes on with a run, whatever ended it; on
    the same machine, to the last bit as if nothing had.
    """
    if not paintings and not like:
        raise click.UsageError("Missing option '--style', or '--like'.")
    check_pipes([photo, *paintings], output, kind, as_json=as_json)
    watch = Watch(plot, frames, compare, overwrite)
    try:
        with piped([photo, *paintings], output, kind) as ((photo, *styles), file):
            name = "standard output" if output == PIPE else str(output)
            destination = _Output(file, name, overwrite, strip, as_json)
            job = (
                job_from_recipe(like, photo, styles, options)
                if like
                else job_from_options(styles, options)
            )
            kept = asked_checkpoint(job)
            _paint(photo, job, destination, watch, kept, verbose)
    except StyleplugError as error:
        if as_json:
            echo_json(event="failed", code=error.code, message=str(error))
        raise


@dataclass(frozen=True)
class _Output:
    """Where the picture goes, and how that is told."""

    path: Path
    name: str
    overwrite: bool
    strip: bool
    as_json: bool

    def check(self, photo: Path, others: Sequence[Path]) -> None:
        from styleplug.results import check_result

        check_result(photo, others, self.path, overwrite=self.overwrite, strip=self.strip)

    def write(
        self, result: StylizeResult, photograph: Picture, recipe: Recipe, remark: str
    ) -> StyleplugError | None:
        """Write the picture, and say where it is; what went wrong, though it is written."""
        from styleplug.results import deliver_result

        place, problem = deliver_result(
            *(result, photograph, recipe.finished(result), self.path),
            overwrite=self.overwrite,
            strip=self.strip,
        )
        name = self.name if place == self.path else str(place)
        if self.as_json:
            echo_json(event="written", path=name, **summary(result))
        else:
            say(f"{name}  ({remark})", err=True)
        return problem


def _paint(
    photo: Path,
    job: Job,
    output: _Output,
    watch: Watch,
    checkpoint: Checkpoint | None,
    verbose: bool,
) -> None:
    import styleplug
    from styleplug.recipe import Recipe

    output.check(photo, job.inputs)
    watch.check([photo, *job.inputs], output.path)
    photograph, *paintings = [read_picture(path) for path in (photo, *job.paintings)]
    recipe = Recipe.planned(job.config, job.preset, photo, job.paintings)
    # Written within, so that a first Ctrl-C doesn't lose a picture that is just being written.
    with interruptible() as cancel:
        try:
            with _listener(output.as_json, verbose, cancel) as show:

                def on_event(event: Event) -> None:
                    show(event)
                    watch.follow(event, photograph)

                result = styleplug.stylize(
                    photograph, paintings, job.config, on_event, cancel, checkpoint
                )
        except DivergedError as error:
            if error.last_good is not None:
                problem = output.write(error.last_good, photograph, recipe, "the last good picture")
                if problem:
                    _log.warning("%s", problem)
            watch.finish(photograph, error.last_good)
            raise
        problem = output.write(result, photograph, recipe, _ending(result))
        if checkpoint:
            leave(checkpoint, result, quiet=output.as_json)
        watch.finish(photograph, result)
    if problem:
        raise problem
    if result.stopped == "cancelled":
        click.get_current_context().exit(cancel.code)


def _ending(result: StylizeResult) -> str:
    how = {"finished": "done", "time-limit": "stopped by --time-limit", "cancelled": "interrupted"}
    return f"{how[result.stopped]} after {result.seconds:.0f} s"


@contextmanager
def _listener(
    as_json: bool, verbose: bool, cancel: threading.Event
) -> Iterator[Callable[[Event], None]]:
    """What to do with events: lines of JSON, or a progress bar."""
    if as_json:
        yield _print_record
        return
    from styleplug.cli.ui.progress import progress_bar

    with progress_bar(verbose, cancel) as show:
        yield show


def _print_record(event: Event) -> None:
    # The command reports its failure itself, for not every one comes from a running job.
    if not isinstance(event, Failed):
        echo_json(**as_record(event))
