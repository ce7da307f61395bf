"""Going on in smaller tiles where memory runs out in the middle."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import OutOfMemoryError
from styleplug.runtime.memory import memory_errors, return_freed_memory
from styleplug.transfer.arrays import Array
from styleplug.transfer.objective import Engine, Evaluation, Objective
from styleplug.transfer.targets import Targets
from styleplug.transfer.tiles import TiledObjective
from styleplug.vgg.tiles import halo, smaller_window

T = TypeVar("T")

_log = logging.getLogger("styleplug")


def frugally(work: Callable[[int | None], T], window: int | None, longest: int, margin: int) -> T:
    """What the work gives, done in windows of this side.

    Where memory runs out, it is done again with smaller windows.

    Args:
        work: takes the side of windows, as `styleplug.vgg.tiles.tiles_of` does.
        longest: side of the pictures that it works on.
        margin: the windows' halo.

    Raises:
        OutOfMemoryError: with the smallest windows, too.
    """
    while True:
        with suppress(OutOfMemoryError), memory_errors():
            return work(window)
        smaller = smaller_window(window or longest, margin)
        if smaller is None:
            raise OutOfMemoryError
        # What the attempt held goes with its errors, which hold one another.
        gc.collect()
        return_freed_memory()
        _log.warning("memory ran out; going on in tiles of %d pixels", smaller)
        window = smaller


class FrugalObjective:
    """The objective of `styleplug.transfer.objective`, as a whole or in tiles.

    It begins with windows of a side, None for the whole, and goes over to smaller ones where memory
    runs out; `window` is the present side. Other arguments as of `MakeObjective`.
    """

    def __init__(
        self, engine: Engine, window: int | None, targets: Sequence[Targets], **terms: Any
    ) -> None:
        self.engine, self.targets, self.terms = engine, targets, terms
        self.window = window
        self._objective = self._in_windows(window)

    def picture(self, batch: NDArray[np.float32]) -> Array:
        return self._objective.picture(batch)

    def batch(self, picture: Array) -> NDArray[np.float32]:
        return self._objective.batch(picture)

    def __call__(self, picture: Array) -> Evaluation:
        def evaluated(window: int | None) -> Evaluation:
            if window != self.window:
                self._objective, self.window = self._in_windows(window), window
            return self._objective(picture)

        layers = [*self.terms["content_layers"], *self.terms["style_layers"]]
        margin = halo(self.engine.tile_passes.architecture, layers)
        return frugally(evaluated, self.window, max(picture.shape[2:]), margin)

    def _in_windows(self, window: int | None) -> Objective:
        if window is None:
            return self.engine.make_objective(self.targets, **self.terms)
        return TiledObjective(self.engine.tile_passes, window, self.targets, **self.terms)
