"""`styleplug info`: what a picture file is, and how styleplug made it."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from styleplug.cli.main import echo_json

if TYPE_CHECKING:
    from styleplug.image.inspect import Inspection
    from styleplug.recipe import Recipe


@click.command()
@click.argument("picture", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, sizes of blocks in bytes.")
def info(picture: Path, as_json: bool) -> None:
    """Say what a picture's file holds, and how it was made."""
    from styleplug.image.inspect import inspect_picture
    from styleplug.recipe import recipe_in

    found = inspect_picture(picture)
    recipe = recipe_in(found.metadata.xmp)
    if as_json:
        width, height = found.size
        echo_json(
            path=str(picture),
            format=found.format,
            width=width,
            height=height,
            mode=found.mode,
            profile=found.profile,
            metadata=_sizes(found),
            recipe=recipe and asdict(recipe),
        )
        return
    click.echo(f"{picture}: {found.format}, {found.size[0]}×{found.size[1]} pixels, {found.mode}")
    click.echo(f"colour profile: {found.profile or 'none'}")
    blocks = [f"{name.upper()} ({size} bytes)" for name, size in _sizes(found).items() if size]
    click.echo(f"metadata: {', '.join(blocks) or 'none'}")
    click.echo(_story(recipe) if recipe else "no note of how it was made")


def _sizes(found: Inspection) -> dict[str, int]:
    """The bytes of each block of metadata."""
    blocks = {field.name: getattr(found.metadata, field.name) for field in fields(found.metadata)}
    return {name: len(block or b"") for name, block in blocks.items()}


def _story(recipe: Recipe) -> str:
    """A recipe as lines."""
    lines = [
        f"made by styleplug {recipe.version} in {recipe.seconds:g} s ({recipe.stopped}),"
        f" preset {recipe.preset}, backbone {recipe.backbone}",
        f"photograph: {recipe.photograph.name}  {recipe.photograph.sha256}",
        *(f"painting: {source.name}  {source.sha256}" for source in recipe.paintings),
    ]
    if recipe.initial:
        lines.append(f"begun with: {recipe.initial.name}  {recipe.initial.sha256}")
    return "\n".join(lines + [f"  {name}: {value}" for name, value in recipe.options.items()])
