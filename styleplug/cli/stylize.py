"""`styleplug stylize`: one photograph, painted."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from styleplug.cli.like import recall
from styleplug.cli.main import INTERRUPTED, echo_json
from styleplug.cli.options import config_from, config_options
from styleplug.cli.records import as_record, summary
from styleplug.errors import DivergedError, StyleplugError
from styleplug.events import Failed

if TYPE_CHECKING:
    from styleplug.events import Event
    from styleplug.hookspecs import StylizeResult
    from styleplug.image.picture import Picture
    from styleplug.recipe import Recipe


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.option(
    "--style",
    "paintings",
    type=click.Path(path_type=Path),
    metavar="PAINTING",
    multiple=True,
    help="The painting; give several to mix them in equal parts.",
)
@click.option(
    "--like",
    type=click.Path(path_type=Path),
    metavar="PICTURE",
    help="Paint as PICTURE was painted by styleplug, but for the options that are given.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    required=True,
    help="Where to write the picture: .jpg, .png, .tif or .webp.",
)
@config_options
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never an input.")
@click.option(
    "--strip",
    is_flag=True,
    help="Leave out all metadata and sidecars, and the note of how the picture was made. The colour"
    " profile stays: colours are wrong without.",
)
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
@click.option("-v", "--verbose", is_flag=True, help="A line with the errors after each scale.")
def stylize(
    photo: Path,
    paintings: tuple[Path, ...],
    like: Path | None,
    output: Path,
    overwrite: bool,
    strip: bool,
    as_json: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Paint PHOTO in the manner of a PAINTING.

    Ctrl-C keeps the best picture so far, and exits with 130.
    """
    if not paintings and not like:
        raise click.UsageError("Missing option '--style', or '--like'.")
    destination = _Output(output, overwrite, strip, as_json)
    try:
        result = _paint(photo, paintings, like, destination, verbose, options)
    except StyleplugError as error:
        if as_json:
            echo_json(event="failed", code=error.code, message=str(error))
        raise
    if result.stopped == "cancelled":
        click.get_current_context().exit(INTERRUPTED)


@dataclass(frozen=True)
class _Output:
    """Where the picture goes, and how that is told."""

    path: Path
    overwrite: bool
    strip: bool
    as_json: bool

    def check(self, photo: Path, others: Iterable[Path]) -> None:
        from styleplug.image.sidecar import check_sidecars
        from styleplug.image.write import check_output

        check_output(self.path, inputs=[photo, *others], overwrite=self.overwrite)
        if not self.strip:
            check_sidecars(photo, self.path, overwrite=self.overwrite)

    def write(
        self, result: StylizeResult, photograph: Picture, recipe: Recipe, remark: str
    ) -> None:
        from styleplug.image.metadata import Metadata
        from styleplug.image.sidecar import copy_sidecars
        from styleplug.image.write import write_picture

        metadata = recipe.finished(result).noted(photograph.origin.metadata)
        picture = photograph.with_pixels(result.image)
        picture = picture.with_metadata(Metadata() if self.strip else metadata)
        write_picture(picture, self.path, overwrite=self.overwrite)
        if photograph.path and not self.strip:
            copy_sidecars(photograph.path, self.path, picture.size, overwrite=self.overwrite)
        if self.as_json:
            echo_json(event="written", path=str(self.path), **summary(result))
        else:
            click.echo(f"{self.path}  ({remark})", err=True)


def _paint(
    photo: Path,
    paintings: tuple[Path, ...],
    like: Path | None,
    output: _Output,
    verbose: bool,
    options: Mapping[str, Any],
) -> StylizeResult:
    import styleplug
    from styleplug.config import INITS
    from styleplug.image.read import read_picture
    from styleplug.recipe import Recipe

    if like:
        preset, config, paintings = recall(like, photo, paintings, options)
    else:
        preset, config = options["preset"], config_from(options)
    output.check(photo, [*paintings, *([] if config.init in INITS else [Path(config.init)])])
    photograph = read_picture(photo)
    recipe = Recipe.planned(config, preset, photo, paintings)
    # Written within, so that a first Ctrl-C doesn't lose a picture that is just being written.
    with _interrupt() as cancel:
        try:
            with _listener(output.as_json, verbose, cancel) as on_event:
                result = styleplug.stylize(photograph, paintings, config, on_event, cancel)
        except DivergedError as error:
            if error.last_good is not None:
                output.write(error.last_good, photograph, recipe, "the last good picture")
            raise
        output.write(result, photograph, recipe, _ending(result))
    return result


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
    from styleplug.cli.progress import progress_bar

    with progress_bar(verbose, cancel) as show:
        yield show


def _print_record(event: Event) -> None:
    # The command reports its failure itself, for not every one comes from a running job.
    if not isinstance(event, Failed):
        # A reader that has gone is no reason to lose the picture.
        with suppress(BrokenPipeError):
            echo_json(**as_record(event))


@contextmanager
def _interrupt() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, to keep the picture so far; a second Ctrl-C ends at once."""
    cancel = threading.Event()

    def interrupt(signum: int, frame: FrameType | None) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    previous = signal.signal(signal.SIGINT, interrupt)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, previous)
