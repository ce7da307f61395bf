"""What a filter is trained to make small: errors of a picture in the features of a VGG network.

After Johnson, Alahi and Fei-Fei, "Perceptual Losses for Real-Time Style Transfer", 2016, with the
terms as `styleplug.transfer.losses` has them: squared errors divided by the target's own square.
The style terms are taken at several sizes, for large strokes as well as fine ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from styleplug.filters.paintings import WORKING_SIDE
from styleplug.filters.precision import autocast, quick_type
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted
from styleplug.vgg.mirror import Mirror
from styleplug.vgg.tensors import as_batch

STYLE_LAYERS = tuple(f"relu{block}_1" for block in range(1, 6))
CONTENT_LAYER = "relu4_2"
SIZES = ((1, 0.4), (2, 0.35), (4, 0.25))
"""Divisors of the picture's size, and the weights of the style errors there."""

CONTENT_SIZES = 2
"""The content error is the mean over that many of the sizes."""


class Errors(NamedTuple):
    """Relative errors, (N,) each."""

    style: Tensor
    content: Tensor


class PerceptualLoss:
    """Errors of filtered pictures.

    Args:
        mirror: the VGG network.
        paintings: whose styles are wanted; `checked` ones.
    """

    def __init__(self, mirror: Mirror, paintings: Sequence[Picture]) -> None:
        self.mirror = mirror
        self.type = quick_type(mirror.device)
        self.grams = []
        for divisor, _ in SIZES:
            of_paintings = [
                self._grams(painting, WORKING_SIDE // divisor) for painting in paintings
            ]
            self.grams.append(
                {
                    layer: torch.cat([grams[layer] for grams in of_paintings])
                    for layer in STYLE_LAYERS
                }
            )

    def content(self, photographs: Tensor) -> tuple[Tensor, ...]:
        """What `errors` has to know of photographs, (N, 3, H, W): features by size, (N, …)."""
        with torch.no_grad(), self.autocast():
            return tuple(
                self.mirror(_smaller(photographs, divisor), [CONTENT_LAYER])[
                    CONTENT_LAYER
                ].bfloat16()
                for divisor, _ in SIZES[:CONTENT_SIZES]
            )

    def errors(self, pictures: Tensor, styles: Tensor, content: Sequence[Tensor]) -> Errors:
        """The errors of filtered pictures.

        Args:
            pictures: (N, 3, H, W) in [0, 1], H and W at least 64.
            styles: (N,), whole numbers: each picture's painting.
            content: of the photographs.
        """
        style = content_error = pictures.new_zeros(len(pictures))
        for index, (divisor, weight) in enumerate(SIZES):
            layers = [*STYLE_LAYERS, CONTENT_LAYER] if index < CONTENT_SIZES else STYLE_LAYERS
            with self.autocast():
                features = self.mirror(_smaller(pictures, divisor), layers)
            for layer in STYLE_LAYERS:
                target = self.grams[index][layer][styles]
                error = _relative(gram_matrices(features[layer].float()), target)
                style = style + weight / len(STYLE_LAYERS) * error
            if index < CONTENT_SIZES:
                error = _relative(features[CONTENT_LAYER].float(), content[index].float())
                content_error = content_error + error / CONTENT_SIZES
        return Errors(style, content_error)

    def autocast(self) -> AbstractContextManager[object]:
        """Within it, convolutions are computed in the type that is quick on the device."""
        return autocast(self.mirror.device, self.type)

    @torch.no_grad()
    def _grams(self, painting: Picture, side: int) -> dict[str, Tensor]:
        """Gram matrices of a painting by layer, (1, C, C), its longest side as given."""
        pixels = torch.from_numpy(as_batch(fitted(painting.pixels, side)))
        features = self.mirror(pixels.to(self.mirror.device), STYLE_LAYERS)
        return {layer: gram_matrices(array) for layer, array in features.items()}


def gram_matrices(features: Tensor) -> Tensor:
    """G = F Fᵀ / (C·H·W) of each, (N, C, C), of features (N, C, H, W).

    >>> gram_matrices(torch.ones(1, 2, 3, 5))
    tensor([[[0.5000, 0.5000],
             [0.5000, 0.5000]]])
    """
    rows = features.flatten(2)
    return rows @ rows.transpose(1, 2) / features[0].numel()


def _relative(values: Tensor, targets: Tensor) -> Tensor:
    """Σ(v − t)² / Σt² of each, (N,)."""
    squares = (values - targets).square().flatten(1).sum(1)
    return squares / targets.square().flatten(1).sum(1).clamp_min(1e-12)


def _smaller(pictures: Tensor, divisor: int) -> Tensor:
    return functional.avg_pool2d(pictures, divisor) if divisor > 1 else pictures
