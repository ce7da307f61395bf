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

from styleplug.cli.main import INTERRUPTED, echo_json
from styleplug.cli.options import config_from, config_options
from styleplug.cli.records import as_record, summary
from styleplug.errors import DivergedError, StyleplugError
from styleplug.events import Failed

if TYPE_CHECKING:
    from styleplug.events import Event
    from styleplug.hookspecs import StylizeResult
    from styleplug.image.picture import Picture


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.option(
    "--style",
    "paintings",
    type=click.Path(path_type=Path),
    metavar="PAINTING",
    multiple=True,
    required=True,
    help="The painting, a file or a name that `styleplug styles list` knows; give several to mix"
    " them in equal parts.",
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
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
@click.option("-v", "--verbose", is_flag=True, help="A line with the errors after each scale.")
def stylize(
    photo: Path,
    paintings: tuple[Path, ...],
    output: Path,
    overwrite: bool,
    as_json: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Paint PHOTO in the manner of a PAINTING.

    Ctrl-C keeps the best picture so far, and exits with 130.
    """
    destination = _Output(output, overwrite, as_json)
    try:
        result = _paint(photo, paintings, destination, verbose, options)
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
    as_json: bool

    def check(self, inputs: Iterable[Path]) -> None:
        from styleplug.image.write import check_output

        check_output(self.path, inputs=inputs, overwrite=self.overwrite)

    def write(self, result: StylizeResult, photograph: Picture, remark: str) -> None:
        from styleplug.image.picture import Picture
        from styleplug.image.resize import resized
        from styleplug.image.write import write_picture

        alpha = photograph.alpha
        if alpha is not None:
            alpha = resized(alpha, *result.image.shape[:2])
        write_picture(Picture(result.image, alpha), self.path, overwrite=self.overwrite)
        if self.as_json:
            echo_json(event="written", path=str(self.path), **summary(result))
        else:
            click.echo(f"{self.path}  ({remark})", err=True)


def _paint(
    photo: Path,
    paintings: tuple[Path, ...],
    output: _Output,
    verbose: bool,
    options: Mapping[str, Any],
) -> StylizeResult:
    import styleplug
    from styleplug.config import INITS
    from styleplug.image.read import read_picture
    from styleplug.styles import painting_file

    config = config_from(options)
    files = [painting_file(painting) for painting in paintings]
    output.check([photo, *files, *([] if config.init in INITS else [Path(config.init)])])
    photograph = read_picture(photo)
    # Written within, so that a first Ctrl-C doesn't lose a picture that is just being written.
    with _interrupt() as cancel:
        try:
            with _listener(output.as_json, verbose, cancel) as on_event:
                result = styleplug.stylize(photograph, files, config, on_event, cancel)
        except DivergedError as error:
            if error.last_good is not None:
                output.write(error.last_good, photograph, "the last good picture")
            raise
        output.write(result, photograph, _ending(result))
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
