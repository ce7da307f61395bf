"""The proof: painting a very small picture."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import styleplug
from styleplug.doctor.finding import Finding
from styleplug.errors import StyleplugError

SIDE = 64
"""Pixels."""


def check() -> Iterator[Finding]:
    """Whether a transfer works from its beginning to its end."""
    import numpy as np

    photo, painting = np.random.default_rng(0).random((2, SIDE, SIDE, 3), np.float32)
    config = styleplug.StylizeConfig(size=SIDE, iterations=1)
    # Noise has no place among the paintings whose statistics are kept. A check has its process to
    # itself, and so the environment.
    with tempfile.TemporaryDirectory() as cache:
        os.environ["STYLEPLUG_CACHE_DIR"] = cache
        try:
            result = styleplug.stylize(photo, painting, config)
        except StyleplugError as error:
            yield Finding("fault", f"painting fails: {error}")
            return
    how = f"with {result.backbone} by {result.engine} on {result.device}"
    yield Finding("ok", f"{SIDE} × {SIDE} pixels painted in {result.seconds:.1f} s {how}")
