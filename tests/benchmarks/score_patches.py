"""Score finished pictures by a second yardstick, without Gram matrices: by their smallest parts.

usage: python tests/benchmarks/score_patches.py PHOTO PAINTING PICTURE [PICTURE ...]
       [--sizes 256,512]

After STROTSS (Kolkin, Salavon and Shakhnarovich, "Style Transfer by Relaxed Optimal Transport and
Self-Similarity", 2019). Pictures have the photograph's shape at each size, the painting its own at
the same longest side. What is compared are the points of a grid, each the mean of 4 × 4 pixels or
so: a point's vector are VGG-16's relu1_2, relu2_2, relu3_3 and relu4_3 there, each layer divided by
the root of its number of channels and of its mean square. Columns, means over the sizes:

unlike     how far the picture is from anything in the painting: the mean of its points' cosine
           distances to the nearest point of the painting, both less the painting's mean
missing    how much of the painting isn't there: the same the other way round (4 in the paper)
colour     unlike and missing, added, of the points' plain colours and their Euclidean distance
structure  how much of the photograph's likeness with itself is lost: of the cosine distances
           between a thousand of its own points, each column over its sum, the mean absolute
           difference from the picture's, times the number of points (7 in the paper)

Lower is better. What is made of the painting's own patches comes near 0 in `unlike`, and the
photograph, which the first line is, has 0 in `structure`: compare pictures of about the same
`structure`, and then look at them.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from score import features, load, reduced
from torch import Tensor
from torch.nn import functional

SIZES = (256, 512)
LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")
COLUMNS = ("unlike", "missing", "colour", "structure")
REDUCTION = 4
"""Pixels a point, across and down."""
POINTS = 1024
"""For `structure`, whose matrices are as large as that squared."""
ROWS = 1024
"""Points that are compared at a time, so that memory holds it."""


@dataclass(frozen=True)
class Grid:
    """A picture's points: the features of each layer, (N, C), and the colours, (N, 3)."""

    layers: list[Tensor]
    colours: Tensor

    @property
    def scales(self) -> list[Tensor]:
        """The root mean square of each layer."""
        return [layer.square().mean().sqrt() for layer in self.layers]

    def vectors(self, scales: list[Tensor]) -> Tensor:
        """The points' vectors, (N, C), of layers divided by these scales."""
        return torch.cat(
            [
                layer / (scale * layer.shape[1] ** 0.5)
                for layer, scale in zip(self.layers, scales, strict=True)
            ],
            dim=1,
        )


def grid(path: Path, shape: tuple[int, int]) -> Grid:
    """The points of a picture of this width and height."""
    pixels = load(path, shape)
    to = [max(4, side // REDUCTION) for side in pixels.shape[2:]]
    layers = [
        functional.interpolate(layer, to, mode="bilinear", antialias=True)
        for layer in features(pixels, LAYERS).values()
    ]
    colours = functional.interpolate(pixels, to, mode="area")
    return Grid([points(layer) for layer in layers], points(colours))


def points(array: Tensor) -> Tensor:
    """(1, C, H, W) as (H·W, C)."""
    return array[0].flatten(1).T


@torch.no_grad()
def scores(
    photo: Path, painting: Path, pictures: Sequence[Path], sizes: Sequence[int]
) -> list[list[float]]:
    """Each picture's columns, means over the sizes."""
    found: list[list[list[float]]] = [[] for _ in pictures]
    generator = torch.Generator().manual_seed(0)
    for size in sizes:
        shape = reduced(photo, size)
        of_photo, of_painting = grid(photo, shape), grid(painting, reduced(painting, size))
        chosen = torch.randperm(len(of_photo.colours), generator=generator)[:POINTS]
        for picture, so_far in zip(pictures, found, strict=True):
            own = grid(picture, shape)
            lost = (likeness(own, chosen) - likeness(of_photo, chosen)).abs().mean() * len(chosen)
            so_far.append([*distances(own, of_painting), float(lost)])
    return [[statistics.fmean(column) for column in zip(*f, strict=True)] for f in found]


def distances(picture: Grid, painting: Grid) -> tuple[float, float, float]:
    """What is unlike, what is missing, and the same of colours."""
    scales = painting.scales
    mean = painting.vectors(scales).mean(0)
    own, style = (
        functional.normalize(one.vectors(scales) - mean, dim=1) for one in (picture, painting)
    )
    colours = to_nearest(torch.cdist, picture.colours, painting.colours)
    colours += to_nearest(torch.cdist, painting.colours, picture.colours)
    return to_nearest(cosine, own, style), to_nearest(cosine, style, own), colours


def to_nearest(distance: Callable[[Tensor, Tensor], Tensor], rows: Tensor, others: Tensor) -> float:
    """The mean over rows of the distance to the nearest other."""
    nearest = [distance(part, others).amin(1) for part in rows.split(ROWS)]
    return float(torch.cat(nearest).mean())


def cosine(rows: Tensor, others: Tensor) -> Tensor:
    """The cosine distances of all pairs of rows whose length is 1."""
    return 1 - rows @ others.T


def likeness(grid: Grid, chosen: Tensor) -> Tensor:
    """The cosine distances between chosen points, each column over its sum."""
    rows = functional.normalize(grid.vectors(grid.scales)[chosen], dim=1)
    found = cosine(rows, rows).clamp_min(0)
    return found / found.sum(0).clamp_min(1e-9)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photo", type=Path)
    parser.add_argument("painting", type=Path)
    parser.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE")
    parser.add_argument(
        "--sizes", type=lambda text: [int(size) for size in text.split(",")], default=SIZES
    )
    args = parser.parse_args()
    pictures = [args.photo, *args.pictures]
    print(f"{'':40s}" + "".join(f"{column:>10s}" for column in COLUMNS))
    rows = scores(args.photo, args.painting, pictures, args.sizes)
    for picture, row in zip(pictures, rows, strict=True):
        print(f"{picture.name:40s}" + "".join(f"{value:10.4f}" for value in row))


if __name__ == "__main__":
    main()
