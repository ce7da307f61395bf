"""The style term: the painting's textures.

The squared error of a layer's Gram matrix, Σ(G − A)² / ΣA² with G = F Fᵀ / (C·H·W): after Gatys,
Ecker and Bethge (2016), equations 3 to 5, divided by the target's own square. Where the photograph
has several regions, each has its own: the guided Gram matrices of Gatys et al. (2017), section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

import numpy as np

from styleplug.transfer.arrays import Array
from styleplug.transfer.terms.sources import Sources
from styleplug.transfer.terms.target import Target
from styleplug.transfer.terms.term import Kind, Term

_SMALLEST = 1e-12
"""Of ΣA²; a layer may be dark everywhere, as of a black painting."""


class StyleTerm(Term):
    """Its target is a painting's Gram matrix, (C, C), or the weighted mean of several."""

    kind: ClassVar[Kind] = "style"

    @classmethod
    def targets(cls, sources: Sources, layers: Iterable[str]) -> Sequence[Target]:
        return sources.means_of_paintings(sources.gram_matrices, layers)

    @property
    def count(self) -> int:
        """C·H·W of the whole picture's features."""
        return len(self.target) * self.size[0] * self.size[1]

    @cached_property
    def norm(self) -> float:
        """ΣA²"""
        return max(float(np.square(self.target).sum()), _SMALLEST)

    def statistic(self, features: Array, maps: Mapping[str, Array]) -> Array:
        """F Fᵀ, (C, C), of features as rows."""
        rows = _rows(features)
        return rows @ rows.T

    def error(self, statistic: Array) -> tuple[Array, Array]:
        difference = statistic * (1 / self.count) - self.target
        error = (difference * difference).sum() * (1 / self.norm)
        return error, difference * (2 / (self.count * self.norm))

    def by_features(self, features: Array, by_statistic: Array, maps: Mapping[str, Array]) -> Array:
        # As the statistic is symmetric, so is the derivative with respect to it.
        return ((2 * by_statistic) @ _rows(features)).reshape(features.shape)


def _rows(features: Array) -> Array:
    return features.reshape((features.shape[1], -1))
