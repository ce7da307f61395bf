"""What a transfer computes with: arrays of NumPy or of PyTorch, on whatever device they live.

Solvers, tiles, and reductions use only what both have in common (arithmetic, slices, sums, clip,
and the Fourier transform), so each of them serves every engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = Any
"""A NumPy array or a PyTorch tensor: what they share has no type of its own."""

AsArray = Callable[[NDArray[np.floating]], Array]
"""Makes an array of an engine's framework, on its device."""
