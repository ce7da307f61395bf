"""Whole transfers of transparent pictures: what isn't seen doesn't matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import styleplug
from styleplug.errors import ConfigError, UnsupportedImageError
from styleplug.hookspecs import StylizeRequest
from styleplug.image.picture import Picture
from styleplug.runtime.models import Model, install_model

Pixels = NDArray[np.float32]

DISTANCE = np.hypot(*(np.mgrid[:72, :96] - np.float32([[[30]], [[50]]])))
EDGES = {
    "hard": (DISTANCE < 26).astype(np.float32),
    "soft": np.clip((30 - DISTANCE) / 16, 0, 1).astype(np.float32),
}
CONFIG = styleplug.StylizeConfig(size=64, iterations=6, tv_weight=1, detail=1, device="cpu")


@pytest.fixture(autouse=True)
def small_network(own_folders: None, tiny_model: Model) -> None:
    """The tiny network in the place of VGG-16."""
    install_model("vgg16", tiny_model.read(), licence="none", attribution="", source="a test")


@pytest.fixture
def pictures(make_picture: Callable[..., Pixels]) -> list[Pixels]:
    """Four pictures of the alphas' size."""
    return [make_picture(72, 96, seed)[0].transpose(1, 2, 0) for seed in range(4)]


def hiding(shown: Pixels, hidden: Pixels, alpha: Pixels) -> Pixels:
    """An RGBA picture that has other colours where it isn't seen."""
    return np.dstack([np.where(alpha[..., np.newaxis] > 0, shown, hidden), alpha])


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("options", [{}, {"init": "style"}, {"output_size": "working"}])
def test_hidden_colours_change_nothing(
    pictures: list[Pixels], edge: str, options: dict[str, Any]
) -> None:
    alpha = EDGES[edge]
    photo, painting, *others = pictures
    config = replace(CONFIG, **options)
    one, other = (
        styleplug.stylize(
            hiding(photo, hidden, alpha), hiding(painting, hidden, alpha[::-1]), config
        )
        for hidden in others
    )
    np.testing.assert_array_equal(one.image, other.image)
    assert (one.content_error, one.style_error) == (other.content_error, other.style_error)


def test_hidden_colours_of_a_start_change_nothing(pictures: list[Pixels], tmp_path: Path) -> None:
    photo, painting, *others = pictures
    images = []
    for hidden in others:
        start = hiding(photo, hidden, EDGES["soft"])
        Picture.from_any(start).to_pil().save(tmp_path / "start.png")
        config = styleplug.StylizeConfig(size=32, iterations=1, init=str(tmp_path / "start.png"))
        images.append(styleplug.stylize(photo, painting, config).image)
    np.testing.assert_array_equal(*images)


def test_seen_colours_do_change_it(pictures: list[Pixels]) -> None:
    photo, painting, other, _ = pictures
    images = [
        styleplug.stylize(hiding(shown, photo, EDGES["soft"]), painting, CONFIG).image
        for shown in (photo, other)
    ]
    assert not np.allclose(*images, atol=0.1)


def test_what_is_hidden_is_no_part_of_the_statistics(pictures: list[Pixels]) -> None:
    """A painting of which only a half is seen is another than the whole of it."""
    photo, painting, *_ = pictures
    half = np.zeros((72, 96), np.float32)
    half[:, :48] = 1
    whole, left = (
        styleplug.stylize(photo, style, CONFIG).image
        for style in (painting, hiding(painting, painting, half))
    )
    assert not np.allclose(whole, left, atol=0.05)


@pytest.mark.parametrize("edge", EDGES)
def test_transparency_is_kept_exactly(pictures: list[Pixels], edge: str) -> None:
    photo, painting, *_ = pictures
    result = styleplug.stylize(hiding(photo, photo, EDGES[edge]), painting, CONFIG)
    np.testing.assert_array_equal(result.alpha, EDGES[edge])
    assert result.image.shape == photo.shape
    assert result.to_pil().mode == "RGBA"


def test_transparency_at_the_working_size(pictures: list[Pixels]) -> None:
    photo, painting, *_ = pictures
    config = styleplug.StylizeConfig(size=32, iterations=1, output_size="working")
    result = styleplug.stylize(hiding(photo, photo, EDGES["hard"]), painting, config)
    assert result.alpha.shape == result.image.shape[:2] == (24, 32)
    assert (result.alpha[0, 0], result.alpha[10, 16]) == (0, 1)


def test_an_opaque_alpha_is_as_good_as_none(pictures: list[Pixels]) -> None:
    photo, painting, *_ = pictures
    opaque = np.ones((72, 96), np.float32)
    plain = styleplug.stylize(photo, painting, CONFIG)
    result = styleplug.stylize(np.dstack([photo, opaque]), np.dstack([painting, opaque]), CONFIG)
    np.testing.assert_array_equal(result.image, plain.image)
    assert plain.alpha is None
    np.testing.assert_array_equal(result.alpha, opaque)


def test_the_loss_falls(pictures: list[Pixels]) -> None:
    losses: list[float] = []
    styleplug.stylize(
        hiding(pictures[0], pictures[2], EDGES["soft"]),
        pictures[1],
        styleplug.StylizeConfig(size=64, iterations=12, device="cpu"),
        lambda event: losses.append(event.loss) if hasattr(event, "loss") else None,
    )
    assert min(losses) < losses[0] / 2


@pytest.mark.parametrize("which", ["photograph", "painting 2"])
def test_a_picture_that_shows_nothing_is_refused(pictures: list[Pixels], which: str) -> None:
    photo, painting, *_ = pictures
    hidden = np.dstack([photo, np.zeros((72, 96), np.float32)])
    inputs = (hidden, [painting]) if which == "photograph" else (photo, [painting, hidden])
    with pytest.raises(UnsupportedImageError, match=rf"all of (the )?{which} is transparent"):
        styleplug.stylize(*inputs)


def test_features_do_not_depend_on_hidden_colours(pictures: list[Pixels]) -> None:
    photo, *others = pictures
    one, other = (
        styleplug.extract_features(hiding(photo, hidden, EDGES["hard"]), size=48)["relu4_2"]
        for hidden in others[:2]
    )
    np.testing.assert_array_equal(one, other)


def test_hosts_give_alphas_of_the_pictures_sizes(pictures: list[Pixels]) -> None:
    photo, painting, *_ = pictures
    wrong = StylizeRequest(photo, (painting,), CONFIG, content_alpha=np.ones((2, 3), np.float32))
    with pytest.raises(UnsupportedImageError, match=r"alpha is \(2, 3\) float32, but must be"):
        styleplug.plugin_manager().hook.styleplug_stylize(request=wrong)


def test_hosts_give_an_alpha_for_each_painting_or_none(pictures: list[Pixels]) -> None:
    photo, painting, *_ = pictures
    assert StylizeRequest(photo, (painting,) * 2).style_alphas == (None, None)
    with pytest.raises(ConfigError, match=r"style_alphas is '2 .*, but must be 1, one for each"):
        StylizeRequest(photo, (painting,), style_alphas=(None, None))
