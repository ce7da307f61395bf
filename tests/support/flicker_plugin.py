"""A plug-in with the filter flicker, which adds other spots to every picture; with FLICKER_KILLS, a
number, it ends its process when it is applied for the time of that number."""

from __future__ import annotations

import os
import signal
import zlib

import numpy as np

from styleplug import Filter, FilterRequest, FilterResult, hookimpl

SPOTS = 0.3
_applied = 0


@hookimpl
def styleplug_register_filters() -> list[Filter]:
    return [Filter("flicker", "Other spots on every picture.")]


@hookimpl
def styleplug_apply_filter(request: FilterRequest) -> FilterResult | None:
    global _applied
    if request.filter != "flicker":
        return None
    _applied += 1
    if _applied == int(os.environ.get("FLICKER_KILLS", "0")):
        os.kill(os.getpid(), signal.SIGKILL)
    # The same for the same picture, whoever is asked.
    generator = np.random.default_rng(zlib.crc32(request.image.tobytes()))
    spots = generator.random(request.image.shape, np.float32) - np.float32(0.5)
    return FilterResult((request.image + np.float32(SPOTS) * spots).clip(0, 1))
