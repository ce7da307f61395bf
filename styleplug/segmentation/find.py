"""A part of a photograph, as a mask with the photograph's edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from styleplug.image.resize import resized
from styleplug.parts import Part
from styleplug.segmentation.person import person_share
from styleplug.segmentation.refine import refined, working_size
from styleplug.segmentation.sky import sky_share

Array = NDArray[np.float32]

_FINDERS: Mapping[Part, Callable[[Array], Array | None]] = {
    Part.PERSON: person_share,
    Part.BACKGROUND: person_share,
    Part.SKY: sky_share,
}
"""What finds a part, or for the background that which it is behind of."""


def find_part(part: Part, pixels: Array) -> Array | None:
    """Where a part of a photograph is, with soft edges.

    Args:
        pixels: (H, W, 3) float32, sRGB in [0, 1].

    Returns:
        (H, W) float32 in [0, 1]; None where there is no such part. Where nobody is found, all is
        background.

    Raises:
        ModelError: the network that finds persons is missing or damaged.
        MissingDependencyError: ONNX Runtime isn't installed.
    """
    share = _FINDERS[part](pixels)
    if share is not None:
        share = refined(resized(share, *working_size(pixels)), pixels)
    if part is not Part.BACKGROUND:
        return share
    return np.ones(pixels.shape[:2], np.float32) if share is None else 1 - share
