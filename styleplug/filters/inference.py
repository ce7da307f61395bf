"""The filter network in ONNX Runtime: a small picture at once, parts of larger ones after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styleplug.filters.architecture import INNER_MARGIN, MARGIN, STRIDE
from styleplug.filters.normalisation import Statistics, measuring_graph, tile_graph
from styleplug.filters.style import FilterStyle
from styleplug.filters.tiles import PictureTile
from styleplug.filters.weights import FilterWeights
from styleplug.runtime.session import Session, open_session
from styleplug.vgg.tensors import as_batch, as_pixels

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ThumbnailPass:
    """What the network makes of a whole picture.

    Args:
        filtered: the picture.
        bottleneck: (1, EIGHTH, H, W), as `NetworkGraph.whole` gives it.
        statistics: of its features.
    """

    filtered: Array
    bottleneck: Array
    statistics: Statistics


class StyledNetwork:
    """The network in one style; pictures are (H, W, 3) float32, sRGB in [0, 1].

    Args:
        weights: the network.
        style: one for this network.
        device: where to compute, as `StylizeConfig.device`; `runs_on` then says where that was.
    """

    def __init__(self, weights: FilterWeights, style: FilterStyle, device: str) -> None:
        self._weights = weights
        self._style = style
        self._device = device
        self.runs_on = ""
        # ONNX Runtime gets ready while its caller makes the picture small.
        thread = ThreadPoolExecutor(1)
        self._measuring = thread.submit(self._open_measuring)
        thread.shutdown(wait=False)

    def thumbnail_pass(self, pixels: Array) -> ThumbnailPass:
        """A picture filtered at once.

        Raises:
            ConfigError, MissingDependencyError: the device isn't there.
        """
        session = self._measuring.result()
        self.runs_on = session.device
        height, width = pixels.shape[:2]
        margins = [(MARGIN, MARGIN + -length % STRIDE) for length in (height, width)]
        image = np.pad(as_batch(pixels), [(0, 0), (0, 0), *margins], mode="reflect")
        filtered, bottleneck, *statistics = session.run(None, {"image": image})
        inner = np.s_[INNER_MARGIN : INNER_MARGIN + height, INNER_MARGIN : INNER_MARGIN + width]
        return ThumbnailPass(as_pixels(filtered)[inner], bottleneck, Statistics(*statistics))

    def parts(
        self, pixels: Array, tiles: Iterable[PictureTile], thumbnail_pass: ThumbnailPass
    ) -> Iterator[Array]:
        """What each tile of a picture holds when it is filtered by the pass over a smaller one.

        Args:
            pixels: the same picture at another size.
            tiles: of that one.
            thumbnail_pass: of the smaller one.
        """
        graph = tile_graph(self._weights, self._style, thumbnail_pass.statistics)
        session = open_session(graph, self._device)
        self.runs_on = session.device
        (height, width), cells = (
            thumbnail_pass.filtered.shape[:2],
            thumbnail_pass.bottleneck.shape[2:],
        )
        for tile in tiles:
            rows = tile.rows.interpolation(cells[0], height / pixels.shape[0])
            columns = tile.columns.interpolation(cells[1], width / pixels.shape[1])
            down, across = _used(rows), _used(columns)
            feeds = {
                "image": tile.cut(pixels),
                "rows": np.ascontiguousarray(rows[:, down]),
                "bottleneck": np.ascontiguousarray(thumbnail_pass.bottleneck[:, :, down, across]),
                "columns": np.ascontiguousarray(columns[:, across].T),
            }
            (filtered,) = session.run(None, feeds)
            yield tile.kept(filtered[0].transpose(1, 2, 0))

    def _open_measuring(self) -> Session:
        return open_session(measuring_graph(self._weights, self._style), self._device)


def _used(interpolation: Array) -> slice:
    """The cells that have a share in what they are interpolated to."""
    used = np.flatnonzero(interpolation.any(axis=0))
    return slice(int(used[0]), int(used[-1]) + 1)
