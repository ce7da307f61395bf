"""`styleplug filter`: one picture, filtered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from styleplug.cli.ui.job import filter_job
from styleplug.cli.ui.options import field_options, output_option, strip_option
from styleplug.cli.ui.paintings import filter_of, filter_option, mask_option
from styleplug.cli.ui.terminal import say
from styleplug.config import FilterConfig
from styleplug.filter_region import FilterRegion
from styleplug.jobs.run import check_job, prepare
from styleplug.parts import Part


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@filter_option(required=True, more="; if there is none, it stays as it is.")
@output_option()
@mask_option
@field_options(FilterConfig)
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never PHOTO.")
@strip_option
def filter(
    photo: Path,
    filters: tuple[FilterRegion[Path], ...],
    output: Path,
    mask: Path | Part | None,
    overwrite: bool,
    strip: bool,
    **options: Any,
) -> None:
    """Send PHOTO through a filter."""
    job = filter_job(filter_of(filters), options, strip=strip, mask=mask).for_photo(photo)
    check_job(job, photo, output, overwrite=overwrite)
    prepared = prepare(job, photo)
    result = prepared.run()
    place, problem = prepared.deliver(result, output, overwrite=overwrite)
    say(f"{place}  (on {result.device})" if result.device else place, err=True)
    if problem:
        raise problem
