"""The fine detail of a photograph, given back to a painting that was made at a smaller size."""

from __future__ import annotations

import numpy as np

from styleplug.image.luma import luma
from styleplug.image.resize import lanczos, resized
from styleplug.image.samples import Array


def enlarged(painted: Array, photograph: Array, detail: float) -> Array:
    """A painting brought up to its photograph's size, with the photograph's fine detail added.

    Fine is what lies above the Nyquist frequency of the painting's size, which the painting can't
    hold. Both are in sRGB's coded values, as the eye sees them; the same amount is added to each
    channel, so that the colours' differences stay those of the painting.

    Args:
        painted: (h, w, 3) float32 in [0, 1], sRGB.
        photograph: (H, W, 3) likewise.
        detail: how much of it to add, 0 to 1.

    Returns:
        (H, W, 3) float32, clipped to [0, 1].
    """
    image = resized(painted, *photograph.shape[:2])
    if detail:
        fine = fine_luma(photograph, *painted.shape[:2])
        image = (image + np.float32(detail) * fine[..., np.newaxis]).clip(0, 1)
    return image


def fine_luma(photograph: Array, height: int, width: int) -> Array:
    """What a photograph's luma loses on the way to a smaller size and back, (H, W) float32."""
    whole = luma(photograph)
    return whole - lanczos(lanczos(whole, height, width), *whole.shape)
