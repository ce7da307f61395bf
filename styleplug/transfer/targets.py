"""What the picture is to become like: features of the photograph, Gram matrices of the paintings.

All of it comes from ONNX Runtime, through `styleplug.vgg.encoder`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.vgg.encoder import Encoder
from styleplug.vgg.tensors import Pixels, as_batch


@dataclass(frozen=True)
class Targets:
    """Of one scale, by layer: `content` features, (1, C, H, W), and `grams`, (C, C); float32."""

    content: dict[str, NDArray[np.float32]]
    grams: dict[str, NDArray[np.float32]]


def compute_targets(
    encoder: Encoder,
    photograph: Pixels,
    paintings: Sequence[Pixels],
    content_layers: Iterable[str],
    style_layers: Iterable[str],
) -> Targets:
    """Targets from pictures of one scale; several paintings count in equal parts."""
    layers = tuple(style_layers)
    grams = [encoder.gram_matrices(as_batch(painting), layers) for painting in paintings]
    return Targets(
        content=encoder.features(as_batch(photograph), tuple(content_layers)),
        grams={
            name: np.mean([g[name] for g in grams], axis=0, dtype=np.float32) for name in layers
        },
    )
