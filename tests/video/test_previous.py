"""A filter's frame is blended with what the one before has become, once, in regions as well."""

from __future__ import annotations

import numpy as np

import styleplug
from styleplug import PreviousFrame
from styleplug.filter_region import FilterRegion


def test_a_filters_frame_has_its_share_of_the_previous_one(flicker: None, monkeypatch) -> None:
    monkeypatch.setattr("flicker_plugin.SPOTS", 0)  # it leaves pictures as they are
    frame, before = np.full((8, 10, 3), 0.2, np.float32), np.full((8, 10, 3), 0.6, np.float32)
    weight = np.zeros((8, 10), np.float32)
    weight[:, 5:] = 0.75
    left = np.zeros((8, 10), np.float32)
    left[:, :5] = 1
    regions = [FilterRegion("flicker", left), FilterRegion("flicker")]
    for filter in ("flicker", regions):
        result = styleplug.apply_filter(frame, filter, previous=PreviousFrame(before, weight))
        np.testing.assert_allclose(result.image[:, :5], 0.2, atol=1e-6)
        np.testing.assert_allclose(result.image[:, 5:], 0.5, atol=1e-6)
