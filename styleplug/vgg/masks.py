"""Features counted by how much of them is seen, where a picture is transparent in parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from styleplug.image.resize import averaged
from styleplug.vgg.layers import block_of

Array = NDArray[np.float32]


def feature_weights(alpha: Array, layer: str) -> Array:
    """What to multiply a layer's features by, so that each counts as much as it is seen.

    With m the alpha averaged over the pixels that a feature stands for, the weights are
    r = √(m / mean(m)). They make weighted means of the plain formulas: with rF in the place of F,
    the Gram matrix F Fᵀ / (C·H·W) is Σ m f fᵀ / (C · Σ m) over the features f at each place, and
    mean((F − P)²) / mean(P²) is Σ m (F − P)² / Σ m P².

    Args:
        alpha: (H, W) float32 in [0, 1] of the picture that the network is fed with, above 0
            somewhere.
        layer: a name such as "relu4_2".

    Returns:
        (h, w) float32, of the size of the layer's features; the mean of their squares is 1.
    """
    seen = averaged(alpha, *(side >> (block_of(layer) - 1) for side in alpha.shape))
    weights: Array = np.sqrt(seen / seen.mean())
    return weights
