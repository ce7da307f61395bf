"""Where persons are in a picture, by a small network (`models/README.md`, "Persons")."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from styleplug.image.resize import resized
from styleplug.runtime.models import find_model
from styleplug.runtime.session import Session, open_session

_SIDE = 256
"""Of the picture that the network sees, whatever shape it had."""
_LEAST = 0.002
"""The part of the picture that persons have at least."""

Array = NDArray[np.float32]


def person_share(pixels: Array) -> Array | None:
    """How much of each place is of a person.

    Args:
        pixels: (H, W, 3) float32, sRGB in [0, 1].

    Returns:
        (256, 256) float32 in [0, 1], for the picture as a whole; None where nobody is found.

    Raises:
        ModelError: the network is missing or damaged.
        MissingDependencyError: ONNX Runtime isn't installed.
    """
    seen = resized(pixels, _SIDE, _SIDE).transpose(2, 0, 1)[np.newaxis]
    [found] = _session().run(None, {"picture": np.ascontiguousarray(seen)})
    share: Array = found[0, 0]
    return share if (share > 0.5).mean() >= _LEAST else None


@functools.cache
def _session() -> Session:
    return open_session(find_model("person").read(), "cpu")
