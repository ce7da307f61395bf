"""The loss that a transfer lowers.

It is the weighted sum of content error, style error and total variation:

loss = balance.penalty(content) + balance.style_weight · style + tv_weight · total variation

After Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks", 2016
(https://doi.org/10.1109/CVPR.2016.265). The two errors are means of terms (`terms/`), one for each
layer, by weights that sum to 1. The squared errors are each divided by the target's own square, so
that a weight means the same for every layer, network, painting and size. The total variation is
that of `styleplug.transfer.variation`.

Targets may come for several levels, the picture and then the picture at smaller sizes
(`styleplug.transfer.reduction`), with errors that are means over them (`level_weights`). The
smaller ones keep the strokes of the scales before in the picture, while finer ones are laid over
them.

Where the targets have an alpha, all terms count what is seen as much as it is seen. Hidden pixels
count in none, but are free to change: the network looks across the edge of what is seen, and is to
see the painting go on there. Frozen, they left a rim, and a third more style error.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from styleplug.transfer.arrays import Array
from styleplug.transfer.balance import Balance
from styleplug.transfer.targets import Targets
from styleplug.transfer.terms.term import Kind, Term, Window
from styleplug.vgg.tiles import Tile

COARSE_WEIGHT = 3 / 7
"""Weight of the errors at each smaller size, relative to that of the errors at full size."""


def level_weights(levels: int) -> tuple[float, ...]:
    """The weight of each level's errors, the full size first; they sum to 1."""
    weights = [1.0] + [COARSE_WEIGHT] * (levels - 1)
    return tuple(weight / sum(weights) for weight in weights)


@dataclass(frozen=True)
class Evaluation:
    """The loss, its terms before weighting, the content error's weight in force, the gradient.

    The gradient is that of the loss, shaped as the picture.
    """

    loss: float
    content_error: float
    style_error: float
    total_variation: float
    content_weight: float
    gradient: Array

    def is_finite(self) -> bool:
        """Whether solvers can go on from here; they square the gradient."""
        with np.errstate(over="ignore", invalid="ignore"):
            square = float((self.gradient * self.gradient).sum())
        return math.isfinite(self.loss) and math.isfinite(square)


class Errors(NamedTuple):
    """Content and style error, and the derivative of each term's share of its error with respect
    to its statistic, by level and term."""

    content: Array
    style: Array
    by_statistics: list[list[Array]]


@dataclass(frozen=True)
class Level:
    """The picture at one size, (H, W).

    Args:
        terms: its terms, and how much each counts for its error.
        weights: by layer, how much its features count (`styleplug.vgg.masks`), (h, w); empty for
            an opaque picture.
    """

    size: tuple[int, int]
    terms: Mapping[Term, float]
    weights: Mapping[str, Array]

    def whole(self) -> Window:
        """All of it."""
        return Window(tuple(self.terms), self.weights, [term.maps_and_guide for term in self.terms])

    def window(self, tile: Tile) -> Window:
        """What the tile's window sees, in which only the tile's own features count."""
        maps = [
            {
                name: tile.at(term.layer).only_own(array)
                for name, array in term.maps_and_guide.items()
            }
            for term in self.terms
        ]
        layers = {term.layer for term in self.terms}
        weights = {name: tile.at(name).only_own(self.weights.get(name)) for name in layers}
        return Window(tuple(self.terms), weights, maps)


class Loss:
    """The loss of one scale's pictures; see the module's text.

    Args:
        targets: of the picture, and then perhaps of the picture at smaller sizes.
        content_layers, style_layers: weights by layer, each summing to 1.
        balance: how content counts against style.
        tv_weight: of the total variation.
    """

    def __init__(
        self,
        targets: Sequence[Targets],
        *,
        content_layers: Mapping[str, float],
        style_layers: Mapping[str, float],
        balance: Balance,
        tv_weight: float = 0.0,
    ) -> None:
        self.balance, self.tv_weight = balance, tv_weight
        self.alpha = targets[0].alpha
        self.layers = tuple(dict.fromkeys([*content_layers, *style_layers]))
        layers: dict[Kind, Mapping[str, float]] = {
            "content": content_layers,
            "style": style_layers,
        }
        self.levels = [
            Level(
                level.size,
                {term: share * weight for term, weight in _terms(level, layers)},
                level.weights,
            )
            for level, share in zip(targets, level_weights(len(targets)), strict=True)
        ]

    def errors(self, statistics: Sequence[Sequence[Array]]) -> Errors:
        """From the statistics of whole pictures, by level and term."""
        errors: dict[Kind, list[Array]] = {"content": [], "style": []}
        by_statistics = []
        for level, found in zip(self.levels, statistics, strict=True):
            by_level = []
            for (term, weight), statistic in zip(level.terms.items(), found, strict=True):
                error, by_statistic = term.error(statistic)
                errors[term.kind].append(weight * error)
                by_level.append(weight * by_statistic)
            by_statistics.append(by_level)
        return Errors(sum(errors["content"]), sum(errors["style"]), by_statistics)

    def by_statistics(self, errors: Errors, content_weight: Array) -> list[list[Array]]:
        """The derivatives of the loss, in which the content error counts with this weight."""
        weights: dict[Kind, Array] = {
            "content": content_weight,
            "style": self.balance.style_weight,
        }
        return [
            [by * weights[term.kind] for term, by in zip(level.terms, found, strict=True)]
            for level, found in zip(self.levels, errors.by_statistics, strict=True)
        ]

    def evaluation(
        self, content: float, style: float, variation: float, gradient: Array, change: float = 0.0
    ) -> Evaluation:
        """The loss of these errors, of which `gradient` is the whole loss's.

        `change` is what a video's frame adds to it (`styleplug.transfer.steadiness`).
        """
        penalty, slope = self.balance.penalty(content)
        loss = penalty + self.balance.style_weight * style + self.tv_weight * variation + change
        return Evaluation(loss, content, style, variation, slope, gradient)


def _terms(
    targets: Targets, layers: Mapping[Kind, Mapping[str, float]]
) -> Iterator[tuple[Term, float]]:
    """The terms of a level, with their weights."""
    whole = Tile.of(*targets.size)
    of_a_kind: dict[Kind, float] = {"content": 0.0, "style": 0.0}
    for term in targets.by_term:
        of_a_kind[term.kind] += term.weight
    for term, of_term in targets.by_term.items():
        for layer, values, share, guide in of_term:
            weight = layers[term.kind].get(layer, 1.0) * share
            weight *= term.weight / of_a_kind[term.kind]
            yield term(layer, values, whole.at(layer).shape, guide), weight
