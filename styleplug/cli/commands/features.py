"""`styleplug features`: a network's features of a picture, as a NumPy file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from styleplug.cli.ui.options import option_type, path_option
from styleplug.cli.ui.output import check_output, write_output
from styleplug.cli.ui.terminal import say
from styleplug.config import StylizeConfig
from styleplug.options import split_list


def _option(name: str) -> Callable[..., Any]:
    """The option as `styleplug stylize` has it."""
    option = StylizeConfig.options()[name]
    return click.option(
        f"--{name}",
        type=option_type(option),
        metavar=option.metavar,
        default=option.default,
        help=option.help,
    )


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@path_option(
    "-o",
    "--output",
    required=True,
    metavar="FILE.npz",
    help="Where to write the features: an array (1, C, H, W), float32, for each layer.",
)
@click.option(
    "--layers",
    metavar="NAMES",
    default="relu4_2",
    help="The layers, separated by commas.",
)
@click.option(
    "--size",
    type=click.IntRange(16, 16384),
    metavar="N",
    help="Longest side to bring PHOTO to, in pixels; without it, PHOTO as it is.",
)
@_option("backbone")
@_option("pooling")
@_option("device")
@click.option("--overwrite", is_flag=True, help="Replace FILE.npz if it exists.")
def features(
    photo: Path,
    output: Path,
    layers: str,
    size: int | None,
    backbone: str,
    pooling: str,
    device: str,
    overwrite: bool,
) -> None:
    """Extract a network's features of PHOTO."""
    import io

    import numpy as np

    import styleplug

    check_output(output, ".npz", source=photo, overwrite=overwrite)
    arrays: dict[str, Any] = dict(
        styleplug.extract_features(
            photo, split_list(layers), size=size, backbone=backbone, pooling=pooling, device=device
        )
    )
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    write_output(output, buffer.getvalue())
    for name, array in arrays.items():
        say(f"{name}  {'x'.join(map(str, array.shape))}", err=True)
