"""What the picture is to become like: features of the photograph, Gram matrices of the paintings.

All of it comes from ONNX Runtime, through `styleplug.vgg.encoder`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from styleplug.image.picture import Picture
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.masks import feature_weights
from styleplug.vgg.tensors import as_batch

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Targets:
    """Of a picture of one `size`, (H, W), by layer: `content` features, (1, C, h, w), and `grams`,
    (C, C); float32.

    Where the photograph is transparent in parts, `alpha`, (H, W) in [0, 1], is its own, and
    `weights`, (h, w) by layer, follow from it (`styleplug.vgg.masks`); the content features are
    already multiplied by them.
    """

    size: tuple[int, int]
    content: dict[str, Array]
    grams: dict[str, Array]
    weights: dict[str, Array] = field(default_factory=dict)
    alpha: Array | None = None


def compute_targets(
    encoder: Encoder,
    photograph: Picture,
    paintings: Sequence[Picture],
    content_layers: Iterable[str],
    style_layers: Iterable[str],
    window: int | None = None,
) -> Targets:
    """Targets from pictures of one scale, without hidden colours (`styleplug.image.transparency`).

    Several paintings count in equal parts. `window` is as in `Encoder.features`.
    """
    layers = tuple(style_layers)
    grams = [
        encoder.gram_matrices(as_batch(painting.pixels), layers, painting.alpha, window)
        for painting in paintings
    ]
    content = encoder.features(as_batch(photograph.pixels), tuple(content_layers), window)
    weights = {}
    if photograph.alpha is not None:
        names = {*content, *layers}
        weights = {name: feature_weights(photograph.alpha, name) for name in names}
        content = {name: features * weights[name] for name, features in content.items()}
    return Targets(
        size=photograph.pixels.shape[:2],
        content=content,
        grams={
            name: np.mean([g[name] for g in grams], axis=0, dtype=np.float32) for name in layers
        },
        weights=weights,
        alpha=photograph.alpha,
    )
