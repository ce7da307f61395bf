"""`styleplug filter`: one picture, filtered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from styleplug.cli.options import field_options, given_options, output_option
from styleplug.config import FilterConfig
from styleplug.reading import read_picture


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.option(
    "--filter",
    "name",
    metavar="NAME",
    required=True,
    help="The filter, one that `styleplug filters` lists.",
)
@output_option()
@field_options(FilterConfig)
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never PHOTO.")
def filter(photo: Path, name: str, output: Path, overwrite: bool, **options: Any) -> None:
    """Send PHOTO through a filter."""
    import styleplug
    from styleplug.api import check_output
    from styleplug.results import write_filtered

    config = FilterConfig(**given_options(FilterConfig, options))
    check_output(output, inputs=[photo], overwrite=overwrite)
    picture = read_picture(photo)
    result = styleplug.apply_filter(picture, name, config)
    write_filtered(result, picture, output, overwrite=overwrite)
    click.echo(output, err=True)
