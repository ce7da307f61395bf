"""The job that a command's options ask for, or that made another picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from styleplug.cli.ui.options import config_from, given_options
from styleplug.config import FilterConfig, StylizeConfig
from styleplug.errors import ConfigError
from styleplug.jobs.job import FilterJob, StylizeJob

if TYPE_CHECKING:
    from styleplug.jobs.provenance import StylizeProvenance


def filter_job(name: str, options: Mapping[str, Any], *, strip: bool) -> FilterJob:
    """A filter of this name, with the options that were given.

    Raises:
        ConfigError: an option is outside its range.
    """
    return FilterJob(name, FilterConfig(**given_options(FilterConfig, options)), strip=strip)


def stylize_job(
    paintings: Sequence[Path],
    like: Path | None,
    folders: Sequence[Path],
    options: Mapping[str, Any],
    *,
    strip: bool,
) -> StylizeJob:
    """A painting as the options have it; with `like`, as that picture was painted, but for the
    paintings and options that are given.

    Args:
        paintings: files, or names of styles.
        like: a picture that styleplug painted. The files that it was made with are looked for
            beside it, in the `folders`, in the current one, and among the styles.
        options: of the command.

    Raises:
        ConfigError: an option is outside its range; or `like` has no note of how it was made, or
            one that won't do here.
        UnreadableImageError: a painting is neither a file nor a style; there is no such picture as
            `like`; or a file that it was made with isn't found.
    """
    from styleplug.styles import painting_file

    files = [painting_file(painting) for painting in paintings]
    if like is None:
        return StylizeJob(tuple(files), config_from(options), options["preset"], strip=strip)

    from styleplug.styles import list_styles

    made = provenance_of(like)
    given = given_options(StylizeConfig, options)
    places = (like.parent, *folders, Path(), *(style.path.parent for style in list_styles()))
    for name, file in made.files.items():
        if file and name not in given:
            given[name] = str(file.find(places, f"give it with --{name}"))
    files = files or [
        source.find(places, "give the painting with --style") for source in made.paintings
    ]
    return StylizeJob(tuple(files), made.config(**given), made.preset, like, strip=strip)


def provenance_of(like: Path) -> StylizeProvenance:
    """How the picture that the current command's `--like` names was painted.

    Raises:
        ConfigError: it has no note of that.
        UnreadableImageError: there is no such picture.
    """
    from styleplug.image.inspect import inspect_picture
    from styleplug.jobs.provenance import StylizeProvenance, provenance_in

    if is_preset_given():
        raise click.UsageError("--preset can't be given with --like, which says all that it says.")
    made = provenance_in(inspect_picture(like).metadata.xmp)
    if not isinstance(made, StylizeProvenance):
        raise ConfigError("like", str(like), "a picture that styleplug painted and noted how")
    return made


def is_preset_given() -> bool:
    """Whether the current command's line has a preset."""
    source = click.get_current_context().get_parameter_source("preset")
    return source is ParameterSource.COMMANDLINE
