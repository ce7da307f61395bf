"""`styleplug train`: a filter network of one's own."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

import styleplug
from styleplug.cli.ui.interrupt import interruptible
from styleplug.cli.ui.options import content_error, path_option
from styleplug.cli.ui.output import check_output, write_output, writing
from styleplug.cli.ui.photographs import files_in, photograph
from styleplug.cli.ui.terminal import say
from styleplug.errors import ConfigError, ImageError, PluginError, StyleplugError
from styleplug.extras import import_extra
from styleplug.filters.training.schedule import CONTENT_ERROR, TrainingSchedule
from styleplug.jobs.run import read_picture

if TYPE_CHECKING:
    from styleplug.filters.training.network_training import Training
    from styleplug.image.picture import Picture

SECONDS_PER_CHECKPOINT = 180.0
SHEET_SIDE = 256

_log = logging.getLogger("styleplug")


@click.command()
@click.argument("photos", type=click.Path(path_type=Path))
@click.argument("paintings", type=click.Path(path_type=Path))
@path_option(
    "-o", "--output", required=True, help="Where to write the network with its styles: .onnx."
)
@click.option(
    "--steps",
    type=click.IntRange(1),
    default=40_000,
    help="How long to train; towards the end the steps become smaller.",
)
@click.option(
    "--crop",
    type=click.IntRange(96, 1024),
    default=TrainingSchedule.crop,
    help="Side in pixels of what is seen of a photograph at a time.",
)
@click.option(
    "--batch",
    type=click.IntRange(1, 64),
    default=TrainingSchedule.batch,
    help="Crops in a step.",
)
@click.option(
    "--content-error",
    "content_errors",
    metavar="[NAME=]X",
    multiple=True,
    help="How far from the photograph a filter may lead, 0.1 to 3; less keeps more of it. With the"
    f" name of a painting, for that one alone; can be given again.  [default: {CONTENT_ERROR}]",
)
@path_option(
    "--sheet",
    help="A picture to write every few minutes: a photograph in each of the styles so far.",
)
@click.option("--device", default="auto", help="auto, cpu, cuda, cuda:N, mps.")
@click.option("--overwrite", is_flag=True, help="Replace files that exist.")
def train(
    photos: Path,
    paintings: Path,
    output: Path,
    steps: int,
    crop: int,
    batch: int,
    content_errors: tuple[str, ...],
    sheet: Path | None,
    device: str,
    overwrite: bool,
) -> None:
    """Train a network for filters from nothing.

    PHOTOS is a folder of photographs, the more the better: some hundred will do, thousands are
    better. PAINTINGS is a folder of paintings; each becomes a style that is called as its file is.

    It takes PyTorch, pip install 'styleplug[torch]', and hours. A GPU, which --device auto takes
    if it is there, has time for --batch 8. FILE is renewed every few minutes, and can be
    used at any time: styleplug models install filters --from FILE

    A training that ends early, by Ctrl-C or otherwise, leaves FILE.checkpoint beside it, and goes
    on from there when the same command is given again.
    """
    from styleplug.api import check_output as check_picture
    from styleplug.filters.training.schedule import BACKBONE
    from styleplug.runtime.models import find_model

    checkpoint = output.with_name(f"{output.name}.checkpoint")
    going_on = checkpoint.is_file()
    check_output(output, ".onnx", source=paintings, overwrite=overwrite or going_on)
    photographs = files_in(photos, "photos")
    painted = files_in(paintings, "paintings")
    if sheet:
        inputs = [*photographs, *painted]
        check_picture(sheet, inputs=inputs, overwrite=overwrite or going_on)
    named = _paintings(painted)
    target_content_errors = _target_content_errors(content_errors, list(named))
    vgg = find_model(BACKBONE)

    import_extra("torch", "torch")  # after all that may be wrong, for it takes seconds
    from styleplug.filters.training.network_training import Training
    from styleplug.vgg.mirror import TorchVGG

    schedule = replace(TrainingSchedule(), crop=crop, batch=batch)
    with interruptible() as cancel:
        training = Training(
            photographs, named, TorchVGG(vgg, device=device), schedule, steps, target_content_errors
        )
        if going_on:
            training.resume(checkpoint)
            say(f"going on after {training.steps} steps, as {checkpoint} has it", err=True)
        _run(training, _Files(output, checkpoint, sheet), cancel)
    if training.steps < steps:
        say("interrupted; give the same command again to go on", err=True)
        click.get_current_context().exit(cancel.code)
    checkpoint.unlink(missing_ok=True)
    say(f"{output}  ({steps} steps; {', '.join(named)})", err=True)


@dataclass(frozen=True)
class _Files:
    """What is renewed now and then."""

    network: Path
    checkpoint: Path
    sheet: Path | None

    def write(self, training: Training) -> None:
        """Renew all of them.

        Raises:
            ConfigError: a place can't be written.
        """
        with writing(self.checkpoint):
            training.save(self.checkpoint)
        _write_network(training, self.network)
        if self.sheet:
            self._draw(training, self.sheet)

    def finish(self, training: Training) -> None:
        """Renew all of them for the last time.

        Raises:
            ConfigError, StyleplugError: a place can't be written; if anyhow possible, the network
                is in another then.
        """
        from styleplug.image.write import write_elsewhere

        try:
            self.write(training)
        except ConfigError as error:
            place = write_elsewhere(self.network, partial(_write_network, training))
            if place is None:
                raise
            raise StyleplugError(f"{error}; the network is {place} now") from error

    def _draw(self, training: Training, sheet: Path) -> None:
        picture = styleplug.Picture(training.sheet(photograph(SHEET_SIDE)))
        try:
            styleplug.write_image(picture, sheet, overwrite=True)
        except (ImageError, PluginError) as error:
            # The network matters more.
            _log.warning("%s; going on without it", error)


def _write_network(training: Training, path: Path) -> None:
    from styleplug.filters.training.export import export_filters

    made = f"by styleplug train, {training.steps} steps"
    write_output(path, export_filters(training.weights(), {"source": made}))


def _run(training: Training, files: _Files, cancel: threading.Event) -> None:
    """Train until it is done, or until Ctrl-C."""
    from styleplug.cli.ui.training_bar import training_bar

    before, started = training.steps, time.monotonic()
    written = started
    with training_bar("training") as show:
        while training.steps < training.total and not cancel.is_set():
            step = training.step()
            now = time.monotonic()
            seconds_a_step = (now - started) / (training.steps - before)
            remaining = seconds_a_step * (training.total - training.steps)
            show(training.steps / training.total, remaining, step)
            if now - written > SECONDS_PER_CHECKPOINT:
                try:
                    files.write(training)
                except ConfigError as error:
                    # Hours may be left, in which space can be made.
                    _log.warning("%s; going on, and trying again later", error)
                written = now
        files.finish(training)


def _target_content_errors(given: Iterable[str], names: Iterable[str]) -> dict[str, float]:
    """The content errors to aim at, by the names of filters.

    Raises:
        ConfigError: a name is no filter's.
        click.BadParameter: a value is none.
    """
    target_content_errors = dict.fromkeys(names, CONTENT_ERROR)
    pairs = [text.rpartition("=") for text in given]
    for name, _, value in sorted(pairs, key=lambda pair: pair[0] != ""):  # that of all comes first
        if name and name not in target_content_errors:
            raise ConfigError("content-error", name, ", ".join(target_content_errors))
        target_content_errors |= dict.fromkeys(
            [name] if name else target_content_errors, content_error(value)
        )
    return target_content_errors


def _paintings(files: Iterable[Path]) -> Mapping[str, Picture]:
    """Paintings by the names that their filters will have.

    Raises:
        ConfigError: a file's name makes none, or two make the same.
        ImageError: a file is no picture, or one that can't be learned from.
    """
    from styleplug.filters.training.paintings import checked
    from styleplug.names import check_name

    named: dict[str, Picture] = {}
    for file in files:
        name = re.sub("[^a-z0-9]+", "-", file.stem.lower()).strip("-")
        check_name(name)
        if name in named:
            raise ConfigError("paintings", str(file), f"the only one that is called {name}")
        named[name] = checked(read_picture(file))
    return named
