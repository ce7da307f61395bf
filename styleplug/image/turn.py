"""What became of a picture on the way from its file to the next: turned upright, and resized."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

AXES: Mapping[int, tuple[bool, bool, bool]] = {
    1: (False, False, False),
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, True, False),
    7: (True, True, True),
    8: (True, False, True),
}
"""How an upright picture comes of one stored under each EXIF orientation: whether the axes are
swapped, and whether x and y are reversed then."""


def known_orientation(value: object) -> int:
    """The EXIF orientation that a value is; 1 for what is none."""
    return value if isinstance(value, int) and value in AXES else 1


def composed(first: int, second: int) -> int:
    """The EXIF orientation that comes to the same as one, and another after it."""
    probe = (0.25, 0.125)  # which no two orientations put in one place
    place = _moved(second, *_moved(first, *probe))
    return next(each for each in AXES if _moved(each, *probe) == place)


def _moved(orientation: int, x: float, y: float) -> tuple[float, float]:
    is_swapped, reverses_x, reverses_y = AXES[orientation]
    if is_swapped:
        x, y = y, x
    return (1 - x if reverses_x else x), (1 - y if reverses_y else y)


@dataclass(frozen=True)
class Turn:
    """What became of a stored picture.

    Args:
        orientation: the EXIF orientation, 1 to 8, that was applied.
        before: (width, height) in pixels as it was stored.
        after: (width, height) in pixels, upright, as it is now.
    """

    orientation: int
    before: tuple[int, int]
    after: tuple[int, int]

    @classmethod
    def of(cls, orientation: int, upright: tuple[int, int], after: tuple[int, int]) -> Turn:
        """The turn of a picture by its upright size before it was resized."""
        is_swapped = AXES[orientation][0]
        return cls(orientation, upright[::-1] if is_swapped else upright, after)

    @property
    def upright(self) -> tuple[int, int]:
        """(width, height) in pixels, turned but not yet resized."""
        return self.before[::-1] if AXES[self.orientation][0] else self.before

    @property
    def is_none(self) -> bool:
        """Whether everything is where it was."""
        return self.orientation == 1 and self.before == self.after

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the stored picture is now; both in parts of width and height."""
        return _moved(self.orientation, x, y)

    def extent(self, width: float, height: float) -> tuple[float, float]:
        """A width and a height, in parts of those of the picture."""
        return (height, width) if AXES[self.orientation][0] else (width, height)

    def remaining(self, orientation: int) -> int:
        """How the picture as it is now is to be turned so that it is seen as the stored one would
        be under an orientation, 1 to 8."""
        return next(each for each in AXES if composed(self.orientation, each) == orientation)

    def length(self, pixels: float) -> float:
        """A length in no direction, as a radius, as it is now."""
        (old_width, old_height), (width, height) = self.before, self.after
        return pixels * math.sqrt(width * height / (old_width * old_height))

    def subject(self, numbers: Sequence[int]) -> list[int]:
        """EXIF's SubjectArea or SubjectLocation as it is now (Exif 3.0, section 4.6.6).

        Args:
            numbers: pixels of the stored picture: x and y of a point; or of a centre, and the
                diameter of a circle, or width and height of a rectangle.
        """
        (old_width, old_height), (width, height) = self.before, self.after
        x, y = self.point(numbers[0] / old_width, numbers[1] / old_height)
        found = [x * width, y * height]
        if len(numbers) == 3:
            found.append(self.length(numbers[2]))
        elif len(numbers) == 4:
            across, down = self.extent(numbers[2] / old_width, numbers[3] / old_height)
            found += [across * width, down * height]
        return [max(0, round(number)) for number in found]
