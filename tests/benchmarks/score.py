"""Score finished pictures, whichever program made them: their errors of content and of style.

usage: python tests/benchmarks/score.py PHOTO PAINTING PICTURE [PICTURE ...]
       [--sizes 128,256 | --surface]

The figures in docs/quality.md are by this yardstick, which has nothing in common with what
styleplug minimises but the weights of VGG-16. Every picture is brought to the photograph's shape at
several longest sides (128, 256 and 512 pixels, where all pictures reach so far), so that broad
strokes count as well as fine texture; the painting keeps its own shape. The columns are means over
these sizes:

content  mean square by which relu4_2 differs from the photograph's, over the mean square of that
style    the same of Gram matrices, over the sum of squares of the painting's; the mean over
         relu1_1, relu2_1, relu3_1, relu4_1 and relu5_1

With --surface there is one column instead, of how a picture looks at 100 %: the style error of the
first three of these layers alone, with the picture at its own size and the painting as long as it
(a picture of 12 megapixels takes some 12 GB).

Lower is better. The two errors pull against each other: a picture beats another where it is no
worse in either and better in one, and else they have to be looked at. The first line is that of the
photograph itself.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from styleplug.image.read import read_picture
from styleplug.runtime.models import find_model
from styleplug.vgg.weights import load_weights

SIZES = (128, 256, 512)
CONTENT = "relu4_2"
STYLE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
SURFACE = STYLE[:3]
LEAST = 16
"""A side that a picture has at least, pixels: as often as that the network halves it."""

Errors = tuple[float, float]
"""Of content and style."""


@torch.no_grad()
def errors(
    photo: Path, painting: Path, pictures: Sequence[Path], sizes: Sequence[int]
) -> list[Errors]:
    """Each picture's errors, means over the sizes."""
    found: list[list[Errors]] = [[] for _ in pictures]
    for size in sizes:
        shape = reduced(photo, size)
        content = features(load(photo, shape), [CONTENT])[CONTENT]
        style = features(load(painting, reduced(painting, size)), STYLE)
        for picture, so_far in zip(pictures, found, strict=True):
            own = features(load(picture, shape), [CONTENT, *STYLE])
            so_far.append((relative_error(own.pop(CONTENT), content), style_error(own, style)))
    return [(statistics.fmean(c for c, _ in f), statistics.fmean(s for _, s in f)) for f in found]


@torch.no_grad()
def surface_error(painting: Path, picture: Path) -> float:
    """The style error of a picture at its own size, of what is seen from close by."""
    shape = opened(picture).size
    style = features(load(painting, reduced(painting, max(shape))), SURFACE)
    return style_error(features(load(picture, shape), SURFACE), style)


def usual_sizes(pictures: Iterable[Path]) -> list[int]:
    """Those of `SIZES` that all pictures reach, or else the smallest one's own."""
    reach = min(max(opened(picture).size) for picture in pictures)
    return [size for size in SIZES if size <= reach] or [reach]


def style_error(features: dict[str, Tensor], style: dict[str, Tensor]) -> float:
    """The mean over layers of a picture and of a painting."""
    return statistics.fmean(
        relative_error(gram_matrix(features[name]), gram_matrix(wanted))
        for name, wanted in style.items()
    )


def relative_error(actual: Tensor, wanted: Tensor) -> float:
    return float((actual - wanted).square().sum() / wanted.square().sum())


def gram_matrix(features: Tensor) -> Tensor:
    """G = F Fᵀ / (C·H·W), (C, C), of features (1, C, H, W)."""
    rows = features[0].flatten(1)
    return rows @ rows.T / rows.numel()


def features(pixels: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
    """VGG-16's features (1, C, H, W) in these layers, of pixels (1, 3, H, W), RGB in [0, 1]."""
    mean, convolutions = network()
    current, found = pixels - mean, {}
    for name, (weight, bias) in convolutions.items():
        if name.endswith("_1") and name != "relu1_1":
            current = functional.max_pool2d(current, 2)
        current = functional.relu(functional.conv2d(current, weight, bias, padding=1))
        if name in layers:
            found[name] = current
        if len(found) == len(layers):
            break
    return found


@cache
def network() -> tuple[Tensor, dict[str, tuple[Tensor, Tensor]]]:
    """The mean (3, 1, 1), and each layer's weights and biases."""
    architecture, mean, weights = load_weights(find_model("vgg16"))
    convolutions = {}
    for name, _, _ in architecture.convolutions:
        pair = torch.tensor(weights[f"{name}.weight"]), torch.tensor(weights[f"{name}.bias"])
        convolutions["relu" + name.removeprefix("conv")] = pair
    return torch.tensor(mean).view(3, 1, 1), convolutions


@cache
def opened(path: Path) -> Image.Image:
    """A picture file in sRGB, without transparency."""
    return read_picture(path).to_pil().convert("RGB")


def reduced(path: Path, size: int) -> tuple[int, int]:
    """Width and height of a picture whose longest side is to be `size`."""
    width, height = opened(path).size
    scale = size / max(width, height)
    return max(LEAST, round(width * scale)), max(LEAST, round(height * scale))


def load(path: Path, shape: tuple[int, int]) -> Tensor:
    """A picture of this width and height, (1, 3, H, W), RGB in [0, 1]."""
    resized = opened(path).resize(shape, Image.Resampling.LANCZOS)
    return torch.tensor(np.asarray(resized, np.float32) / 255).permute(2, 0, 1)[None]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photo", type=Path)
    parser.add_argument("painting", type=Path)
    parser.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE")
    parser.add_argument("--sizes", type=lambda text: [int(size) for size in text.split(",")])
    parser.add_argument("--surface", action="store_true")
    args = parser.parse_args()
    pictures = [args.photo, *args.pictures]
    if args.surface:
        print(f"{'':40s}  surface")
        for picture in pictures:
            print(f"{picture.name:40s} {surface_error(args.painting, picture):8.4f}")
        return
    print(f"{'':40s}  content    style")
    scores = errors(args.photo, args.painting, pictures, args.sizes or usual_sizes(args.pictures))
    for picture, (content, style) in zip(pictures, scores, strict=True):
        print(f"{picture.name:40s} {content:8.4f} {style:8.4f}")


if __name__ == "__main__":
    main()
