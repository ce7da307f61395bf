"""The objective in tiles: the loss and the gradient of the whole picture, in bounded memory.

The loss depends on features only by sums over all places: the products F Fᵀ that make Gram
matrices, and the squares of content errors. So one pass over the tiles gathers these sums, from
which follow the loss and its derivatives with respect to them; a second pass takes those back to
the pixels, where the gradients of overlapping windows add up. Nothing is approximated: which of a
window's features are right, and count, `styleplug.vgg.tiles` takes care of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.memory import return_freed_memory
from styleplug.transfer.arrays import Array
from styleplug.transfer.balance import Balance
from styleplug.transfer.objective import Evaluation, shares
from styleplug.transfer.reduction import add_back, reduced
from styleplug.transfer.targets import Targets
from styleplug.transfer.variation import Variation
from styleplug.vgg.layers import Architecture
from styleplug.vgg.tiles import Tile, halo, tiles_of


class TileTargets(NamedTuple):
    """What counts of a tile: by layer its `weights`, (h, w); the photograph's weighted features by
    content layer, (1, C, h, w); both are 0 outside the tile's own part."""

    content: dict[str, NDArray[np.floating]]
    weights: dict[str, NDArray[np.floating]]
    style_layers: tuple[str, ...]


@dataclass(frozen=True)
class Sums:
    """Of weighted features, by layer: `products` F Fᵀ, (C, C), and `squares` Σ(F − P)².

    Or the derivatives of the loss with respect to these.
    """

    products: dict[str, NDArray[np.floating]] = field(default_factory=dict)
    squares: dict[str, float] = field(default_factory=dict)

    def add(self, other: Sums) -> None:
        for name, products in other.products.items():
            self.products[name] = self.products.get(name, 0.0) + products.astype(np.float64)
        for name, squares in other.squares.items():
            self.squares[name] = self.squares.get(name, 0.0) + squares


class TilePasses(Protocol):
    """The network on one window, by one engine; `pixels`, (1, 3, h, w), is a part of a picture."""

    architecture: Architecture

    def picture(self, batch: NDArray[np.float32]) -> Array:
        """As in `styleplug.transfer.objective.Objective`."""

    def batch(self, picture: Array) -> NDArray[np.float32]:
        """As in `styleplug.transfer.objective.Objective`."""

    def sums(self, pixels: Array, targets: TileTargets) -> Sums:
        """Of the tile's own features."""

    def gradient(self, pixels: Array, targets: TileTargets, by_sums: Sums) -> Array:
        """With respect to the pixels, from the derivatives with respect to the sums."""

    def rest(self) -> None:
        """Let go of what is kept from tile to tile."""


class _Level(NamedTuple):
    """The picture at one size; its errors count for `share` of all.

    `norms` are by which to divide: for content layers the square of all features of the photograph,
    for style layers that of the painting's Gram matrix.
    """

    targets: Targets
    share: float
    content_norms: dict[str, float]
    style_norms: dict[str, float]


class _Errors(NamedTuple):
    """Of one level, weighted; and their derivatives with respect to its sums."""

    content: float
    style: float
    by_products: dict[str, NDArray[np.floating]]
    by_squares: dict[str, float]

    def by_sums(self, slope: float) -> Sums:
        """The derivatives of the loss, in which the content error counts with this slope."""
        return Sums(
            self.by_products, {name: slope * factor for name, factor in self.by_squares.items()}
        )


