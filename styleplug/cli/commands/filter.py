"""`styleplug filter`: one picture, filtered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from styleplug.cli.ui.options import field_options, given_options, output_option, strip_option
from styleplug.cli.ui.terminal import say
from styleplug.config import FilterConfig
from styleplug.reading import read_picture


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
@field_options(FilterConfig)
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never PHOTO.")
@strip_option
def filter(
    photo: Path, name: str, output: Path, overwrite: bool, strip: bool, **options: Any
) -> None:
    """Send PHOTO through a filter."""
    import styleplug
    from styleplug.recipe import FilterRecipe
    from styleplug.results import check_result, deliver_result

    config = FilterConfig(**given_options(FilterConfig, options))
    check_result(photo, (), output, overwrite=overwrite, strip=strip)
    photograph = read_picture(photo)
    recipe = FilterRecipe.planned(name, config, photo)
    result = styleplug.apply_filter(photograph, name, config)
    place, problem = deliver_result(
        result, photograph, recipe, output, overwrite=overwrite, strip=strip
    )
    say(f"{place}  (on {result.device})" if result.device else place, err=True)
    if problem:
        raise problem
