"""A picture through the filter network: any size, in bounded memory, without seams."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from styleplug.events import Progress
from styleplug.filters.style import FilterStyle
from styleplug.filters.weights import FilterWeights

Array = NDArray[np.float32]


def filtered(
    image: Array,
    style: FilterStyle,
    weights: FilterWeights,
    *,
    alpha: Array | None = None,
    stroke_scale: float = 1.0,
    device: str = "auto",
    on_progress: Callable[[Progress], None] = lambda progress: None,
    cancel: threading.Event | None = None,
) -> Array:
    """A picture in a style of the network.

    Args:
        image: (H, W, 3) float32, sRGB in [0, 1], of any size.
        style: one of these weights, or a `mix` of several.
        weights: those of the network.
        alpha: (H, W) float32 in [0, 1]; the colours of its hidden pixels have no influence.
        stroke_scale: the size of strokes; at 1 those of the painting at 512 pixels come as large
            in a picture of 512 pixels, and in larger pictures in proportion.
        device: where to compute, as `StylizeConfig.device`.
        on_progress: told after each tile.
        cancel: ends the work before the next tile.

    Returns:
        (H, W, 3) float32, sRGB in [0, 1].

    Raises:
        FilterError: the style is of another network.
        ConfigError, MissingDependencyError: the device isn't there.
        Cancelled: there is no picture.
    """
    raise NotImplementedError
