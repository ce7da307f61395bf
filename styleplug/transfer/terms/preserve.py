"""The term of what is to be preserved: faces, lines, text.

The squared error of a layer's features, in which places count by how much is to be preserved there,
m: Σ m (F − P)² / Σ m a(m) P². It is a part of the content error, and as large as the rest of it
where of what is lost elsewhere only the share a(m) is lost in each place. So elsewhere the balance
of content and style stays about what it is without. The features are finer than those of the
content term, which let the parts of a face drift.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np

from styleplug.transfer.terms.content import ContentTerm, sum_of_squares
from styleplug.transfer.terms.sources import Sources
from styleplug.transfer.terms.target import Target
from styleplug.vgg.layers import block_of

FINEST_BLOCK = 3
"""Of the network: features of shallower blocks would keep the photograph's surface, too."""
STRICTNESS = 0.95
"""a(m) = 1 − STRICTNESS · m."""


def preserved_layers(layers: Iterable[str]) -> list[str]:
    """Of the layers that the loss looks at anyway, those whose features are preserved."""
    return list(dict.fromkeys(layer for layer in layers if block_of(layer) == FINEST_BLOCK))


class PreserveTerm(ContentTerm):
    """Its target are the photograph's features, (1, C, h, w), times √m, its guide."""

    weight: ClassVar[float] = 0.5

    @classmethod
    def targets(cls, sources: Sources, layers: Iterable[str]) -> Sequence[Target]:
        if sources.photograph.preserved is None:
            return []
        names = preserved_layers(sources.layers) or list(layers)
        found = sources.features(sources.photograph, names)
        targets = []
        for name, features in found.items():
            guide = sources.preserved(name)
            features *= guide
            targets.append(Target(name, features, 1 / len(names), guide))
        return targets

    def _norm(self) -> float:
        assert self.guide is not None
        allowed = np.sqrt(1 - STRICTNESS * np.square(self.guide))
        return sum(sum_of_squares(channel * allowed) for channel in self.target[0])
