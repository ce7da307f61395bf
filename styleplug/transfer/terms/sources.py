"""What terms take their targets from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.image.picture import Picture
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.masks import feature_weights
from styleplug.vgg.tensors import as_batch

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Sources:
    """The pictures of one scale, without hidden colours, and the network that sees them.

    All features count as much as they are seen (`styleplug.vgg.masks`). `window` and `dtype` are
    as in `Encoder.features`.
    """

    encoder: Encoder
    photograph: Picture
    paintings: Sequence[Picture]
    window: int | None = None
    dtype: type[np.floating] = np.float32

    def features(self, picture: Picture, layers: Iterable[str]) -> dict[str, Array]:
        """Those of a picture, (1, C, h, w) by layer."""
        batch = as_batch(picture.pixels)
        found = self.encoder.features(batch, layers, self.window, self.dtype)
        if picture.alpha is not None:
            for name, array in found.items():
                array *= feature_weights(picture.alpha, name)
        return found

    def gram_matrices(self, picture: Picture, layers: Iterable[str]) -> dict[str, Array]:
        """Those of a picture, (C, C) by layer."""
        batch = as_batch(picture.pixels)
        return self.encoder.gram_matrices(batch, layers, picture.alpha, self.window)

    def mean_of_paintings(
        self, compute: Callable[[Picture], Mapping[str, Array]]
    ) -> dict[str, Array]:
        """The mean of what is computed of each painting, by layer."""
        found = [compute(painting) for painting in self.paintings]
        return {
            name: np.mean([each[name] for each in found], axis=0, dtype=np.float32)
            for name in found[0]
        }
