"""Pixels at another size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def resized(pixels: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Pixels or alpha at another size, by an antialiased Lanczos filter.

    Args:
        pixels: (H, W, C) or (H, W) float32 in [0, 1].
        height: of the result, at least 1.
        width: of the result, at least 1.

    Returns:
        (height, width, C) or (height, width) float32; the filter's overshoot is clipped to [0, 1].
    """
    if pixels.ndim == 3:
        channels = (pixels[..., channel] for channel in range(pixels.shape[2]))
        return np.stack([resized(channel, height, width) for channel in channels], axis=2)
    image = Image.fromarray(np.ascontiguousarray(pixels, dtype=np.float32))
    values = np.asarray(image.resize((width, height), Image.Resampling.LANCZOS), dtype=np.float32)
    return values.clip(0, 1)


def fitted_size(width: int, height: int, longest: int) -> tuple[int, int]:
    """(height, width) of a picture whose longest side becomes `longest`, smaller or larger.

    The aspect is kept but for the rounding to whole pixels; no side is less than 1.
    """
    side = max(width, height)
    return (
        max(1, (height * longest + side // 2) // side),
        max(1, (width * longest + side // 2) // side),
    )


def fitted(pixels: NDArray[np.float32], longest: int) -> NDArray[np.float32]:
    """Pixels or alpha, (H, W, C) or (H, W) float32 in [0, 1], with the longest side as given."""
    height, width = pixels.shape[:2]
    return resized(pixels, *fitted_size(width, height, longest))
