"""The filter network, in PyTorch, for training.

One network for all styles by conditional instance normalisation (Dumoulin, Shlens and Kudlur,
"A Learned Representation for Artistic Style", 2017, eq. 5): a style is a scale and a shift for each
normalised channel, and nothing else. From the network of Johnson, Alahi and Fei-Fei, "Perceptual
Losses for Real-Time Style Transfer", 2016, it departs in four ways:

- It works at an eighth of the picture's size, with a path from each earlier size to the later one
  beside it, so that strokes can be large while edges stay crisp.
- Padding is by reflection where that is cheap: around the picture itself, and at an eighth of its
  size. The convolutions between pad with zeros, which lets a runtime keep its blocked layout; what
  the zeros reach is cut away. A network that can tell where the border is paints a frame there.
- It enlarges by linear interpolation before a convolution. To repeat pixels, as Odena, Dumoulin and
  Olah have it ("Deconvolution and Checkerboard Artifacts", 2016), keeps flat areas flat, but makes
  steps of what rises softly: they showed as a grid in skies and faces.
- It also sees the *local contrast*: the brightness relative to its surroundings, over their
  contrast. A convolution's answer to a flat sky is flat; the local contrast lets strokes grow
  there out of the little that the sky has, and they move along with it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from styleplug.filters.architecture import (
    BLOCKS,
    EIGHTH,
    EPSILON,
    HALF,
    INNER_MARGIN,
    LOCAL_CONTRAST_FLOOR,
    LOCAL_CONTRAST_WINDOW,
    LUMA,
    MARGIN,
    NORMALISED,
    QUARTER,
    STRIDE,
    STYLE_SIZE,
)


class FilterNetwork(nn.Module):
    """Pictures in the manner of paintings; styles are passed along with them."""

    def __init__(self) -> None:
        super().__init__()
        self.encode_half = nn.Conv2d(3, HALF, 5, stride=2, padding=2, bias=False)
        self.encode_quarter = nn.Conv2d(HALF, QUARTER, 3, stride=2, padding=1, bias=False)
        self.encode_eighth = nn.Conv2d(QUARTER, EIGHTH, 3, stride=2, padding=1, bias=False)
        self.encode_relief = nn.Conv2d(1, EIGHTH, 3, stride=2, padding=1, bias=False)
        self.blocks = nn.ModuleList(
            nn.Conv2d(EIGHTH, EIGHTH, 3, padding=1, padding_mode="reflect", bias=False)
            for _ in range(2 * BLOCKS)
        )
        self.decode_quarter = nn.Conv2d(
            EIGHTH, QUARTER, 3, padding=1, padding_mode="replicate", bias=False
        )
        self.decode_half = nn.Conv2d(QUARTER, HALF, 3, padding=1, bias=False)
        self.decode_picture = nn.Conv2d(HALF, 3, 3, padding=1)

    def forward(self, image: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        """Filtered pictures.

        Args:
            image: (N, 3, H, W), RGB in [0, 1]; H and W more than `MARGIN` + 8.
            scale: (N, STYLE_SIZE), of each normalised channel.
            shift: (N, STYLE_SIZE).

        Returns:
            (N, 3, H, W), RGB in [0, 1].
        """
        scales = iter(torch.split(scale[..., None, None], list(NORMALISED), 1))
        shifts = iter(torch.split(shift[..., None, None], list(NORMALISED), 1))

        def normalise(features: Tensor) -> Tensor:
            return next(scales) * _instance_norm(features) + next(shifts)

        height, width = image.shape[2:]
        padded = _reflected(image)
        half = normalise(self.encode_half(padded)).relu()
        quarter = normalise(self.encode_quarter(half)).relu()
        eighth = normalise(
            self.encode_eighth(quarter) + self.encode_relief(local_contrast(padded))
        ).relu()
        current = _cut(eighth, 8)
        for first, second in zip(self.blocks[::2], self.blocks[1::2], strict=True):
            current = current + normalise(second(normalise(first(current)).relu()))
        current = normalise(self.decode_quarter(_twice(current))).relu() + _cut(quarter, 4)
        current = normalise(self.decode_half(_twice(current))).relu() + _cut(half, 2)
        result: Tensor = self.decode_picture(_twice(current)).sigmoid()
        return result[
            ..., INNER_MARGIN : INNER_MARGIN + height, INNER_MARGIN : INNER_MARGIN + width
        ]


def local_contrast(image: Tensor) -> Tensor:
    """Brightness relative to its surroundings, over their contrast, at a quarter of the size.

    Takes (N, 3, H, W) with sides that are multiples of 4, RGB in [0, 1]; gives (N, 1, H/4, W/4).
    """
    weights = image.new_tensor(LUMA).view(1, 3, 1, 1).expand(1, 3, 4, 4) / 16
    luma = functional.conv2d(image, weights, stride=4)
    centred = luma - _surroundings(luma)
    return centred / (_surroundings(centred.square()) + LOCAL_CONTRAST_FLOOR**2).sqrt()


def _surroundings(values: Tensor) -> Tensor:
    padding = LOCAL_CONTRAST_WINDOW // 2
    return functional.avg_pool2d(values, LOCAL_CONTRAST_WINDOW, 1, padding, count_include_pad=False)


def _instance_norm(features: Tensor) -> Tensor:
    return functional.instance_norm(features, eps=EPSILON)


def _reflected(image: Tensor) -> Tensor:
    height, width = image.shape[2:]
    right, bottom = MARGIN + -width % STRIDE, MARGIN + -height % STRIDE
    padded: Tensor = functional.pad(image, (MARGIN, right, MARGIN, bottom), mode="reflect")
    return padded


def _cut(features: Tensor, stride: int) -> Tensor:
    """Features without what lies beyond the inner margin, at a stride-th of the picture's size."""
    border = (MARGIN - INNER_MARGIN) // stride
    return features[..., border:-border, border:-border]


def _twice(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=2, mode="bilinear")


def new_styles(count: int) -> nn.ParameterDict:
    """Scales of 1 and shifts of 0, (count, STYLE_SIZE), for styles that are yet to be trained."""
    return nn.ParameterDict(
        {
            "scale": nn.Parameter(torch.ones(count, STYLE_SIZE)),
            "shift": nn.Parameter(torch.zeros(count, STYLE_SIZE)),
        }
    )
