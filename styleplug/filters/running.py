"""The filter network in ONNX Runtime: small pictures at once, larger ones tile by tile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from styleplug.filters.normalisation import Statistics, folded_graph, measuring_graph
from styleplug.filters.style import FilterStyle
from styleplug.filters.tiles import Tile, tiles_of
from styleplug.filters.weights import FilterWeights
from styleplug.runtime.session import Session, open_session
from styleplug.vgg.tensors import as_pixels

Array = NDArray[np.float32]


class StyledNetwork:
    """The network in one style; pictures are (H, W, 3) float32, sRGB in [0, 1].

    Args:
        weights: the network.
        style: one for this network.
        device: where to compute, as `StylizeConfig.device`.
    """

    def __init__(self, weights: FilterWeights, style: FilterStyle, device: str) -> None:
        self._weights = weights
        self._style = style
        self._device = device
        # ONNX Runtime gets ready while its caller makes the picture small.
        thread = ThreadPoolExecutor(1)
        self._measuring = thread.submit(self._open_measuring)
        thread.shutdown(wait=False)

    def measured(self, pixels: Array) -> tuple[Array, Statistics]:
        """A picture filtered at once, and the statistics of its features.

        Raises:
            ConfigError, MissingDependencyError: the device isn't there.
        """
        session = self._measuring.result()
        height, width = pixels.shape[:2]
        (tile,) = tiles_of(height, width, max(height, width))
        filtered, means, variances = session.run(None, {"image": tile.cut(pixels)})
        return tile.kept(as_pixels(filtered)), Statistics(means, variances)

    def parts(
        self, pixels: Array, tiles: Iterable[Tile], statistics: Statistics
    ) -> Iterator[Array]:
        """What each tile of a picture holds when it is filtered with these statistics."""
        session = open_session(folded_graph(self._weights, self._style, statistics), self._device)
        for tile in tiles:
            (filtered,) = session.run(None, {"image": tile.cut(pixels)})
            yield tile.kept(filtered[0].transpose(1, 2, 0))

    def _open_measuring(self) -> Session:
        return open_session(measuring_graph(self._weights, self._style), self._device)
