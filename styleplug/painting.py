"""A painting, and what it is for: how much it counts, at which depth, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from styleplug.errors import ConfigError
from styleplug.options import Choice, Number
from styleplug.parts import Part, images_of, with_image

Image = TypeVar("Image")
Other = TypeVar("Other")

WEIGHT = Number(
    1.0,
    "How much the painting counts among those that are mixed with it.",
    0,
    name="weight",
)
DEPTH = Choice(
    "all",
    "What to take of the painting: fine, its brush and canvas; coarse, its shapes; or all.",
    ("all", "fine", "coarse"),
    name="depth",
)
CROP = Choice(
    "all",
    "Which part of the painting to learn from: its left, right, top or bottom, its center, or all.",
    ("all", "left", "right", "top", "bottom", "center"),
    name="crop",
)


@dataclass(frozen=True)
class Painting(Generic[Image]):
    """A painting, and what it is for.

    Pictures are of whatever kind the function takes that the painting is for: files, arrays, PIL
    images. Masks are grey: what is white counts, what is black or transparent doesn't, and grey in
    part; one of another size is scaled.

    Args:
        image: the painting, or the name of one in the collection.
        weight: how much it counts among the paintings of its region, 0 or more.
        depth: "fine" for its brush and canvas alone, "coarse" for its shapes, or "all".
        region: a mask, of the photograph, of where to paint in its manner, or a part that is found
            in it, such as `Part.SKY`; None for what the regions of other paintings leave.
        mask: a mask of the painting itself, of what to learn from it; None for all of it.
        by_color: `region` and `mask` are colour maps instead, in which equal colours correspond.
        crop: the part of it to learn from: "left", "right", "top", "bottom", "center", or "all".
            Its strokes keep their size.

    Raises:
        ConfigError: a weight, a depth or a part that can't be, or a colour map without another.
    """

    image: Image
    weight: float = 1.0
    depth: str = "all"
    region: Image | Part | None = None
    mask: Image | None = None
    by_color: bool = False
    crop: str = "all"

    def __post_init__(self) -> None:
        WEIGHT.checked(self.weight)
        DEPTH.checked(self.depth)
        CROP.checked(self.crop)
        if self.by_color and len(self.images) < 3:
            raise ConfigError(
                "by_color", True, "two colour maps: one of the photograph, one of the painting"
            )

    @property
    def images(self) -> tuple[Image, ...]:
        """All pictures: the painting, then the masks that it has."""
        return (self.image, *images_of(self.region, self.mask))

    def with_images(self, function: Callable[[Image], Other]) -> Painting[Other]:
        """The painting with what a function makes of each of `images`, in their order."""
        return replace(
            cast(Any, self),
            image=function(self.image),
            region=with_image(self.region, function),
            mask=None if self.mask is None else function(self.mask),
        )
