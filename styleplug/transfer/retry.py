"""Going on in smaller tiles where memory runs out in the middle."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from styleplug.errors import OutOfMemoryError
from styleplug.runtime.memory import memory_errors, return_freed_memory
from styleplug.vgg.tiles import smaller_window

T = TypeVar("T")

_log = logging.getLogger("styleplug")


def retry_in_smaller_tiles(
    work: Callable[[int | None], T], window: int | None, longest: int, margin: int
) -> T:
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