class TiledObjective:
    """The objective of `styleplug.transfer.objective`, tile by tile.

    Args:
        passes: of the engine.
        window: the side of the tiles' windows, as `styleplug.vgg.tiles.tiles_of` takes it.
    Other arguments: `styleplug.transfer.objective.MakeObjective`.
    """

    def __init__(
        self,
        passes: TilePasses,
        window: int,
        targets: Sequence[Targets],
        *,
        content_layers: Mapping[str, float],
        style_layers: Mapping[str, float],
        balance: Balance,
        tv_weight: float = 0.0,
    ) -> None:
        self.passes, self.window = passes, window
        self.content_layers, self.style_layers = content_layers, style_layers
        self.balance, self.tv_weight = balance, tv_weight
        self.picture, self.batch = passes.picture, passes.batch
        self._halo = halo(passes.architecture, [*content_layers, *style_layers])
        self._variation = Variation(targets[0].alpha, passes.picture)
        self._levels = [
            _Level(
                level,
                share,
                {name: _square(target, target.size) for name, target in level.content.items()},
                {name: _square(target, 1) for name, target in level.grams.items()},
            )
            for level, share in zip(targets, shares(len(targets)), strict=True)
        ]

    def __call__(self, picture: Array) -> Evaluation:
        smaller = (level.targets.size for level in self._levels[1:])
        pictures = [picture, *(reduced(picture, *size, self.passes.picture) for size in smaller)]
        errors = [
            self._errors(level, self._sums(level, pixels), pixels.shape[2:])
            for level, pixels in zip(self._levels, pictures, strict=True)
        ]
        content, style = (sum(one.content for one in errors), sum(one.style for one in errors))
        slope = self.balance.slope.at(content)
        gradients = [
            self._gradient(level, pixels, one.by_sums(slope))
            for level, pixels, one in zip(self._levels, pictures, errors, strict=True)
        ]
        self.passes.rest()
        return_freed_memory()
        gradient, *by_smaller = gradients
        for one in by_smaller:
            add_back(one, gradient, self.passes.picture)
        variation = self._variation(picture, gradient, self.tv_weight)
        return Evaluation.of(
            self.balance, self.tv_weight, content, style, variation, gradient=gradient
        )

    def _sums(self, level: _Level, picture: Array) -> Sums:
        total = Sums()
        for tile in self._tiles(picture):
            targets = self._tile_targets(level, tile)
            total.add(self.passes.sums(picture[..., *tile.window], targets))
        return total

    def _gradient(self, level: _Level, picture: Array, by_sums: Sums) -> Array:
        gradient = 0 * picture
        for tile in self._tiles(picture):
            targets = self._tile_targets(level, tile)
            gradient[..., *tile.window] += self.passes.gradient(
                picture[..., *tile.window], targets, by_sums
            )
        return gradient

    def _tiles(self, picture: Array) -> Iterator[Tile]:
        height, width = picture.shape[2:]
        # Those of one shape one after another: an engine may have to prepare itself for a shape.
        tiles = tiles_of(height, width, self.window, self._halo)
        yield from sorted(tiles, key=lambda tile: tile.shape)

    def _tile_targets(self, level: _Level, tile: Tile) -> TileTargets:
        targets = level.targets
        weights = {
            name: tile.at(name).only_own(targets.weights.get(name))
            for name in {*self.content_layers, *self.style_layers}
        }
        content = {
            name: tile.at(name).only_own(targets.content[name]) for name in self.content_layers
        }
        return TileTargets(content, weights, tuple(self.style_layers))

    def _errors(self, level: _Level, sums: Sums, size: tuple[int, int]) -> _Errors:
        """The errors of a level whose picture has this size, and how they depend on the sums."""
        content = style = 0.0
        squares: dict[str, float] = {}
        products: dict[str, NDArray[np.floating]] = {}
        for name, weight in self.content_layers.items():
            factor = level.share * weight / level.content_norms[name]
            content += factor * sums.squares[name]
            squares[name] = factor
        for name, weight in self.style_layers.items():
            count = len(sums.products[name]) * Tile.of(*size).at(name).count
            factor = level.share * weight / level.style_norms[name]
            difference = sums.products[name] / count - level.targets.grams[name]
            style += factor * float(np.square(difference).sum())
            products[name] = 2 * self.balance.style_weight * factor / count * difference
        return _Errors(content, style, products, squares)


def _square(target: NDArray[np.floating], count: int) -> float:
    """The sum of squares; as in `styleplug.transfer.losses`, its mean over `count` is above 0."""
    rows = target.reshape(-1, target.shape[-1])
    return max(sum(float(np.dot(row, row)) for row in rows), 1e-12 * count)
