"""The content term: what the photograph shows.

The squared error of a layer's features, Σ(F − P)² / ΣP²: after Gatys, Ecker and Bethge (2016),
equation 1, divided by the target's own square.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from styleplug.transfer.arrays import Array
from styleplug.transfer.terms.sources import Sources
from styleplug.transfer.terms.target import Target
from styleplug.transfer.terms.term import Kind, Term

_SMALLEST = 1e-12
"""Of the mean of P²; a layer may be dark everywhere, as of a black photograph."""


class ContentTerm(Term):
    """Its target are the photograph's features, (1, C, h, w)."""

    kind: ClassVar[Kind] = "content"

    @classmethod
    def targets(cls, sources: Sources, layers: Iterable[str]) -> Sequence[Target]:
        found = sources.features(sources.photograph, layers)
        return [Target(layer, features) for layer, features in found.items()]

    @property
    def maps(self) -> Mapping[str, Array]:
        return {"target": self.target}

    @cached_property
    def norm(self) -> float:
        """What the squared error is divided by."""
        return max(self._norm(), _SMALLEST * self.target.size)

    def _norm(self) -> float:
        """ΣP²"""
        return sum_of_squares(self.target)

    def statistic(self, features: Array, maps: Mapping[str, Array]) -> Array:
        """Σ(F − P)²"""
        difference = features - maps["target"]
        return (difference * difference).sum()

    def error(self, statistic: Array) -> tuple[Array, Array]:
        return statistic * (1 / self.norm), 1 / self.norm

    def by_features(self, features: Array, by_statistic: Array, maps: Mapping[str, Array]) -> Array:
        return (features - maps["target"]) * (2 * by_statistic)


def sum_of_squares(features: NDArray[np.floating]) -> float:
    """Σ F², row by row, which takes no memory."""
    rows = features.reshape(-1, features.shape[-1])
    return sum(float(np.dot(row, row)) for row in map(np.float32, rows))
