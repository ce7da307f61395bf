"""What each filter is given and gives, be it a style of the network or a model of others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import Cancelled
from styleplug.events import Progress
from styleplug.hookspecs import FilterResult
from styleplug.image.transparency import filled, has_visible_pixels

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FilterInput:
    """A picture, and how it is to be filtered.

    Args:
        image: (H, W, 3) float32, sRGB in [0, 1], of any size.
        alpha: (H, W) float32 in [0, 1]; the colours of hidden pixels have no influence.
        stroke_scale: the size of strokes; at 1 it is as in a painting as long as the picture, in
            pictures of the filter's working size or more.
        device: where to compute, as `StylizeConfig.device`.
        on_progress: called after each step of a work that has several.
        cancel: ends the work soon.
    """

    image: Array
    alpha: Array | None = None
    stroke_scale: float = 1.0
    device: str = "auto"
    on_progress: Callable[[Progress], None] = lambda progress: None
    cancel: threading.Event = field(default_factory=threading.Event)

    @property
    def visible_image(self) -> Array:
        """The picture, with what is hidden filled from what isn't."""
        if self.alpha is None or not has_visible_pixels(self.alpha):
            return self.image
        return filled(self.image, self.alpha)


FilterFunction = Callable[[FilterInput], FilterResult]
"""Filters a picture, and names the device.

Raises:
    ConfigError, MissingDependencyError: the device isn't there.
    Cancelled: there is no picture.
"""


def check_cancelled(cancel: threading.Event) -> None:
    """End the work where that is wished.

    Raises:
        Cancelled: it is.
    """
    if cancel.is_set():
        raise Cancelled
