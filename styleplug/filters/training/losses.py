"""What a filter is trained to make small: errors of a picture in the features of a VGG network.

After Johnson, Alahi and Fei-Fei, "Perceptual Losses for Real-Time Style Transfer", 2016, with the
terms as `styleplug.transfer.loss` has them: squared errors divided by the target's own square.
All are taken at several sizes, for large strokes as well as fine ones. Beside them stands an error
of the palette, without which a style may settle on colours that the painting hasn't got.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from styleplug.filters.training.paintings import WORKING_SIDE
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.precision import autocast, quick_type
from styleplug.vgg.tensors import as_batch

STYLE_LAYERS = tuple(f"relu{block}_1" for block in range(1, 6))
CONTENT_LAYER = "relu4_2"
DIVISORS = (1, 2, 4)
"""A picture is seen at its size over each of these; its errors are the means over them."""

WINDOW = 128
"""Side in pixels of what is seen of a picture in full, which would cost most of the time: a network
needs large pictures, since its statistics are theirs, and the loss needs few pixels."""

LARGEST_PALETTE_ERROR = 8.0
"""The error is no larger, or a painting of hardly any colours would outweigh everything else."""

LEAST = 1e-12
"""What is divided by, at least."""

Corner = tuple[int, int]
"""Top and left of a picture's window."""


class FilterErrors(NamedTuple):
    """Relative errors, (N,) each."""

    style: Tensor
    content: Tensor
    palette: Tensor


class PerceptualLoss:
    """The errors of filtered pictures.

    Args:
        mirror: the VGG network.
        paintings: whose styles are wanted; `checked` ones.
    """

    def __init__(self, mirror: TorchVGG, paintings: Sequence[Picture]) -> None:
        self.mirror = mirror
        self.type = quick_type(mirror.device)
        self.grams = []
        for divisor in DIVISORS:
            of_paintings = [self._grams(self._pixels(one, divisor)) for one in paintings]
            self.grams.append(
                {
                    layer: torch.cat([grams[layer] for grams in of_paintings])
                    for layer in STYLE_LAYERS
                }
            )
        palettes = [palette(self._pixels(painting, DIVISORS[-1])) for painting in paintings]
        self.means, self.covariances = map(torch.cat, zip(*palettes, strict=True))

    def content(self, photographs: Tensor, corners: Sequence[Corner]) -> tuple[Tensor, ...]:
        """What `errors` has to know of photographs, (N, 3, H, W): features by size, (N, …)."""
        with torch.no_grad(), self.autocast():
            return tuple(
                self.mirror(view, [CONTENT_LAYER])[CONTENT_LAYER].bfloat16()
                for view in views(photographs, corners)
            )

    def errors(
        self,
        pictures: Tensor,
        styles: Tensor,
        content: Sequence[Tensor],
        corners: Sequence[Corner],
    ) -> FilterErrors:
        """The errors of filtered pictures.

        Args:
            pictures: (N, 3, H, W) in [0, 1], H and W at least 64.
            styles: (N,), whole numbers: each picture's painting.
            content: of the photographs.
            corners: of the windows, the photographs' own.
        """
        style = content_error = pictures.new_zeros(len(pictures))
        for view, grams, wanted in zip(views(pictures, corners), self.grams, content, strict=True):
            with self.autocast():
                features = self.mirror(view, [*STYLE_LAYERS, CONTENT_LAYER])
            for layer in STYLE_LAYERS:
                error = _relative(gram_matrices(features[layer].float()), grams[layer][styles])
                style = style + error / len(STYLE_LAYERS)
            content_error = content_error + _relative(
                features[CONTENT_LAYER].float(), wanted.float()
            )
        return FilterErrors(
            style / len(DIVISORS), content_error / len(DIVISORS), self._palette(pictures, styles)
        )

    def autocast(self) -> AbstractContextManager[object]:
        """A context in which convolutions are computed in the type that is quick on the device."""
        return autocast(self.mirror.device, self.type)

    def _palette(self, pictures: Tensor, styles: Tensor) -> Tensor:
        """How far the pictures' colours are from the paintings', in the paintings' own spread."""
        means, covariances = palette(_smaller(pictures, DIVISORS[-1]))
        wanted = self.covariances[styles]
        spread = wanted.diagonal(dim1=1, dim2=2).sum(1).clamp_min(LEAST)
        shift = (means - self.means[styles]).square().sum(1) / spread
        return (shift + _relative(covariances, wanted)).clamp_max(LARGEST_PALETTE_ERROR)

    def _pixels(self, painting: Picture, divisor: int) -> Tensor:
        """A painting as (1, 3, H, W), its longest side `WORKING_SIDE` through the divisor."""
        pixels = as_batch(fitted(painting.pixels, WORKING_SIDE // divisor))
        return torch.from_numpy(pixels).to(self.mirror.device)

    @torch.no_grad()
    def _grams(self, pixels: Tensor) -> dict[str, Tensor]:
        """Gram matrices of a painting by layer, (1, C, C)."""
        features = self.mirror(pixels, STYLE_LAYERS)
        return {layer: gram_matrices(array) for layer, array in features.items()}


def views(pictures: Tensor, corners: Sequence[Corner]) -> Iterator[Tensor]:
    """What is seen of pictures, (N, 3, H, W): their windows, and then the whole of them, smaller.

    >>> [tuple(view.shape) for view in views(torch.zeros(2, 3, 256, 200), [(0, 0), (9, 72)])]
    [(2, 3, 128, 128), (2, 3, 128, 100), (2, 3, 64, 50)]
    """
    yield torch.stack(
        [
            picture[:, top : top + WINDOW, left : left + WINDOW]
            for picture, (top, left) in zip(pictures, corners, strict=True)
        ]
    )
    for divisor in DIVISORS[1:]:
        yield _smaller(pictures, divisor)


def palette(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Means, (N, 3), and covariances, (N, 3, 3), of the colours of pictures (N, 3, H, W).

    >>> means, covariances = palette(torch.tensor([[[[0.0, 1.0]], [[1.0, 1.0]], [[1.0, 0.0]]]]))
    >>> means
    tensor([[0.5000, 1.0000, 0.5000]])
    >>> covariances[0, 0]
    tensor([ 0.2500,  0.0000, -0.2500])
    """
    rows = pictures.flatten(2)
    means = rows.mean(2)
    rows = rows - means[..., None]
    return means, rows @ rows.transpose(1, 2) / rows.shape[2]


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
    return squares / targets.square().flatten(1).sum(1).clamp_min(LEAST)


def _smaller(pictures: Tensor, divisor: int) -> Tensor:
    return functional.avg_pool2d(pictures, divisor)
