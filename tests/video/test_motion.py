"""What moved is found, and what can't be known isn't trusted."""

from __future__ import annotations

import numpy as np
import pytest
from clips import pan, zoom
from PIL import Image

from styleplug.pictures import path as bundled
from styleplug.video.motion import MotionEstimator

SIZE = (160, 96)


def test_a_pan_is_found() -> None:
    before, now = pan("photograph.jpg", 2, SIZE, (3.5, 1.25)).frames()
    motion = MotionEstimator().between(before, now)
    inner = motion.flow[16:-16, 16:-16]
    assert np.median(inner[..., 0]) == pytest.approx(3.5, abs=0.15)
    assert np.median(inner[..., 1]) == pytest.approx(1.25, abs=0.15)
    assert motion.trust[16:-16, 16:-16].mean() > 0.9
    assert motion.trust[:, -2:].max() == 0, "what comes in wasn't there before"
    moved = motion.moved(before.astype(np.float32) / 255)
    assert np.abs(moved - now / 255)[16:-16, 16:-16].mean() < 0.01


def test_flow_of_a_large_frame_is_in_its_pixels() -> None:
    before, now = pan("photograph.jpg", 2, (1440, 816), (12, 6)).frames()
    flow = MotionEstimator().between(before, now).flow[100:-100, 100:-100]
    assert np.median(flow[..., 0]) == pytest.approx(12, abs=0.5)
    assert np.median(flow[..., 1]) == pytest.approx(6, abs=0.5)


def test_what_comes_out_from_behind_is_not_trusted() -> None:
    """A square moves right over what stands still, and uncovers what nobody has seen."""
    with Image.open(bundled("photograph.jpg")) as photo:
        still = np.asarray(photo.convert("RGB").resize(SIZE))
    with Image.open(bundled("mosaic.jpg")) as painting:
        square = np.asarray(painting.convert("RGB").resize((40, 40)))
    frames = []
    for left in (50, 56):
        frame = still.copy()
        frame[28:68, left : left + 40] = square
        frames.append(frame)
    trust = MotionEstimator().between(*frames).trust
    assert trust[34:62, 51:55].mean() < 0.1, "uncovered"
    assert trust[34:62, 66:84].mean() > 0.8, "the square"
    assert trust[:, 110:].mean() > 0.9, "what stands still"


@pytest.mark.parametrize("other", ["mosaic.jpg", "mist.jpg", "harbour.jpg"])
def test_a_cut_is_told_from_a_pan(other: str) -> None:
    estimator = MotionEstimator()
    [one, *_], [two, *_] = (zoom(name, 1, SIZE, 1).frames() for name in ("photograph.jpg", other))
    assert estimator.between(one, two).is_cut
    before, now = pan(other, 2, SIZE, (14, 6)).frames()
    assert not estimator.between(before, now).is_cut


def test_other_light_is_not_trusted() -> None:
    before, now = pan("photograph.jpg", 2, SIZE, (1, 0)).frames()
    brighter = np.clip(now.astype(int) + 50, 0, 255).astype(np.uint8)
    assert MotionEstimator().between(before, brighter).trust.mean() < 0.2
