"""A filter, and where in a picture it acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from styleplug.parts import Part, images_of, with_image

Image = TypeVar("Image")
Other = TypeVar("Other")


@dataclass(frozen=True)
class FilterRegion(Generic[Image]):
    """A filter, and where in a picture it acts.

    Args:
        filter: its name, or a blend's.
        region: a mask of whatever kind the function takes that it is for, grey, white for where the
            filter acts, or a part that is found in the picture, such as `Part.SKY`; None for what
            the regions of other filters leave.
    """

    filter: str
    region: Image | Part | None = None

    @property
    def images(self) -> tuple[Image, ...]:
        """The mask, if there is one."""
        return images_of(self.region)

    def with_images(self, function: Callable[[Image], Other]) -> FilterRegion[Other]:
        """The same with what a function makes of the mask."""
        return replace(cast(Any, self), region=with_image(self.region, function))


def in_regions(
    filter: str | tuple[FilterRegion[Image], ...], function: Callable[[Image], Other]
) -> str | tuple[FilterRegion[Other], ...]:
    """A filter, or several in regions, with what a function makes of their masks."""
    if isinstance(filter, str):
        return filter
    return tuple(region.with_images(function) for region in filter)
