"""`styleplug filter`: one picture, filtered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from styleplug.cli.ui.job import filter_job
from styleplug.cli.ui.options import field_options, output_option, strip_option
from styleplug.cli.ui.paintings import mask_option
from styleplug.cli.ui.terminal import say
from styleplug.config import FilterConfig
from styleplug.jobs.run import check_job, prepare
from styleplug.parts import Part


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.option(
    "--filter",
    "name",
    metavar="NAME",
    required=True,
    help="The filter, one that `styleplug filters` lists, or a blend of styles, such as"
    " starry-night:0.6,the-wave:0.4",
)
@output_option()
@mask_option
@field_options(FilterConfig)
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never PHOTO.")
@strip_option
def filter(
    photo: Path,
    name: str,
    output: Path,
    mask: Path | Part | None,
    overwrite: bool,
    strip: bool,
    **options: Any,
) -> None:
    """Send PHOTO through a filter."""
    job = filter_job(name, options, strip=strip, mask=mask).for_photo(photo)
    check_job(job, photo, output, overwrite=overwrite)
    prepared = prepare(job, photo)
    result = prepared.run()
    place, problem = prepared.deliver(result, output, overwrite=overwrite)
    say(f"{place}  (on {result.device})" if result.device else place, err=True)
    if problem:
        raise problem
