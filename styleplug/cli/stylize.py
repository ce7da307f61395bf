"""`styleplug stylize`: one photograph, painted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from styleplug.cli.interrupt import interruptible
from styleplug.cli.main import INTERRUPTED, echo_json
from styleplug.cli.options import config_from, config_options
from styleplug.cli.pipes import PIPE, check_pipes, format_option, piped
from styleplug.cli.records import as_record, summary
from styleplug.cli.watch import Watch, watch_options
from styleplug.errors import DivergedError, StyleplugError
from styleplug.events import Failed

if TYPE_CHECKING:
    from styleplug.events import Event
    from styleplug.hookspecs import StylizeResult


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
    help="Where to write the picture: .jpg, .png, .tif or .webp; - for standard output.",
)
@format_option
@config_options
@watch_options
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never an input.")
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
@click.option("-v", "--verbose", is_flag=True, help="A line with the errors after each scale.")
def stylize(
    photo: Path,
    paintings: tuple[Path, ...],
    output: Path,
    kind: str | None,
    plot: Path | None,
    frames: Path | None,
    compare: Path | None,
    overwrite: bool,
    as_json: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Paint PHOTO in the manner of a PAINTING.

    A - in the place of PHOTO or of a PAINTING is standard input.

    Ctrl-C keeps the best picture so far, and exits with 130.
    """
    check_pipes([photo, *paintings], output, kind, as_json=as_json)
    watch = Watch(plot, frames, compare, overwrite)
    try:
        with piped([photo, *paintings], output, kind) as ((photo, *styles), file):
            name = "standard output" if output == PIPE else str(output)
            destination = _Output(file, name, overwrite, as_json)
            result = _paint(photo, styles, destination, watch, verbose, options)
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
    name: str
    overwrite: bool
    as_json: bool

    def check(self, inputs: Sequence[Path]) -> None:
        from styleplug.image.write import check_output

        check_output(self.path, inputs=inputs, overwrite=self.overwrite)

    def write(self, result: StylizeResult, remark: str) -> None:
        result.save(self.path, overwrite=self.overwrite)
        if self.as_json:
            echo_json(event="written", path=self.name, **summary(result))
        else:
            click.echo(f"{self.name}  ({remark})", err=True)


def _paint(
    photo: Path,
    paintings: Sequence[Path],
    output: _Output,
    watch: Watch,
    verbose: bool,
    options: Mapping[str, Any],
) -> StylizeResult:
    import styleplug
    from styleplug.config import INITS
    from styleplug.image.read import read_picture
    from styleplug.styles import painting_file

    config = config_from(options)
    files = [painting_file(painting) for painting in paintings]
    inputs = [photo, *files, *([] if config.init in INITS else [Path(config.init)])]
    output.check(inputs)
    watch.check(inputs, output.path)
    photograph = read_picture(photo)
    # Written within, so that a first Ctrl-C doesn't lose a picture that is just being written.
    with interruptible() as cancel:
        try:
            with _listener(output.as_json, verbose, cancel) as show:

                def on_event(event: Event) -> None:
                    show(event)
                    watch.follow(event, photograph)

                result = styleplug.stylize(photograph, files, config, on_event, cancel)
        except DivergedError as error:
            if error.last_good is not None:
                output.write(error.last_good, "the last good picture")
            watch.finish(photograph, error.last_good)
            raise
        output.write(result, _ending(result))
        watch.finish(photograph, result)
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
