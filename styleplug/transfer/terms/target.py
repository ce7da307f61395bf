"""What the features of one layer are to become like, for a term."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Target(NamedTuple):
    """Of one layer, and of one region where a term has several.

    Args:
        layer: its name.
        values: what a term compares with, as that says.
        share: of the layer's weight.
        guide: what features are multiplied by, (h, w), whatever else they are multiplied by; None
            for 1. The mean of its squares is 1, or, where features count by how much of them is
            seen, such that their weighted mean is: then the term is that of the region by itself.
            These are the guidance channels of Gatys et al. 2017, section 4.2.
    """

    layer: str
    values: NDArray[np.floating]
    share: float = 1.0
    guide: NDArray[np.floating] | None = None
