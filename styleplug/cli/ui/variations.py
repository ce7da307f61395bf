"""`--variations` and `--pick`: a contact sheet to choose from, and the picture that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import styleplug
from styleplug.cli.ui.several import paint_each
from styleplug.jobs.job import StylizeJob
from styleplug.jobs.provenance import StylizeProvenance
from styleplug.jobs.run import PreparedJob, check_job, prepare
from styleplug.jobs.variations import FEWEST, MOST, Recipe, label, recipes, small, varied

if TYPE_CHECKING:
    from styleplug.hookspecs import StylizeResult
    from styleplug.image.picture import Picture

LABEL_WIDTH = 280
"""Of a sheet, pixels: a line of a label has room there."""

_FOR_ONE_PICTURE = ("strengths", "checkpoint", "resume", "plot", "frames", "compare")
"""Parameters of the command that mean nothing for a sheet."""


def variations_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--variations` and `--pick`."""
    command = click.option(
        "--pick",
        type=click.IntRange(min=1),
        metavar="K",
        help="Paint variation K of --variations, as large as ever; or of the sheet that --like"
        " names.",
    )(command)
    return click.option(
        "--variations",
        type=click.IntRange(FEWEST, MOST),
        metavar="N",
        help="Instead of the picture a sheet of N small ones, of other strengths, strokes, seeds"
        " and parts of the painting, to choose from with --pick.",
    )(command)


def check_variations(given: Mapping[str, Any]) -> None:
    """Make sure that `--variations` and `--pick` can be with what is given beside them.

    Args:
        given: the command's parameters.

    Raises:
        click.UsageError: they can't.
    """
    if given["pick"] and not (given["variations"] or given["like"]):
        raise click.UsageError("'--pick' chooses from '--variations N', or from '--like SHEET'.")
    if given["variations"] and not given["pick"]:
        for name in _FOR_ONE_PICTURE:
            if given[name] is not None:
                raise click.UsageError(
                    f"'--{name}' is for a picture, and '--variations' draws a sheet; leave one out."
                )


def draw_variations(
    photo: Path, job: StylizeJob, count: int, output: Path, *, overwrite: bool
) -> None:
    """Paint the first variations of a job, small, and write a sheet of them, with its note.

    Ctrl-C leaves a sheet of those that are done.

    Raises:
        Interrupted: before the first is.
    """
    from styleplug.cli.ui.interrupt import interruptible

    check_job(job, photo, output, overwrite=overwrite)
    prepared, wanted = prepare(job, photo), recipes(job.config, count)
    jobs = [replace(prepared, job=small(varied(job, recipe))) for recipe in wanted]
    with interruptible() as cancel:
        found = paint_each(jobs, cancel)
        sheet = _sheet(prepared, found, wanted[: len(found)])
        styleplug.write_image(sheet, output, overwrite=overwrite)
    if cancel.is_set():
        click.get_current_context().exit(cancel.code)


def _sheet(
    prepared: PreparedJob, found: Sequence[StylizeResult], wanted: Sequence[Recipe]
) -> Picture:
    """The results over their labels, and how each was made, if that is to be noted."""
    from styleplug.cli.ui.contact_sheet import SHOWN_SIDE, Cell, contact_sheet
    from styleplug.image.metadata.blocks import Metadata
    from styleplug.image.picture import Picture
    from styleplug.image.resize import fitted_size

    cells = [
        Cell(result.to_pil(), label(number, recipe))
        for number, (result, recipe) in enumerate(zip(found, wanted, strict=True), start=1)
    ]
    height, width = fitted_size(*prepared.photograph.size, SHOWN_SIDE)
    drawn = contact_sheet(cells, (width, height), label_width=LABEL_WIDTH)
    sheet, note = Picture.from_any(drawn), prepared.provenance
    if note is None:
        return sheet
    assert isinstance(note, StylizeProvenance)
    note = replace(note.finished(found[0]), variations=tuple(wanted))
    return sheet.with_metadata(note.embed_in(Metadata()))
