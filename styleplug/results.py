"""What becomes of a job's result: a picture file, with all that the photograph's is to hand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from styleplug.api import check_output, write_image
from styleplug.errors import ImageError, StyleplugError, UnwritableImageError

if TYPE_CHECKING:
    from styleplug.hookspecs import JobResult
    from styleplug.image.picture import Picture
    from styleplug.recipe import FilterRecipe, Recipe


def check_result(
    photo: Path, others: Iterable[Path], output: Path, *, overwrite: bool, strip: bool
) -> None:
    """Make sure, before any work is done, that `write_result` can write a picture.

    Args:
        photo: the photograph.
        others: what else it is made from; none of these files is ever written over.
        output: where the picture goes.
        overwrite: whether existing files may be replaced.
        strip: whether sidecars are left out.

    Raises:
        UnreadableImageError: a sidecar can't be read.
        UnwritableImageError: the place or the format won't do, or is taken.
    """
    from styleplug.image.metadata.sidecar import check_sidecars

    check_output(output, inputs=[photo, *others], overwrite=overwrite)
    if not strip:
        check_sidecars(photo, output, overwrite=overwrite)


def write_result(
    result: JobResult,
    photograph: Picture,
    recipe: Recipe | FilterRecipe,
    output: Path,
    *,
    overwrite: bool,
    strip: bool,
) -> None:
    """Write a job's picture with the photograph's metadata, profile, depth and sidecars, and the
    recipe; with `strip`, without metadata, sidecars and recipe.

    Raises:
        UnreadableImageError, UnwritableImageError: as of `check_result`.
    """
    picture = _finished(result, photograph, recipe, strip)
    write_image(picture, output, overwrite=overwrite)
    if not strip:
        _copy_sidecars(picture, output, overwrite)


def deliver_result(
    result: JobResult,
    photograph: Picture,
    recipe: Recipe | FilterRecipe,
    output: Path,
    *,
    overwrite: bool,
    strip: bool,
) -> tuple[Path, StyleplugError | None]:
    """Write a job's picture as `write_result` does, or wherever there is a place for it.

    Returns:
        Where it is; and what went wrong if it is elsewhere, or without its sidecars.

    Raises:
        UnwritableImageError: there is no place for it.
    """
    from styleplug.image.metadata.blocks import Metadata
    from styleplug.image.write import write_elsewhere

    picture = _finished(result, photograph, recipe, strip)
    try:
        write_image(picture, output, overwrite=overwrite)
    except UnwritableImageError as error:
        place = write_elsewhere(output, partial(write_image, picture))
        if place is None:  # because of what the format holds, perhaps
            plain = picture.with_metadata(Metadata())
            place = write_elsewhere(output.with_suffix(".png"), partial(write_image, plain))
        if place is None:
            raise
        return place, StyleplugError(f"{error}; the picture is {place} now")
    try:
        if not strip:
            _copy_sidecars(picture, output, overwrite)
    except ImageError as error:
        return output, StyleplugError(f"{error}; {output} is written without it")
    return output, None


def _copy_sidecars(picture: Picture, output: Path, overwrite: bool) -> None:
    """Copy those of the photograph that a picture was made from, if it is a file."""
    from styleplug.image.metadata.sidecar import copy_sidecars

    if picture.path:
        copy_sidecars(picture.path, output, picture.turn, overwrite=overwrite)


def _finished(
    result: JobResult, photograph: Picture, recipe: Recipe | FilterRecipe, strip: bool
) -> Picture:
    """A job's picture with what the photograph's has, and the recipe."""
    from styleplug.image.metadata.blocks import Metadata

    metadata = Metadata() if strip else recipe.embed_in(photograph.origin.metadata)
    picture = replace(photograph, pixels=result.image, alpha=result.alpha)
    return picture.with_metadata(metadata)
