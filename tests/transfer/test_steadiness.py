"""A frame of a video is held to what the one before has become, by whichever engine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import styleplug
from styleplug import PreviousFrame, StylizeConfig
from styleplug.errors import UnsupportedImageError
from styleplug.transfer.steadiness import STRENGTH, Steadiness

Array = NDArray[np.float32]
MakePicture = Callable[..., Array]


@pytest.fixture
def pixels(make_picture: MakePicture) -> Callable[[int], Array]:
    """Makes pictures of 48×36 pixels."""
    return lambda seed: np.ascontiguousarray(make_picture(36, 48, seed)[0].transpose(1, 2, 0))


def test_error_and_gradient_are_those_of_the_formula(make_picture: MakePicture) -> None:
    picture, held = (make_picture(6, 5, seed).astype(np.float64) for seed in (0, 1))
    strengths = np.random.default_rng(0).random((6, 5))
    steadiness = Steadiness(held[0].transpose(1, 2, 0), strengths, np.asarray)

    def error(at: NDArray[np.float64]) -> float:
        return float((strengths * (at - held) ** 2).mean())

    gradient = np.ones_like(picture)
    assert steadiness(picture, gradient) == pytest.approx(error(picture))
    step = 1e-6
    for place in ((0, 0, 0, 0), (0, 2, 5, 4)):
        moved = picture.copy()
        moved[place] += step
        slope = (error(moved) - error(picture)) / step
        assert gradient[place] - 1 == pytest.approx(slope, rel=1e-3)


def test_a_weight_is_the_share_of_two_springs(pixels: Callable[[int], Array]) -> None:
    """Where the rest of the loss pulls by its usual strength, the result has it as its share."""
    weight = np.full((36, 48), 0.8, np.float32)
    steadiness = Steadiness.of(PreviousFrame(pixels(0), weight), (36, 48), np.asarray)
    one = np.ones((1, 3, 36, 48)) * 0.5
    by_held, by_rest = np.zeros_like(one), 2 * STRENGTH / one.size
    steadiness(one + pixels(0).transpose(2, 0, 1), by_held)
    assert by_held.mean() / 0.5 / (by_held.mean() / 0.5 + by_rest) == pytest.approx(0.8)


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_a_painted_frame_is_held_where_it_is_known(
    engine: str, small_network: None, pixels: Callable[[int], Array]
) -> None:
    held, weight = pixels(2), np.zeros((36, 48), np.float32)
    weight[:, 24:] = 0.97
    config = StylizeConfig(size=48, iterations=8, engine=engine, device="cpu", precision="float32")
    result = styleplug.stylize(pixels(0), pixels(1), config, previous=PreviousFrame(held, weight))
    change = np.abs(result.image - held).mean(axis=(0, 2))
    assert change[:20].mean() > 4 * change[28:].mean()
    assert change[28:].mean() < 0.02


def test_a_previous_frame_is_checked(pixels: Callable[[int], Array]) -> None:
    weight = np.zeros((36, 48), np.float32)
    for image, other in ((pixels(0)[1:], weight), (pixels(0), weight + 1), (pixels(0), weight - 1)):
        with pytest.raises(UnsupportedImageError, match="previous frame"):
            PreviousFrame(image, other)
