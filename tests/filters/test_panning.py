"""Filtered frame by frame, a slow pan over a photograph is about as steady as the photograph."""

from __future__ import annotations

from pathlib import Path

import pytest
from panning import pan, warping_error
from PIL import Image

from styleplug.filters.apply import filtered
from styleplug.filters.filter_function import FilterInput
from styleplug.filters.weights import load_weights
from styleplug.runtime.models import find_model


def test_a_frame_that_doesnt_move_along_is_seen() -> None:
    clouds = Image.effect_noise((100, 75), 80).convert("RGB").resize((800, 600))
    frames = pan(clouds, 3)
    assert warping_error([frames[0], *frames]) > 2 * warping_error(frames)


@pytest.mark.slow
@pytest.mark.parametrize("photo", ["tubingen", "golden_gate"])
@pytest.mark.parametrize("name", ["starry-night", "the-wave", "the-scream"])
def test_a_pan_stays_steady(name: str, photo: str, shared_images: Path) -> None:
    weights = load_weights(find_model("filters"))
    with Image.open(shared_images / "content" / f"{photo}.jpg") as image:
        frames = pan(image.convert("RGB"), 4)
    [style] = [style for style in weights.styles if style.name == name]
    painted = [filtered(FilterInput(frame, device="cpu"), style, weights).image for frame in frames]
    assert warping_error(painted) <= 1.1 * warping_error(frames)
