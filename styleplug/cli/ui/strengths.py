"""`--strengths`: one run, and a picture for each of several strengths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from styleplug.cli.ui.options import parsed_by
from styleplug.cli.ui.pipes import PIPE
from styleplug.config import StylizeConfig
from styleplug.options import split_list

_ALONE = {
    "strength": "'--strengths' says which there are; leave '--strength' out.",
    "checkpoint": "A run for several strengths can't be checkpointed; leave '--checkpoint' out.",
    "resume": "A run that goes on is for one strength; leave '--strengths' out.",
    "compare": "'--compare' shows one picture, and '--strengths' gives several; leave one out.",
}
"""What isn't given beside it, by the command's parameter."""


def parse_strengths(text: str) -> tuple[float, ...]:
    """The strengths of a list such as `0.25,0.5`, the strongest first.

    Raises:
        ValueError: one is no number, or out of range; it names the range.
    """
    kind = StylizeConfig.options()["strength"]
    found = {kind.checked(kind.parse(each)) for each in split_list(text)}
    if not found:
        raise ValueError(f"{text!r} has no numbers in it, such as 0.25,0.5,0.75")
    return tuple(sorted(found, reverse=True))


strengths_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--strengths",
    type=parsed_by(parse_strengths),
    metavar="X,Y,...",
    help="Paint a picture for each of these strengths in one run, quicker than one after another;"
    " of -o out.png they become out-0.25.png and so on. [0 to 1]",
)


def check_strengths_alone(given: Mapping[str, Any]) -> None:
    """Make sure that nothing is given beside `--strengths` that is for one picture.

    Args:
        given: the command's parameters.

    Raises:
        click.UsageError: something is.
    """
    if not given["strengths"]:
        return
    for name, message in _ALONE.items():
        if given[name] is not None:
            raise click.UsageError(message)
    if given["output"] == PIPE:
        raise click.UsageError("'--strengths' gives several pictures; write to a file, not to '-'.")


def place_of(output: Path, strength: float) -> Path:
    """Where the picture of one of several strengths is written.

    >>> place_of(Path("out.png"), 0.25).name
    'out-0.25.png'
    """
    return output.with_stem(f"{output.stem}-{strength:g}")
