"""Samples of 16 bits, and those that a picture file is read with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.image.read import read_picture


def noise(channels: int, height: int = 5, width: int = 7) -> NDArray[np.uint16]:
    """(H, W, C), or (H, W) of one channel."""
    shape = (height, width, channels)[: 2 + (channels > 1)]
    return np.random.default_rng(0).integers(0, 65536, shape, np.uint16)


def colours_of(path: Path) -> NDArray[Any]:
    """A file's colours, in 0..65535."""
    return np.rint(read_picture(path).pixels * 65535)


def alpha_of(path: Path) -> NDArray[Any]:
    """A file's alpha, in 0..65535."""
    alpha = read_picture(path).alpha
    assert alpha is not None
    return np.rint(alpha * 65535)
