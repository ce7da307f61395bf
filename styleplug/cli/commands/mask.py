"""`styleplug mask`: a mask of a part of a photograph, to be looked at and changed."""

from __future__ import annotations

from pathlib import Path

import click

from styleplug.cli.ui.options import output_option
from styleplug.cli.ui.terminal import say
from styleplug.errors import UnsupportedImageError
from styleplug.jobs.run import read_picture
from styleplug.parts import Part, missing


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.argument("part", type=click.Choice([str(part) for part in Part]))
@output_option()
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never PHOTO.")
def mask(photo: Path, part: str, output: Path, overwrite: bool) -> None:
    """Find persons or the sky in PHOTO, and write a mask.

    That is a grey picture, white for what belongs to PART: person, also for several; background,
    all but these; or sky. It is what `--mask` and `--region` use when they are given the same word.
    Change it with a paint program, and give them the file.
    """
    from styleplug.api import check_output, find_part, write_image
    from styleplug.image.masks import mask_picture

    check_output(output, inputs=[photo], overwrite=overwrite)
    found = find_part(read_picture(photo), part)
    if found is None:
        raise UnsupportedImageError(photo, missing(Part(part)))
    write_image(mask_picture(found), output, overwrite=overwrite)
    say(output, err=True)
