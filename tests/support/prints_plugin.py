"""A plug-in with filters that can be looked at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from styleplug import Filter, FilterRequest, FilterResult, hookimpl


def posterise(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Flat colours."""
    return (np.rint(picture * 3) / 3).astype(np.float32)


def blueprint(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """White lines on blue."""
    grey = picture.mean(axis=2)
    rows, columns = np.gradient(grey)
    lines = np.clip(np.hypot(rows, columns) * 8, 0, 1)[..., None]
    return np.asarray(np.array([0.1, 0.25, 0.55]) * (1 - lines) + lines, np.float32)


def woodcut(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Black lines, closer where it is darker."""
    grey = picture.mean(axis=2)
    waves = np.sin(np.arange(grey.shape[0]) * 1.6)[:, None] / 4
    ink = (grey + waves < 0.45)[..., None]
    return np.where(ink, 0.1, np.array([0.95, 0.9, 0.8])).astype(np.float32)


FILTERS: dict[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    function.__name__: function for function in (posterise, blueprint, woodcut)
}


@hookimpl
def styleplug_register_filters() -> list[Filter]:
    return [Filter(name, function.__doc__ or "") for name, function in FILTERS.items()]


@hookimpl
def styleplug_apply_filter(request: FilterRequest) -> FilterResult | None:
    if request.filter not in FILTERS:
        return None
    return FilterResult(FILTERS[request.filter](request.image))
