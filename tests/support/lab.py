"""CIE L*a*b* of sRGB (D65), and the colour difference ΔE of 1976, written apart from styleplug."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = _TO_XYZ.sum(axis=1)


def lab(pixels: NDArray[np.floating]) -> NDArray[np.float64]:
    """L*, a* and b* (IEC 61966-2-1, CIE 15) of pixels (…, 3), sRGB in [0, 1]."""
    coded = pixels.astype(np.float64)
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    cut = (6 / 29) ** 3
    f = np.where(xyz > cut, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def delta_e(one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
    """The distance between colours in L*a*b*, of any axes of it."""
    difference: NDArray[np.float64] = np.sqrt(np.square(one - other).sum(axis=-1))
    return difference
