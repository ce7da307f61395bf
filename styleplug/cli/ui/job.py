"""What `styleplug stylize` is to do: what its options say, or what was done to another picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from styleplug.cli.ui.options import config_from, given_options
from styleplug.config import INITS, StylizeConfig
from styleplug.errors import ConfigError


@dataclass(frozen=True)
class Job:
    """How to paint a photograph: the preset that the config began with, the paintings' files, and
    the picture that all of it was taken from, if there is one."""

    preset: str
    config: StylizeConfig
    paintings: tuple[Path, ...]
    like: Path | None = None

    @property
    def inputs(self) -> list[Path]:
        """All files that are read for it, besides the photograph."""
        init = [] if self.config.init in INITS else [Path(self.config.init)]
        return [*self.paintings, *init, *([self.like] if self.like else [])]


def job_from_options(paintings: Sequence[Path], options: Mapping[str, Any]) -> Job:
    """What a command's options say.

    Args:
        paintings: files, or names of styles.
        options: of the command.

    Raises:
        ConfigError: an option is outside its range.
        UnreadableImageError: a painting is neither a file nor a style.
    """
    from styleplug.styles import painting_file

    files = tuple(painting_file(painting) for painting in paintings)
    return Job(options["preset"], config_from(options), files)


def job_from_recipe(
    like: Path, photo: Path, paintings: Sequence[Path], options: Mapping[str, Any]
) -> Job:
    """What was done to a picture, but for the paintings and options that are given.

    Files are looked for beside that picture, beside the photograph, in the current folder, and
    among the styles.

    Args:
        like: the picture.
        photo: the photograph to paint.
        paintings: files, or names of styles, to be used instead, if there are any.
        options: of the command.

    Raises:
        ConfigError: the picture has no note of how it was made, or one that won't do here.
        UnreadableImageError: there is no such picture; or a file that it was made with isn't found.
    """
    from styleplug.image.inspect import inspect_picture
    from styleplug.recipe import Recipe, recipe_in
    from styleplug.styles import list_styles, painting_file

    source = click.get_current_context().get_parameter_source("preset")
    if source is ParameterSource.COMMANDLINE:
        raise click.UsageError("--preset can't be given with --like, which says all that it says.")
    recipe = recipe_in(inspect_picture(like).metadata.xmp)
    if not isinstance(recipe, Recipe):
        raise ConfigError("like", str(like), "a picture that styleplug painted and noted how")
    given = given_options(StylizeConfig, options)
    folders = (like.parent, photo.parent, Path(), *(style.path.parent for style in list_styles()))
    if recipe.initial and recipe.starts_from_file and "init" not in given:
        given["init"] = str(recipe.initial.find(folders, "give it with --init"))
    files = [painting_file(painting) for painting in paintings] or [
        source.find(folders, "give the painting with --style") for source in recipe.paintings
    ]
    return Job(recipe.preset, recipe.config(**given), tuple(files), like)
