"""`styleplug learn`: a painting's style as a filter."""

from __future__ import annotations

import logging
import shlex
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

import styleplug
from styleplug.cli.ui.interrupt import interruptible
from styleplug.cli.ui.options import content_error, name_option, parsed_by, path_option
from styleplug.cli.ui.output import check_place
from styleplug.cli.ui.photographs import bundled, files_in, photograph
from styleplug.cli.ui.terminal import say
from styleplug.errors import Cancelled, FilterError, ImageError, PluginError, StyleplugError
from styleplug.extras import import_extra
from styleplug.filters.training.schedule import CONTENT_ERROR
from styleplug.jobs.run import read_picture
from styleplug.options import seconds
from styleplug.runtime.files import make_folder

if TYPE_CHECKING:
    from styleplug.filters.style import FilterStyle
    from styleplug.filters.training.style_learning import Learning

PREVIEW_SIDE = 512
SECONDS_PER_PREVIEW = 5.0

_log = logging.getLogger("styleplug")


def _time_limit(text: str) -> float:
    if not (limit := seconds(text)):
        raise ValueError(f"in {text!r} nothing can be learned")
    return limit


@click.command()
@click.argument("painting", type=click.Path(path_type=Path))
@name_option
@path_option(
    "--photos",
    metavar="FOLDER",
    help="Photographs to learn on, such as those you mean to filter. [default: the pictures that"
    " come with styleplug]",
)
@click.option(
    "--content-error",
    type=content_error,
    metavar="X",
    default=str(CONTENT_ERROR),
    help="How far from the photograph the filter may lead, 0.1 to 3; less keeps more of it.",
)
@click.option(
    "--time-limit",
    type=parsed_by(_time_limit),
    metavar="TIME",
    default="10m",
    help="End after this time, in seconds or such as 5m; sooner, if nothing more is to be gained.",
)
@path_option(
    "--preview", help="A picture to write every few seconds: a photograph in the style so far."
)
@click.option("--device", default="auto", help="auto, cpu, cuda, cuda:N, mps.")
@click.option("--overwrite", is_flag=True, help="Replace your filter of this name, and FILE.")
def learn(
    painting: Path,
    name: str,
    photos: Path | None,
    content_error: float,
    time_limit: float,
    preview: Path | None,
    device: str,
    overwrite: bool,
) -> None:
    """Learn the style of a PAINTING as a filter.

    PAINTING is a file, or a name that `styleplug styles list` knows. From then on `styleplug
    filter` and every host offer it. It takes PyTorch, pip install 'styleplug[torch]', and up to 10
    minutes on two cores.

    Ctrl-C keeps what is learned so far, and exits with 130.
    """
    from styleplug.api import check_output
    from styleplug.filters.collection import check_new
    from styleplug.filters.store import user_file
    from styleplug.filters.style import SUFFIX
    from styleplug.filters.training.paintings import checked
    from styleplug.filters.training.schedule import BACKBONE
    from styleplug.filters.weights import MODEL, load_weights
    from styleplug.runtime.models import find_model
    from styleplug.styles import painting_file

    check_new(name, overwrite=overwrite)
    file = painting_file(painting)
    if preview:
        check_output(preview, inputs=[file], overwrite=overwrite)
    photographs = files_in(photos, "photos") if photos else bundled()
    picture = checked(read_picture(file))
    weights, vgg = load_weights(find_model(MODEL)), find_model(BACKBONE)
    _check_place(user_file(name, SUFFIX))

    import_extra("torch", "torch")  # after all that may be wrong, for it takes seconds
    from styleplug.filters.training.style_learning import SCHEDULE, Learning
    from styleplug.vgg.mirror import TorchVGG

    with interruptible() as cancel:
        mirror = TorchVGG(vgg, device=device)
        learning = Learning(picture, weights, photographs, mirror, content_error, SCHEDULE)
        finished = _run(learning, time_limit, _Preview(preview), cancel)
        _keep(learning.style(name, _description(file)))
    how = "learned" if finished else "interrupted; kept as learned so far"
    say(f"{name}  ({how}, {learning.trainer.steps} steps)", err=True)
    if not finished:
        click.get_current_context().exit(cancel.code)


def _run(learning: Learning, time_limit: float, preview: _Preview, cancel: threading.Event) -> bool:
    """Learn until it is done, or until Ctrl-C; returns whether it was done.

    Raises:
        Cancelled: Ctrl-C came before there was anything to keep.
    """
    from styleplug.cli.ui.training_bar import training_bar

    if cancel.is_set():
        raise Cancelled
    with training_bar("learning") as show:
        for progress in learning.run(time_limit):
            show(progress.fraction, progress.remaining, progress.step)
            preview.follow(learning)
            if cancel.is_set():
                return False
    return True


def _keep(style: FilterStyle) -> None:
    """Add a style to the user's filters.

    Raises:
        FilterError, StyleplugError: it can't be added; if anyhow possible, it is in a file then.
    """
    from styleplug.filters.collection import add_style
    from styleplug.filters.style import SUFFIX, write_style
    from styleplug.image.write import write_elsewhere

    try:
        add_style(style)
    except FilterError as error:
        place = write_elsewhere(Path(f"{style.name}{SUFFIX}"), partial(write_style, style))
        if place is None:
            raise
        remedy = f"add it with: styleplug filters import {shlex.quote(str(place))}"
        raise StyleplugError(f"{error}; the style is {place} now; {remedy}") from error


class _Preview:
    """A picture file that shows how the learning goes."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.due = path, 0.0
        self.photograph = photograph(PREVIEW_SIDE) if path else None

    def follow(self, learning: Learning) -> None:
        """Write the file, if it is time to."""
        if self.path is None or self.photograph is None or time.monotonic() < self.due:
            return
        picture = styleplug.Picture(learning.preview(self.photograph))
        try:
            styleplug.write_image(picture, self.path, overwrite=True)
        except (ImageError, PluginError) as error:
            # The style matters more.
            _log.warning("%s; going on without previews", error)
            self.path = None
        self.due = time.monotonic() + SECONDS_PER_PREVIEW


def _check_place(path: Path) -> None:
    """Make sure that the style can be written, before minutes are spent on it.

    Raises:
        ConfigError, FilterError: it can't.
    """
    try:
        make_folder(path.parent)
    except OSError as error:
        raise FilterError(path.stem, f"{path.parent} can't be made ({error.strerror})") from error
    check_place(path, "name")


def _description(painting: Path) -> str:
    return f"Learned from {painting.name}" if painting.name.isprintable() else "Learned"
