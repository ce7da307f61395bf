"""The ranges of numbers that models of others have for pixels."""

from __future__ import annotations

RANGES = {"0..1": 1.0, "0..255": 255.0}
"""Each range by its name, with the number that is white; black is 0."""
