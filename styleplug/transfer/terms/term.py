"""What a term of the loss is, and the terms of a window over the arrays of any engine.

A term depends on the features of a layer by a sum over all places, its statistic, in which a guide
may let places count more or less. So a picture can be worked on in tiles: their statistics add up
to the whole's, from which follow the error and its derivative with respect to the statistic, and
from that, tile by tile again, the derivative with respect to the features.

Each term states this once, over what NumPy's arrays, PyTorch's, and `styleplug.vgg.expression`
have in common: arithmetic, `@`, `.T`, `.sum()`, `.reshape()` and `.shape`. A sum by channel is a
product with ones, which are to be among the term's maps.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from styleplug.transfer.arrays import Array
from styleplug.transfer.terms.sources import Sources
from styleplug.transfer.terms.target import Target

Kind = Literal["content", "style"]
"""Which of the two errors a term counts for, and so its layers and its weight."""
GUIDE = "guide"
"""The name of a term's guide among its maps."""


@dataclass(frozen=True, eq=False)
class Term(ABC):
    """One error of the features of one layer, which are of `size` (h, w) in the whole picture.

    Features, (1, C, h, w), come already multiplied by how much of them is seen, and by `guide`,
    (h, w), where there is one (`styleplug.transfer.terms.target`).
    """

    layer: str
    target: NDArray[np.floating]
    size: tuple[int, int]
    guide: NDArray[np.floating] | None = None
    kind: ClassVar[Kind]
    weight: ClassVar[float] = 1.0
    """How much it counts among the terms of its kind that have targets."""

    @classmethod
    @abstractmethod
    def targets(cls, sources: Sources, layers: Iterable[str]) -> Sequence[Target]:
        """What the features of the layers are to become like."""

    @property
    def maps(self) -> Mapping[str, Array]:
        """Arrays over the places of the layer's features, (…, h, w), of the whole picture."""
        return {}

    @property
    def maps_and_guide(self) -> Mapping[str, Array]:
        """What a window needs of the term."""
        return self.maps if self.guide is None else {**self.maps, GUIDE: self.guide}

    @abstractmethod
    def statistic(self, features: Array, maps: Mapping[str, Array]) -> Array:
        """What sums over windows to that of the whole; `maps` are those parts that are seen."""

    @abstractmethod
    def error(self, statistic: Array) -> tuple[Array, Array]:
        """The error, a scalar, and its derivative with respect to the whole's statistic."""

    @abstractmethod
    def by_features(self, features: Array, by_statistic: Array, maps: Mapping[str, Array]) -> Array:
        """The derivative with respect to features, from that with respect to their statistic."""


@dataclass(frozen=True)
class Window:
    """The terms of what the network sees at once: a tile of a picture, or all of it.

    Args:
        terms: of the picture.
        weights: by layer, what its features are multiplied by, (h, w); for layers that aren't
            there, nothing.
        maps: of each term, what the window sees of them and of its guide.
    """

    terms: Sequence[Term]
    weights: Mapping[str, Array]
    maps: Sequence[Mapping[str, Array]]

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers whose features are needed."""
        return tuple(dict.fromkeys(term.layer for term in self.terms))

    def converted(self, convert: Callable[[Array], Array]) -> Window:
        """The window with each of its arrays converted."""
        return replace(
            self,
            weights={layer: convert(array) for layer, array in self.weights.items()},
            maps=[{name: convert(array) for name, array in maps.items()} for maps in self.maps],
        )

    def strips(
        self, features: Mapping[str, Array], count: int
    ) -> Iterator[tuple[Window, dict[str, Array]]]:
        """The window in strips, top to bottom, each with its features; their statistics add up."""
        for number in range(count):

            def strip(array: Array, number: int = number) -> Array:
                height = array.shape[-2]
                return array[..., height * number // count : height * (number + 1) // count, :]

            yield self.converted(strip), {layer: strip(of) for layer, of in features.items()}

    def statistics(self, features: Mapping[str, Array]) -> list[Array]:
        """Of each term, from the features by layer."""
        weighted = {layer: self._weighted(layer, features[layer]) for layer in self.layers}
        return [
            term.statistic(_guided(weighted[term.layer], maps), maps)
            for term, maps in zip(self.terms, self.maps, strict=True)
        ]

    def by_features(
        self, features: Mapping[str, Array], by_statistics: Sequence[Array]
    ) -> dict[str, Array]:
        """The derivative with respect to the features of each layer."""
        return {
            layer: self._by_features(layer, features[layer], by_statistics) for layer in self.layers
        }

    def _by_features(self, layer: str, features: Array, by_statistics: Sequence[Array]) -> Array:
        weighted, total = self._weighted(layer, features), None
        for term, maps, by_statistic in zip(self.terms, self.maps, by_statistics, strict=True):
            if term.layer == layer:
                gradient = term.by_features(_guided(weighted, maps), by_statistic, maps)
                gradient = _guided(gradient, maps)
                total = gradient if total is None else total + gradient
        return self._weighted(layer, total)

    def _weighted(self, layer: str, features: Array) -> Array:
        return features * self.weights[layer] if layer in self.weights else features


def _guided(features: Array, maps: Mapping[str, Array]) -> Array:
    return features * maps[GUIDE] if GUIDE in maps else features
