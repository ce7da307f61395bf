"""Painting beyond the base size: what is planned, what is painted, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import styleplug
from styleplug import StylizeConfig, StylizeResult, pictures
from styleplug.errors import ConfigError, UnsupportedImageError
from styleplug.events import Event, Planned, Preview, Progress
from styleplug.image.resize import fitted, resized
from styleplug.transfer.octaves import EVALUATIONS, STYLE_LAYERS
from styleplug.transfer.plan import plan_transfer
from styleplug.transfer.schedule import Scale

CHEAP = {"size": 32, "iterations": 2, "device": "cpu"}


@pytest.fixture
def photograph(make_picture: Any) -> NDArray[np.float32]:
    return np.ascontiguousarray(make_picture(96, 128, 1)[0].transpose(1, 2, 0))


@pytest.fixture
def painting(make_picture: Any) -> NDArray[np.float32]:
    return np.ascontiguousarray(make_picture(100, 80, 2)[0].transpose(1, 2, 0))


def split(scales: tuple[Scale, ...]) -> tuple[list[Scale], list[Scale]]:
    """Those of the base, and the octaves."""
    base = [scale for scale in scales if not scale.is_octave]
    return base, list(scales[len(base) :])


@given(st.integers(60, 4000), st.integers(60, 4000), st.integers(64, 5000))
def test_octaves_double_at_most_up_to_the_resolution(height: int, width: int, side: int) -> None:
    config = StylizeConfig(size=64, resolution=str(side))
    try:
        octaves = [scale for scale in plan_transfer(height, width, config) if scale.is_octave]
    except UnsupportedImageError:  # too narrow for the base size
        return
    if not octaves:
        return
    assert octaves[-1].longest == side
    for smaller, larger in pairwise(octaves):
        assert smaller.longest < larger.longest <= 2 * smaller.longest + 2
    assert all(scale.evaluations == EVALUATIONS for scale in octaves)


@given(st.integers(600, 5000), st.integers(600, 5000), st.integers(20, 200))
def test_by_default_octaves_take_no_longer_than_the_base(
    height: int, width: int, iterations: int
) -> None:
    config = StylizeConfig(iterations=iterations)
    base, octaves = split(plan_transfer(height, width, config))
    assert sum(scale.work for scale in octaves) <= sum(scale.work for scale in base)
    # A little more would take longer, or is more than there is.
    photo, side = max(height, width), octaves[-1].longest + 16 if octaves else 0
    if 0 < side < photo:
        _, further = split(plan_transfer(height, width, replace(config, resolution=str(side))))
        assert sum(scale.work for scale in further) > sum(scale.work for scale in base)


@pytest.mark.parametrize(
    "options",
    [{"resolution": "size"}, {"output_size": "working"}, {"size": 128}],
)
def test_without_call_there_are_none(options: dict[str, Any]) -> None:
    assert not split(plan_transfer(3000, 4000, StylizeConfig(**options)))[1]


def test_the_article_knows_none() -> None:
    config = StylizeConfig.from_preset("article")
    assert not split(plan_transfer(3000, 4000, config))[1]


def test_who_gets_fewer_pixels_is_told(
    small_network: None, photograph: NDArray[np.float32], painting: NDArray[np.float32]
) -> None:
    def notes(**options: Any) -> str:
        events: list[Event] = []
        config = StylizeConfig(size=256, iterations=1, device="cpu", **options)
        styleplug.stylize(resized(photograph, 300, 400), painting, config, events.append)
        assert isinstance(events[0], Planned)
        return "\n".join(events[0].notes)

    assert "of 400 pixels, and enlarged from there; --resolution photo paints them all" in notes()
    assert "--resolution" not in notes(resolution="size")


def test_a_resolution_is_reached() -> None:
    config = StylizeConfig(resolution="photo")
    assert [scale.longest for scale in plan_transfer(3000, 4000, config)] == [
        *(64, 128, 256, 512),
        *(1016, 2016, 4000),
    ]
    # Nothing new would be seen.
    assert not any(scale.is_octave for scale in plan_transfer(390, 520, config))


@pytest.mark.parametrize("resolution", ["9", "0", "-5", "100000", "large", "photo ", ""])
def test_what_is_no_resolution(resolution: str) -> None:
    with pytest.raises(ConfigError, match="size, photo, or a number from 10 to 99999"):
        StylizeConfig(resolution=resolution)


@pytest.mark.parametrize("engine", ["torch", "onnx"])
def test_the_photograph_is_painted_in_all_its_pixels(
    small_network: None, photograph: NDArray[np.float32], painting: NDArray[np.float32], engine: str
) -> None:
    events: list[Event] = []
    config = StylizeConfig(**CHEAP, resolution="photo", engine=engine)
    result = styleplug.stylize(photograph, painting, config, events.append)
    assert isinstance(events[0], Planned)
    assert events[0].scales == (32, 64, 128)
    steps = [event for event in events if isinstance(event, Progress)]
    assert [step.scale for step in steps] == [32] * 2 + [64] * EVALUATIONS + [128] * EVALUATIONS
    assert steps[-1].fraction == pytest.approx(1)
    last = [event for event in events if isinstance(event, Preview)][-1]
    np.testing.assert_array_equal(result.image, last.pixels)


def test_beyond_the_photograph(
    small_network: None, photograph: NDArray[np.float32], painting: NDArray[np.float32]
) -> None:
    alpha = np.linspace(0, 1, 128, dtype=np.float32) * np.ones((96, 1), np.float32)
    config = StylizeConfig(**CHEAP, resolution="200")
    result = styleplug.stylize(np.dstack([photograph, alpha]), painting, config)
    assert result.image.shape == (150, 200, 3)
    assert result.alpha is not None
    assert result.alpha.shape == (150, 200)


@pytest.mark.slow
def test_tiles_change_nothing(
    small_network: None,
    photograph: NDArray[np.float32],
    painting: NDArray[np.float32],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def paint() -> NDArray[np.float32]:
        solver = {"optimizer": "adam", "learning_rate": 0.01, "engine": "onnx"}
        config = StylizeConfig(**CHEAP, **solver, resolution="256")
        return styleplug.stylize(photograph, painting, config).image

    whole = paint()
    monkeypatch.setattr(
        "styleplug.transfer.plan.fitted_scales",
        lambda scales, *_: [
            replace(scale, encoding=96, window=96) if scale.longest > 96 else scale
            for scale in scales
        ],
    )
    # Adam makes much of the last bits; seams or wrong sums would be seen everywhere.
    assert np.abs(paint() - whole).mean() < 1e-3


def style_error(result: NDArray[np.float32], painting: NDArray[np.float32]) -> float:
    """Of the surface, at the picture's own size."""
    errors = []
    matrices = [
        styleplug.extract_features(picture, STYLE_LAYERS, backbone="vgg16")
        for picture in (result, fitted(painting, max(result.shape[:2])))
    ]
    for layer in STYLE_LAYERS:
        found, wanted = (
            np.einsum("chw,dhw->cd", features[layer][0], features[layer][0])
            / features[layer][0].size
            for features in matrices
        )
        errors.append(((found - wanted) ** 2).sum() / (wanted**2).sum())
    return float(np.mean(errors))


@pytest.mark.slow
def test_the_surface_is_the_paintings_and_the_composition_stays() -> None:
    """With the real network: a fifth of the enlarged picture's error, and the same from afar."""
    photo, painting = (
        styleplug.read_image(pictures.path(name)).pixels
        for name in ("photograph.jpg", "painting.jpg")
    )

    def paint(**options: Any) -> StylizeResult:
        config = StylizeConfig(
            size=96, iterations=20, engine="onnx", output_size="working", **options
        )
        return styleplug.stylize(photo, painting, config)

    base, painted = paint().image, paint(resolution="320").image
    enlarged = resized(base, *painted.shape[:2])
    assert style_error(painted, painting) < style_error(enlarged, painting) / 5
    from_afar = [resized(picture, 32, 48) for picture in (base, painted)]
    drift = np.sqrt(((from_afar[0] - from_afar[1]) ** 2).mean())
    assert drift < from_afar[0].std() / 20
