"""Parts of a photograph that are found in it, in the place of a mask that somebody has drawn."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

Image = TypeVar("Image")
Other = TypeVar("Other")


class Part(StrEnum):
    """A part of a photograph that goes by a name, and is looked for in each."""

    PERSON = "person"
    BACKGROUND = "background"
    SKY = "sky"


def path_or_part(text: str | os.PathLike[str]) -> Path | Part:
    """The part of this name, or else the path; a file or a folder of the name comes first.

    >>> path_or_part("sky"), path_or_part("sky.png").name
    (<Part.SKY: 'sky'>, 'sky.png')
    """
    name = os.fspath(text)
    if name in list(Part) and not os.path.lexists(name):
        return Part(name)
    return Path(name)


def missing(part: Part) -> str:
    """What there is to say of a photograph in which a part isn't found."""
    return f"{'nobody' if part is Part.PERSON else f'no {part}'} is found in it"


def with_image(
    place: Image | Part | None, function: Callable[[Image], Other]
) -> Other | Part | None:
    """What a function makes of the mask that a place is; other places stay as they are."""
    return place if place is None or isinstance(place, Part) else function(place)


def images_of(*places: Image | Part | None) -> tuple[Image, ...]:
    """The masks among places."""
    return tuple(place for place in places if not (place is None or isinstance(place, Part)))
