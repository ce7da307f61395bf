"""A term of the loss that styleplug doesn't have: what a new one takes is this file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from styleplug.transfer.terms.sources import Sources
from styleplug.transfer.terms.target import Target
from styleplug.transfer.terms.term import Kind, Term


class MeanTerm(Term):
    """Its target are the means of the painting's features, (C, 1)."""

    kind: ClassVar[Kind] = "style"

    @classmethod
    def targets(cls, sources: Sources, layers: Iterable[str]) -> Sequence[Target]:
        return sources.means_of_paintings(
            lambda painting, names: {
                layer: features.mean(axis=(0, 2, 3))[:, np.newaxis]
                for layer, features in sources.features(painting, names).items()
            },
            layers,
        )

    @property
    def maps(self) -> Mapping[str, Any]:
        return {"ones": np.ones(self.size, self.target.dtype)}

    def statistic(self, features: Any, maps: Mapping[str, Any]) -> Any:
        rows = features.reshape((features.shape[1], -1))
        return rows @ maps["ones"].reshape((1, -1)).T

    def error(self, statistic: Any) -> tuple[Any, Any]:
        count = self.size[0] * self.size[1]
        difference = statistic * (1 / count) - self.target
        norm = float(np.square(self.target).sum())
        return (difference * difference).sum() * (1 / norm), difference * (2 / (count * norm))

    def by_features(self, features: Any, by_statistic: Any, maps: Mapping[str, Any]) -> Any:
        return (by_statistic @ maps["ones"].reshape((1, -1))).reshape(features.shape)
