"""What terms take their targets from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.image.picture import Picture
from styleplug.image.resize import averaged
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.terms.target import Target
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.layers import block_of
from styleplug.vgg.masks import feature_weights
from styleplug.vgg.tensors import as_batch

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Sources:
    """The pictures of one scale, without hidden colours, and the network that sees them.

    All features count as much as they are seen (`styleplug.vgg.masks`). `window` and `dtype` are
    as in `Encoder.features`; `layers` are all that the loss looks at.
    """

    encoder: Encoder
    photograph: ContentImage
    paintings: Sequence[StyleImage]
    window: int | None = None
    dtype: type[np.floating] = np.float32
    layers: tuple[str, ...] = ()

    def features(self, picture: Picture, layers: Iterable[str]) -> dict[str, Array]:
        """Those of a picture, (1, C, h, w) by layer."""
        batch = as_batch(picture.pixels)
        found = self.encoder.features(batch, layers, self.window, self.dtype)
        if picture.alpha is not None:
            for name, array in found.items():
                array *= feature_weights(picture.alpha, name)
        return found

    def preserved(self, layer: str) -> Array:
        """What features are multiplied by, (h, w), so that their squares count by how much is to be
        preserved in each place."""
        preserved = self.photograph.preserved
        assert preserved is not None
        sides = (side >> (block_of(layer) - 1) for side in preserved.shape)
        guide: Array = np.sqrt(averaged(preserved, *sides))
        return guide

    def gram_matrices(self, picture: Picture, layers: Iterable[str]) -> dict[str, Array]:
        """Those of a picture, (C, C) by layer."""
        batch = as_batch(picture.pixels)
        return self.encoder.gram_matrices(batch, layers, picture.alpha, self.window)

    def means_of_paintings(
        self, compute: Callable[[Picture, list[str]], Mapping[str, Array]], layers: Iterable[str]
    ) -> list[Target]:
        """For each layer and region, the weighted mean of what is computed of its paintings.

        Args:
            compute: gives, by layer, what a painting has for the layers.
        """
        layers = list(layers)
        wanted = [painting.layers(layers) for painting in self.paintings]
        found = [
            compute(painting, names) if names else {}
            for painting, names in zip(self.paintings, wanted, strict=True)
        ]
        targets = []
        for layer in layers:
            for region, share in enumerate(self._shares()):
                used = [
                    (each[layer], painting.weight)
                    for each, painting in zip(found, self.paintings, strict=True)
                    if painting.region == region and layer in each
                ]
                if used:
                    arrays, weights = zip(*used, strict=True)
                    mean = np.average(arrays, axis=0, weights=weights).astype(np.float32)
                    targets.append(Target(layer, mean, share, self._guide(region, layer)))
        return targets

    def _shares(self) -> list[float]:
        """The part of each region in all that counts: so style weighs against content in each of
        them as it does in a picture that is all of one region."""
        areas = [float(region.mean(dtype=np.float64)) for region in self.photograph.regions]
        return [area / sum(areas) for area in areas] or [1.0]

    def _guide(self, region: int, layer: str) -> Array | None:
        """What lets a region's features count alone, besides what lets them count as seen."""
        photograph = self.photograph
        if not photograph.regions:
            return None
        weights = feature_weights(photograph.regions[region], layer)
        if photograph.alpha is None:
            return weights
        seen = feature_weights(photograph.alpha, layer)
        return np.divide(weights, seen, out=np.zeros_like(weights), where=seen > 0)
