"""A picture's light and dark apart from its colours."""

from __future__ import annotations

import numpy as np

from styleplug.image.samples import Array

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of R', G' and B' in luma (ITU-R BT.709), sRGB's primaries."""


def luma(pixels: Array) -> Array:
    """Light and dark, (H, W) float32 in [0, 1], of pixels (H, W, 3) float32 in [0, 1], sRGB."""
    values: Array = pixels @ _LUMA
    return values


def recoloured(painted: Array, photograph: Array) -> Array:
    """A painting's light and dark in a photograph's colours.

    After Gatys, Bethge, Hertzmann and Shechtman 2016, "Preserving Color in Neural Artistic Style
    Transfer", section 3.2: the luminance is the painting's, the differences between the channels
    are the photograph's.

    Args:
        painted: (H, W, 3) float32 in [0, 1], sRGB.
        photograph: (H, W, 3) likewise.

    Returns:
        (H, W, 3) float32, clipped to [0, 1].
    """
    change = luma(painted) - luma(photograph)
    return (photograph + change[..., np.newaxis]).clip(0, 1)
