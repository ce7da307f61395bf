"""A portrait that a package of the tests carries: Grace Hopper, by the US Navy, public domain."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray

from styleplug.image.read import read_picture
from styleplug.image.resize import fitted

PATH = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
FACE = (0.27, 0.23, 0.75, 0.58)
"""Left, top, right and bottom of her face, as parts of the picture's sides, read off by eye."""


def portrait(longest: int) -> NDArray[np.float32]:
    """It, (H, W, 3), with this longest side."""
    return fitted(read_picture(PATH).pixels, longest)
