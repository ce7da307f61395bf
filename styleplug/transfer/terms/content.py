"""The content term: what the photograph shows.

The squared error of a layer's features, Σ(F − P)² / ΣP²: after Gatys, Ecker and Bethge (2016),
equation 1, divided by the target's own square.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from styleplug.transfer.arrays import Array
from styleplug.transfer.terms.sources import Sources
from styleplug.transfer.terms.term import Kind, Term

_SMALLEST = 1e-12
"""Of the mean of P²; a layer may be dark everywhere, as of a black photograph."""


class ContentTerm(Term):
    """Its target are the photograph's features, (1, C, h, w)."""

    kind: ClassVar[Kind] = "content"

    @classmethod
    def targets(cls, sources: Sources, layers: Iterable[str]) -> Mapping[str, NDArray[np.floating]]:
        return sources.features(sources.photograph, layers)

    @property
    def maps(self) -> Mapping[str, Array]:
        return {"target": self.target}

    @cached_property
    def norm(self) -> float:
        """ΣP²"""
        rows = self.target.reshape(-1, self.target.shape[-1])
        squares = (float(np.dot(row, row)) for row in map(np.float32, rows))
        return max(sum(squares), _SMALLEST * self.target.size)

    def statistic(self, features: Array, maps: Mapping[str, Array]) -> Array:
        """Σ(F − P)²"""
        difference = features - maps["target"]
        return (difference * difference).sum()

    def error(self, statistic: Array) -> tuple[Array, Array]:
        return statistic * (1 / self.norm), 1 / self.norm

    def by_features(self, features: Array, by_statistic: Array, maps: Mapping[str, Array]) -> Array:
        return (features - maps["target"]) * (2 * by_statistic)
