"""Where the parts of a photograph are: persons, what is behind them, and the sky."""

from __future__ import annotations

from styleplug.segmentation.find import find_part

__all__ = ["find_part"]
