"""The job that a command's options ask for, or that made another picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from styleplug.cli.ui.options import config_from, given_options
from styleplug.cli.ui.paintings import filter_of, filter_option, paintings_of
from styleplug.config import FilterConfig, StylizeConfig
from styleplug.errors import ConfigError
from styleplug.filter_region import FilterRegion
from styleplug.jobs.job import FilterJob, PictureJob, StylizeJob
from styleplug.jobs.provenance import SourceFile
from styleplug.jobs.variations import Recipe, varied
from styleplug.painting import Painting
from styleplug.parts import Part, with_image

if TYPE_CHECKING:
    from styleplug.jobs.provenance import StylizeProvenance

_FILTER_OPTIONS = ", ".join(f"--{option.replace('_', '-')}" for option in FilterConfig.options())

either_filter_option = filter_option(
    required=False, more=f". Of a painting's options it takes {_FILTER_OPTIONS}."
)
"""`--filter` of a command that has `--style` as well, for `either_job`."""


def filter_job(
    filter: str | tuple[FilterRegion[Path], ...],
    options: Mapping[str, Any],
    *,
    strip: bool,
    mask: Path | Part | None = None,
) -> FilterJob:
    """A filter, or several in regions, with the options that were given.

    Raises:
        ConfigError: an option is outside its range.
    """
    config = FilterConfig(**given_options(FilterConfig, options))
    return FilterJob(filter, config, strip=strip, mask=mask)


def stylize_job(
    paintings: Sequence[Painting[Path]],
    like: Path | None,
    folders: Sequence[Path],
    options: Mapping[str, Any],
    *,
    strip: bool,
    mask: Path | Part | None = None,
    pick: int | None = None,
) -> StylizeJob:
    """A painting as the options have it; with `like`, as that picture was painted, but for the
    paintings, the mask and the options that are given.

    Args:
        paintings: files, or names of styles, and what each is for.
        like: a picture that styleplug painted. The files that it was made with are looked for
            beside it, in the `folders`, in the current one, and among the styles.
        options: of the command.
        pick: of `like`, a sheet of variations, the number of the one to paint.

    Raises:
        ConfigError: an option is outside its range; `pick` is needed, or names none; or `like` has
            no note of how it was made, or one that won't do here.
        UnreadableImageError: a painting is neither a file nor a style; there is no such picture as
            `like`; or a file that it was made with isn't found.
    """
    from styleplug.styles import painting_file

    given = tuple(replace(one, image=painting_file(one.image)) for one in paintings)
    if like is None:
        config = config_from(options)
        return StylizeJob(given, config, options["preset"], strip=strip, mask=mask)

    from styleplug.styles import list_styles

    made = provenance_of(like)
    changes = given_options(StylizeConfig, options)
    places = (like.parent, *folders, Path(), *(style.path.parent for style in list_styles()))
    for name, file in made.files.items():
        if file and name not in changes:
            changes[name] = str(file.find(places, f"give it with --{name}"))
    given = given or tuple(
        one.with_images(partial(SourceFile.find, folders=places, remedy=_remedy(one)))
        for one in made.paintings
    )
    if made.mask and not mask:
        find = partial(SourceFile.find, folders=places, remedy="give it with --mask")
        mask = with_image(made.mask, find)
    job = StylizeJob(given, made.config(**changes), made.preset, like, strip=strip, mask=mask)
    if not made.variations:
        if pick is not None:
            raise ConfigError("pick", pick, f"left out, for {like} is no sheet of variations")
        return job
    if pick is None:
        allowed = f"given with --pick 1 to {len(made.variations)}, for it is a sheet of variations"
        raise ConfigError("like", str(like), allowed)
    recipe = picked(made.variations, pick)
    return varied(job, {name: text for name, text in recipe.items() if name not in changes})


def picked(recipes: Sequence[Recipe], pick: int) -> Recipe:
    """The recipe of this number, counted from 1.

    Raises:
        ConfigError: there is none.
    """
    if not 1 <= pick <= len(recipes):
        raise ConfigError("pick", pick, f"from 1 to {len(recipes)}, the number of a variation")
    return recipes[pick - 1]


def either_job(
    filters: Sequence[FilterRegion[Path]],
    like: Path | None,
    options: dict[str, Any],
    *,
    strip: bool,
    mask: Path | Part | None,
) -> PictureJob:
    """What a command that has `--filter` as well as `--style` is to do to each of its pictures.

    Args:
        options: of the command, from which its paintings are taken.

    Raises:
        ConfigError, UnreadableImageError: as of `filter_job` and `stylize_job`.
    """
    paintings = paintings_of(options)
    if not filters:
        if not paintings and not like:
            raise click.UsageError("Missing option '--style', '--region', '--like' or '--filter'.")
        return stylize_job(paintings, like, [], options, strip=strip, mask=mask)
    of_paintings = given_options(StylizeConfig, options).keys() - FilterConfig.options().keys()
    if paintings or like or is_preset_given() or of_paintings:
        raise click.UsageError(f"'--filter' takes no options of a painting but {_FILTER_OPTIONS}.")
    return filter_job(filter_of(filters), options, strip=strip, mask=mask)


def _remedy(painting: Painting[SourceFile]) -> str:
    """What to do where a painting, or a mask of it, isn't found."""
    if painting.region is None:
        return "give the painting with --style"
    return "give the regions with --region, or with --region-map"


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
