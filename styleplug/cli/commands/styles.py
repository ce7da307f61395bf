"""`styleplug styles`: the collection of paintings that go by a name."""

from __future__ import annotations

from pathlib import Path

import click

from styleplug.cli.ui.options import name_option
from styleplug.cli.ui.terminal import say, say_json


@click.group()
def styles() -> None:
    """List the paintings that go by a name; add or remove your own."""


@styles.command(short_help="Copy a painting into your collection.")
@click.argument("painting", type=click.Path(path_type=Path))
@name_option
@click.option("--title", metavar="TEXT", help="A line for dialogs. [default: the name's words]")
@click.option("--overwrite", is_flag=True, help="Replace a style of this name.")
def add(painting: Path, name: str, title: str | None, overwrite: bool) -> None:
    """Copy PAINTING into your collection, for every --style and every host to know it by NAME."""
    from styleplug.styles import add_style

    style = add_style(painting, name, title, overwrite)
    say(f"{style.name}  {style.title}  {style.path}")


@styles.command("list", short_help="List all styles, your own and the bundled ones.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_all(as_json: bool) -> None:
    """List all styles, your own and those that come with styleplug."""
    from dataclasses import asdict

    from styleplug.styles import list_styles

    found = list_styles()
    if as_json:
        say_json([asdict(style) for style in found])
        return
    width = max(len(style.name) for style in found)
    for style in found:
        origin = "bundled" if style.bundled else str(style.path)
        say(f"{style.name:{width}}  {style.title}  ({origin})")


@styles.command(short_help="Remove a painting from your collection.")
@click.argument("name")
def remove(name: str) -> None:
    """Remove the style NAME from your collection."""
    from styleplug.styles import remove_style

    remove_style(name)
    say(f"{name} removed")
