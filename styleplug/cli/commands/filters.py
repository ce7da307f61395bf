"""`styleplug filters`: the filters there are, and those that you add."""

from __future__ import annotations

from pathlib import Path

import click

from styleplug.cli.ui.options import name_option, path_option
from styleplug.cli.ui.output import check_output as check_file
from styleplug.cli.ui.terminal import say, say_json
from styleplug.filters.ranges import RANGES

_OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace your filter of this name.")
_RANGES = click.Choice(list(RANGES))


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@path_option(
    "--sheet",
    "photo",
    metavar="PHOTO",
    help="Send PHOTO through every filter, and draw what becomes of it on one sheet.",
)
@path_option("-o", "--output", help="Where to write that.")
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never PHOTO.")
@click.pass_context
def filters(
    context: click.Context, as_json: bool, photo: Path | None, output: Path | None, overwrite: bool
) -> None:
    """List the filters; add, pass on or remove your own."""
    if (photo is None) != (output is None):
        raise click.UsageError("--sheet and --output belong together.")
    if context.invoked_subcommand is not None:
        return
    if photo and output:
        _draw_sheet(photo, output, overwrite)
    else:
        _list(as_json)


def _list(as_json: bool) -> None:
    from dataclasses import asdict

    import styleplug

    found = styleplug.list_filters()
    if as_json:
        say_json([asdict(filter) for filter in found])
        return
    width = max((len(filter.name) for filter in found), default=0)
    for filter in found:
        say(f"{filter.name:{width}}  {filter.description}  ({filter.source})")
    if not found:
        say("There are none.", err=True)


def _draw_sheet(photo: Path, output: Path, overwrite: bool) -> None:
    import styleplug
    from styleplug.api import check_output
    from styleplug.cli.ui.sheet import sheet
    from styleplug.jobs.run import read_picture

    check_output(output, inputs=[photo], overwrite=overwrite)
    drawn = sheet(read_picture(photo), styleplug.list_filters())
    styleplug.write_image(drawn, output, overwrite=overwrite)
    say(output, err=True)


@filters.command(short_help="Write a style, or a blend of styles, to a file to pass on.")
@click.argument("name")
@path_option("-o", "--output", required=True, help="Where to write it: .safetensors")
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
def export(name: str, output: Path, overwrite: bool) -> None:
    """Write the style NAME, or a blend such as starry-night:0.6,the-wave:0.4, to FILE."""
    from styleplug.filters.collection import find_style
    from styleplug.filters.style import SUFFIX, write_style

    check_file(output, SUFFIX, overwrite=overwrite)
    write_style(find_style(name), output)
    say(output, err=True)


@filters.command("import", short_help="Add a style from a file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--name",
    metavar="NAME",
    help="Lower-case letters, digits and hyphens. [default: the name that it was given]",
)
@_OVERWRITE
def import_(file: Path, name: str | None, overwrite: bool) -> None:
    """Add the style in FILE, which `filters export` or `learn` wrote, to your filters."""
    from styleplug.filters.collection import import_style

    style = import_style(file, name, overwrite=overwrite)
    say(f"{style.name}  {style.description}")


@filters.command(short_help="Add a feed-forward network of others.")
@click.argument("model", type=click.Path(path_type=Path))
@name_option
@click.option(
    "--input-range", type=_RANGES, required=True, help="What black and white are to the model."
)
@click.option(
    "--output-range", type=_RANGES, help="What they are in its picture. [default: the same]"
)
@_OVERWRITE
def add(
    model: Path, name: str, input_range: str, output_range: str | None, overwrite: bool
) -> None:
    """Add the ONNX file MODEL, which takes a picture and gives one, to your filters.

    Whether channels come first or last, and whether its size is fixed, is read from the file; then
    a picture is tried.
    """
    from styleplug.filters.collection import add_external
    from styleplug.filters.external import ExternalFilterSpec

    spec = ExternalFilterSpec(f"from {model.name}", input_range, output_range or input_range)
    add_external(model, name, spec, overwrite=overwrite)
    say(f"{name}  {spec.description}")


@filters.command(short_help="Remove a filter of yours.")
@click.argument("name")
def remove(name: str) -> None:
    """Remove the filter NAME, which you learned, imported or added."""
    from styleplug.filters.collection import remove_filter

    remove_filter(name)
    say(f"{name} removed")
