"""What solvers lower: the loss and its gradient with respect to the picture, in bounded memory.

The loss depends on features only by sums over all places (`terms/term.py`). So one pass over the
tiles gathers these sums, from which follow the loss and its derivatives with respect to them; a
second pass takes those back to the pixels, where the gradients of overlapping windows add up.
Nothing is approximated: which of a window's features are right, and count, `styleplug.vgg.tiles`
takes care of. A picture that memory holds is one tile, and the network's one pass serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.memory import return_freed_memory
from styleplug.transfer.arrays import Array
from styleplug.transfer.engine import Engine, ForwardPass, Gradient
from styleplug.transfer.loss import Evaluation, Level, Loss
from styleplug.transfer.reduction import adjoint, reduced
from styleplug.transfer.retry import retry_in_smaller_tiles
from styleplug.transfer.terms.term import Window
from styleplug.transfer.variation import Variation
from styleplug.vgg.tiles import Area, Tile, halo, tiles_of


class _TilePass(NamedTuple):
    area: Area
    forward: ForwardPass


class Objective:
    """A loss, evaluated by an engine.

    Where memory runs out, it goes over to smaller tiles, and stays with them.

    Args:
        engine: does the arithmetic; pictures are its arrays.
        loss: to evaluate.
        window: the side of the tiles' windows, as `styleplug.vgg.tiles.tiles_of` takes it; None for
            the whole picture at once.
    """

    def __init__(self, engine: Engine, loss: Loss, window: int | None = None) -> None:
        self.engine, self.loss = engine, loss
        self.to_device, self.to_numpy = engine.to_device, engine.to_numpy
        self._halo = halo(engine.architecture, loss.layers)
        self._variation = Variation(loss.alpha, engine.to_device)
        self._use(window)

    def __call__(self, picture: Array) -> Evaluation:
        """Evaluate at a picture, (1, 3, H, W), RGB in [0, 1].

        Raises:
            OutOfMemoryError: with the smallest tiles, too.
        """

        def evaluated(window: int | None) -> Evaluation:
            if window != self.window:
                self._use(window)
            content, style, gradient = self._network_errors(picture)
            variation = self._variation(picture, gradient, self.loss.tv_weight)
            return self.loss.evaluation(content, style, variation, gradient)

        with self.engine.evaluating():
            longest = max(picture.shape[2:])
            return retry_in_smaller_tiles(evaluated, self.window, longest, self._halo)

    def _use(self, window: int | None) -> None:
        self.window = window
        self._network_errors: Callable[[Array], Gradient] = self._in_tiles
        self._wholes: list[Window] = []
        if window is not None:
            return
        if fused := self.engine.fused(self.loss):
            self._network_errors = fused
        else:
            self._network_errors = self._at_once
            self._wholes = [level.whole().converted(self.to_device) for level in self.loss.levels]

    def _at_once(self, picture: Array) -> Gradient:
        passes = []
        for pixels, window in zip(self._pictures(picture), self._wholes, strict=True):
            forward = self.engine.forward(pixels, window, differentiable=True)
            passes.append([_TilePass(Tile.of(*pixels.shape[2:]).window, forward)])
        return self._gradient(picture, passes, passes)

    def _in_tiles(self, picture: Array) -> Gradient:
        pictures = self._pictures(picture)
        first, second = (
            [
                self._tile_passes(level, pixels, differentiable=differentiable)
                for level, pixels in zip(self.loss.levels, pictures, strict=True)
            ]
            for differentiable in (False, True)
        )
        found = self._gradient(picture, first, second)
        self.engine.release()
        return_freed_memory()
        return found

    def _pictures(self, picture: Array) -> list[Array]:
        """The picture by level."""
        smaller = (level.size for level in self.loss.levels[1:])
        return [picture, *(reduced(picture, *size, self.to_device) for size in smaller)]

    def _tile_passes(
        self, level: Level, pixels: Array, *, differentiable: bool
    ) -> Iterator[_TilePass]:
        height, width = pixels.shape[2:]
        tiles = tiles_of(height, width, self.window, self._halo)
        # Those of one shape one after another: an engine may have to prepare itself for a shape.
        for tile in sorted(tiles, key=lambda tile: tile.shape):
            part, window = pixels[..., *tile.window], level.window(tile)
            forward = self.engine.forward(part, window, differentiable=differentiable)
            yield _TilePass(tile.window, forward)

    def _gradient(
        self,
        picture: Array,
        for_statistics: Iterable[Iterable[_TilePass]],
        for_gradient: Iterable[Iterable[_TilePass]],
    ) -> Gradient:
        errors = self.loss.errors([_sums(passes) for passes in for_statistics])
        content, style = float(errors.content), float(errors.style)
        slope = self.loss.balance.slope.at(content)
        gradient = None
        for level, passes, by_statistics in zip(
            self.loss.levels, for_gradient, self.loss.by_statistics(errors, slope), strict=True
        ):
            by_level = 0 * picture[..., : level.size[0], : level.size[1]]
            for tile in passes:
                by_level[..., *tile.area] += tile.forward.gradient(by_statistics)
            if gradient is None:
                gradient = by_level
            else:
                adjoint(by_level, gradient, self.to_device)
        return Gradient(content, style, gradient)


def _sums(passes: Iterable[_TilePass]) -> list[NDArray[np.float64]]:
    """The statistics of all tiles together."""
    total: list[NDArray[np.float64]] = []
    for tile in passes:
        found = tile.forward.statistics()
        total = [a + b for a, b in zip(total, found, strict=True)] if total else found
    return total
