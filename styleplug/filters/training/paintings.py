"""Paintings to learn: what makes one fit, and its tensors at the sizes that the loss looks at."""

from __future__ import annotations

from styleplug.errors import UnsupportedImageError
from styleplug.image.picture import Picture
from styleplug.image.transparency import fill_hidden

WORKING_SIDE = 512
"""Longest side of a painting whose strokes are learned as large as they are; a filter gives such
strokes to a photograph of this size."""

SHORTEST_SIDE = 128
"""Pixels that the shorter side of a painting has at least, and has at `WORKING_SIDE` as well."""


def checked(painting: Picture) -> Picture:
    """The painting, ready to be learned.

    Raises:
        UnsupportedImageError: it is too small or too narrow, or it is transparent in parts.
    """
    shortest, longest = sorted(painting.size)
    if shortest < SHORTEST_SIDE or shortest * WORKING_SIDE < SHORTEST_SIDE * longest:
        raise UnsupportedImageError(
            painting.path,
            f"{painting.size[0]} × {painting.size[1]} pixels are too few to learn strokes from; use"
            f" a picture of at least {SHORTEST_SIDE} pixels a side, no more than"
            f" {WORKING_SIDE // SHORTEST_SIDE} times as long as wide",
        )
    painting = fill_hidden(painting)
    if painting.alpha is not None:
        raise UnsupportedImageError(
            painting.path, "it is transparent in parts; cut out, or fill in, what is to be learned"
        )
    return painting
