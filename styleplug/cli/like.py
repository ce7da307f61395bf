"""`styleplug stylize --like`: a picture made as another one was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from styleplug.cli.options import given_options
from styleplug.config import StylizeConfig
from styleplug.errors import ConfigError


def recall(
    like: Path, photo: Path, paintings: tuple[Path, ...], options: Mapping[str, Any]
) -> tuple[str, StylizeConfig, tuple[Path, ...]]:
    """The preset, the config and the paintings that a picture was made with.

    Files are looked for beside that picture, beside the photograph, and in the current folder.

    Args:
        like: the picture.
        photo: the photograph to paint.
        paintings: to be used instead, if there are any.
        options: of the command; those that were given are kept.

    Raises:
        ConfigError: the picture has no note of how it was made, or one that won't do here.
        UnreadableImageError: there is no such picture; or a file that it was made with isn't found.
    """
    from styleplug.image.inspect import inspect_picture
    from styleplug.recipe import recipe_in

    source = click.get_current_context().get_parameter_source("preset")
    if source is ParameterSource.COMMANDLINE:
        raise click.UsageError("--preset can't be given with --like, which says all that it says.")
    recipe = recipe_in(inspect_picture(like).metadata.xmp)
    if recipe is None:
        raise ConfigError("like", str(like), "a picture that styleplug made and noted how")
    given = given_options(options)
    folders = (like.parent, photo.parent, Path())
    if recipe.initial and "init" not in given:
        given["init"] = str(recipe.initial.find(folders, "give it with --init"))
    if not paintings:
        paintings = tuple(
            source.find(folders, "give the painting with --style") for source in recipe.paintings
        )
    return recipe.preset, recipe.config(**given), paintings
