"""`styleplug figure`: figures 2 and 3 of Gatys et al. 2016, of pictures of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from styleplug.cli.ui.options import output_option
from styleplug.cli.ui.terminal import say

if TYPE_CHECKING:
    from styleplug.cli.ui.contact_sheet import Cell
    from styleplug.hookspecs import StylizeResult
    from styleplug.jobs.job import StylizeJob
    from styleplug.jobs.run import PreparedJob

DEPTHS = 5
"""Rows of the figure by layers: Gram matrices of the first block's layer, of the first two, ..."""
RATIOS = (0.01, 0.1, 1.0, 10.0)
"""Its columns: content weights for a style weight of 1. The terms of this loss are relative errors,
so these aren't the numbers of the paper."""


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.option(
    "--style",
    "paintings",
    type=click.Path(path_type=Path),
    metavar="PAINTING",
    multiple=True,
    required=True,
    help="A painting, a file or a name that `styleplug styles list` knows; give several for a"
    " picture in the manner of each.",
)
@output_option()
@click.option(
    "--layers",
    "by_layers",
    is_flag=True,
    help="Of one painting, a picture for each depth of layers that its style is matched in, from"
    " above, and for each weight of the photograph, from the left.",
)
@click.option(
    "--size",
    type=click.IntRange(32, 1024),
    default=256,
    help="Longest side of each picture, in pixels.",
)
@click.option(
    "--iterations",
    type=click.IntRange(1),
    default=50,
    help="Evaluations of loss and gradient at the last scale.",
)
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never an input.")
def figure(
    photo: Path,
    paintings: Sequence[Path],
    output: Path,
    by_layers: bool,
    size: int,
    iterations: int,
    overwrite: bool,
) -> None:
    """Draw PHOTO in the manner of several paintings, side by side.

    With --layers, of one PAINTING: how the layers and the weights change the picture. These are
    figures 2 and 3 of Gatys, Ecker and Bethge (2016), of pictures of your own.
    """
    import styleplug
    from styleplug.cli.ui.contact_sheet import contact_sheet
    from styleplug.cli.ui.interrupt import interruptible
    from styleplug.cli.ui.several import paint_each
    from styleplug.config import StylizeConfig
    from styleplug.image.resize import fitted_size
    from styleplug.jobs.job import StylizeJob
    from styleplug.jobs.run import check_job, prepare
    from styleplug.painting import Painting
    from styleplug.styles import painting_file

    if by_layers and len(paintings) > 1:
        raise click.UsageError("'--layers' is of one painting; give one --style.")
    config = StylizeConfig(
        size=size, iterations=iterations, output_size="working", resolution="size"
    )
    jobs = [StylizeJob((Painting(painting_file(each)),), config) for each in paintings]
    for job in jobs:
        check_job(job, photo, output, overwrite=overwrite)
    prepared = [prepare(job, photo) for job in jobs]
    if by_layers:
        prepared = [replace(prepared[0], job=job) for job in _jobs_by_layers(jobs[0])]
    with interruptible() as cancel:
        found = paint_each(prepared, cancel)
        if cancel.is_set():
            click.get_current_context().exit(cancel.code)  # a part of a figure shows nothing
    height, width = fitted_size(*prepared[0].photograph.size, size)
    cells = _cells_by_layers(found) if by_layers else _cells_by_painting(prepared, found)
    drawn = contact_sheet(cells, (width, height), len(RATIOS) if by_layers else None)
    styleplug.write_image(drawn, output, overwrite=overwrite)
    say(output, err=True)


def _cells_by_painting(
    prepared: Sequence[PreparedJob], found: Sequence[StylizeResult]
) -> list[Cell]:
    """The photograph, then each picture with its painting in the corner."""
    from styleplug.cli.ui.contact_sheet import Cell

    cells = [Cell(prepared[0].photograph.to_pil(), "photograph")]
    for job, result in zip(prepared, found, strict=True):
        painting = job.others[0]
        name = painting.path.stem if painting.path else ""
        cells.append(Cell(result.to_pil(), name, painting.to_pil()))
    return cells


def _jobs_by_layers(job: StylizeJob) -> list[StylizeJob]:
    """A job for each depth and ratio, row by row."""
    return [
        replace(
            job,
            config=replace(
                job.config,
                style_layers=dict.fromkeys(_layers(depth), 1.0),
                content_weight=ratio,
                style_weight=1.0,
            ),
        )
        for depth in range(1, DEPTHS + 1)
        for ratio in RATIOS
    ]


def _cells_by_layers(found: Sequence[StylizeResult]) -> list[Cell]:
    from styleplug.cli.ui.contact_sheet import Cell

    labels = [
        f"to {_layers(depth)[-1]}, {ratio:g} : 1"
        for depth in range(1, DEPTHS + 1)
        for ratio in RATIOS
    ]
    return [Cell(result.to_pil(), label) for result, label in zip(found, labels, strict=True)]


def _layers(depth: int) -> list[str]:
    return [f"relu{block}_1" for block in range(1, depth + 1)]
