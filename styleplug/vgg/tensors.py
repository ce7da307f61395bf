"""Pictures as the network takes them, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
"""A picture, (H, W, 3) float32, sRGB in [0, 1]."""


def as_batch(pixels: Pixels) -> NDArray[np.float32]:
    """(H, W, 3) → (1, 3, H, W), contiguous."""
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])


def as_pixels(batch: NDArray[np.float32]) -> Pixels:
    """(1, 3, H, W) → (H, W, 3), contiguous."""
    return np.ascontiguousarray(batch[0].transpose(1, 2, 0))
