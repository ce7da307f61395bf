"""Whole transfers in regions: each painted in its own manner, and what is masked out left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import styleplug
from styleplug import Painting
from styleplug.errors import CheckpointError, ConfigError, UnsupportedImageError
from styleplug.events import Event, Planned, Preview
from styleplug.hookspecs import Checkpoint, Mask, StyleRole, StylizeRequest
from styleplug.image.picture import Picture
from styleplug.runtime.models import find_model
from styleplug.transfer import plan
from styleplug.transfer.memory import fitted_scales
from styleplug.transfer.scene import Scene, compose
from styleplug.transfer.schedule import Scale
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.tensors import as_batch

Pixels = NDArray[np.float32]
CONFIG = styleplug.StylizeConfig(size=64, iterations=6, device="cpu", engine="onnx")
HEIGHT, WIDTH = 72, 96
LEFT = np.broadcast_to(np.clip((52 - np.arange(WIDTH)) / 8, 0, 1), (HEIGHT, WIDTH)).astype("f4")
RIGHT = 1 - LEFT


@pytest.fixture(autouse=True)
def network(small_network: None) -> None:
    """The tiny network in the place of VGG-16."""


@pytest.fixture
def pictures(make_picture: Callable[..., Pixels]) -> list[Pixels]:
    """A photograph and two paintings."""
    return [make_picture(HEIGHT, WIDTH, seed)[0].transpose(1, 2, 0) for seed in range(3)]


@pytest.fixture
def painted(pictures: list[Pixels]) -> Callable[..., Pixels]:
    """Paints the photograph by paintings."""

    def paint(
        *paintings: Painting[Pixels], mask: Pixels | None = None, **options: object
    ) -> Pixels:
        config = styleplug.StylizeConfig.from_options(
            {"size": 64, "iterations": 6, "device": "cpu", "engine": "onnx"}, **options
        )
        return styleplug.stylize(pictures[0], paintings, config, mask=mask).image

    return paint


def distance(one: Pixels, other: Pixels, where: Pixels) -> float:
    """The mean difference of two pictures at some of their pixels."""
    return float(np.abs(one - other)[where == 1].mean())


def style_error(image: Pixels, region: Pixels, painting: Pixels) -> float:
    """Of a region of a picture, as `styleplug.transfer.terms.style` has it."""
    encoder = Encoder(find_model("vgg16"), device="cpu")
    layers = list(CONFIG.style_layers)
    found = encoder.gram_matrices(as_batch(image), layers, region)
    wanted = encoder.gram_matrices(as_batch(painting), layers)
    errors = [
        np.square(found[layer] - wanted[layer]).sum() / np.square(wanted[layer]).sum()
        for layer in layers
    ]
    return float(np.mean(errors))


def test_a_mix_of_one_to_none_is_the_painting_itself(
    painted: Callable[..., Pixels], pictures: list[Pixels]
) -> None:
    _, one, other = pictures
    alone = painted(Painting(one))
    np.testing.assert_array_equal(painted(Painting(one, 1), Painting(other, 0)), alone)
    np.testing.assert_array_equal(painted(Painting(other, 0), Painting(one, 1)), alone)
    np.testing.assert_array_equal(painted(Painting(one, 0.3)), alone)


def test_the_weights_of_a_mix_count(painted: Callable[..., Pixels], pictures: list[Pixels]) -> None:
    _, one, other = pictures
    first, second = painted(Painting(one)), painted(Painting(other))
    mostly_first = painted(Painting(one, 9), Painting(other, 1))
    everywhere = np.ones((HEIGHT, WIDTH), np.float32)
    near, far = (distance(mostly_first, each, everywhere) for each in (first, second))
    assert near < far / 2


def test_what_is_masked_out_stays_as_it_is(
    painted: Callable[..., Pixels], pictures: list[Pixels]
) -> None:
    photo, one, _ = pictures
    image = painted(Painting(one), mask=LEFT)
    np.testing.assert_allclose(image[LEFT == 0], photo[LEFT == 0], atol=1 / 255)
    assert distance(image, photo, LEFT) > 0.03


def test_a_mask_of_half_strength_goes_half_the_way(
    painted: Callable[..., Pixels], pictures: list[Pixels]
) -> None:
    photo, one, _ = pictures
    half = np.full((HEIGHT, WIDTH), 0.5, np.float32)
    expected = photo + (painted(Painting(one)) - photo) / 2
    np.testing.assert_allclose(painted(Painting(one), mask=half), expected, atol=1e-6)


def test_a_white_mask_changes_nothing(
    painted: Callable[..., Pixels], pictures: list[Pixels]
) -> None:
    white = np.ones((HEIGHT, WIDTH), np.float32)
    np.testing.assert_array_equal(
        painted(Painting(pictures[1]), mask=white), painted(Painting(pictures[1]))
    )


def test_a_region_alone_is_a_mask(painted: Callable[..., Pixels], pictures: list[Pixels]) -> None:
    np.testing.assert_array_equal(
        painted(Painting(pictures[1], region=LEFT)), painted(Painting(pictures[1]), mask=LEFT)
    )


@pytest.mark.parametrize("engine", ["onnx", "torch"])
@pytest.mark.parametrize("options", [{}, {"size": 48, "resolution": "photo"}])
def test_each_region_is_painted_in_its_own_manner(
    painted: Callable[..., Pixels],
    pictures: list[Pixels],
    engine: str,
    options: dict[str, object],
) -> None:
    dark, bright = pictures[1] * np.float32(0.3), 1 - pictures[2] * np.float32(0.3)
    options = {"size": 96, "content_error": 2, **options, "engine": engine}
    straight, crossed = (
        painted(Painting(one, region=LEFT), Painting(other, region=RIGHT), **options)
        for one, other in ((dark, bright), (bright, dark))
    )
    assert style_error(straight, LEFT, dark) < style_error(crossed, LEFT, dark) / 3
    assert style_error(crossed, RIGHT, dark) < style_error(straight, RIGHT, dark) / 3


def test_what_regions_leave_is_for_paintings_without_one(
    painted: Callable[..., Pixels], pictures: list[Pixels]
) -> None:
    _, one, other = pictures
    named = painted(Painting(one, region=LEFT), Painting(other, region=RIGHT))
    left = painted(Painting(one, region=LEFT), Painting(other))
    np.testing.assert_allclose(left, named, atol=1e-4)


def test_paintings_of_one_region_are_mixed(
    painted: Callable[..., Pixels], pictures: list[Pixels]
) -> None:
    _, one, other = pictures
    image = painted(Painting(one, 1, region=LEFT), Painting(other, 0, region=LEFT.copy()))
    np.testing.assert_array_equal(image, painted(Painting(one, region=LEFT)))


def test_the_mask_of_a_painting_says_what_to_learn_from(
    painted: Callable[..., Pixels], pictures: list[Pixels]
) -> None:
    """Both halves of a painting that is two are as good as the two by themselves."""
    _, one, other = pictures
    both = np.where(LEFT[..., np.newaxis] >= 0.5, one, other)
    hard = (LEFT >= 0.5).astype(np.float32)
    image = painted(
        Painting(both, region=LEFT, mask=1 - hard), Painting(both, region=RIGHT, mask=hard)
    )
    alone = [painted(Painting(each)) for each in (other, one)]
    for region, (own, foreign) in ((LEFT, alone), (RIGHT, alone[::-1])):
        assert distance(image, own, region) < distance(image, foreign, region)


def test_equal_colours_of_two_maps_correspond(
    painted: Callable[..., Pixels], pictures: list[Pixels]
) -> None:
    _, one, other = pictures
    hard = (LEFT >= 0.5).astype(np.float32)
    both = np.where(hard[..., np.newaxis] > 0, one, other)
    red, blue = np.float32([1, 0, 0]), np.float32([0, 0, 1])
    in_photo = np.where(hard[..., np.newaxis] > 0, red, blue)
    in_painting = np.where(hard[..., np.newaxis] > 0, blue, red)
    np.testing.assert_array_equal(
        painted(Painting(both, region=in_photo, mask=in_painting, by_color=True)),
        painted(
            Painting(both, region=hard, mask=1 - hard), Painting(both, region=1 - hard, mask=hard)
        ),
    )


def test_regions_in_tiles_are_those_of_the_whole(
    pictures: list[Pixels], monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, one, other = (np.tile(picture, (2, 2, 1)) for picture in pictures)
    left = np.tile(LEFT, (2, 2))
    config = styleplug.StylizeConfig(
        size=192, iterations=4, engine="onnx", device="cpu", pyramid=False, optimizer="adam"
    )
    paintings = [Painting(one, region=left), Painting(other)]
    whole = styleplug.stylize(photo, paintings, config)

    def in_tiles(*arguments: Any) -> tuple[Scale, ...]:
        scales = fitted_scales(*arguments)
        return tuple(replace(scale, window=144, encoding=144) for scale in scales)

    monkeypatch.setattr(plan, "fitted_scales", in_tiles)
    tiled = styleplug.stylize(photo, paintings, config)
    assert tiled.style_error == pytest.approx(whole.style_error, rel=1e-4)
    assert float(np.abs(tiled.image - whole.image).mean()) < 1e-3


def test_masks_of_another_size_are_scaled_and_it_is_said(pictures: list[Pixels]) -> None:
    photo, one, _ = pictures
    notes: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, Planned):
            notes.extend(event.notes)

    mask = Mask(LEFT[::2, ::2].copy(), "left.png")
    request = StylizeRequest(photo, (one,), CONFIG, mask=mask, on_event=listen)
    styleplug.plugin_manager().hook.styleplug_stylize(request=request)
    assert "left.png is scaled from 48×36 pixels to the photograph's 96×72" in notes


def test_previews_show_what_is_masked_out(pictures: list[Pixels]) -> None:
    photo, one, _ = pictures
    shown: list[Pixels] = []
    styleplug.stylize(
        photo,
        one,
        styleplug.StylizeConfig(size=96, iterations=1, pyramid=False, device="cpu"),
        lambda event: shown.append(event.pixels) if isinstance(event, Preview) else None,
        mask=LEFT,
    )
    np.testing.assert_allclose(shown[-1][:, -20:], photo[:, -20:], atol=1 / 255)


def scene_of(pictures: list[Pixels], *regions: Pixels | None, mask: Pixels | None = None) -> Scene:
    roles = tuple(
        StyleRole(region=None if region is None else Mask(region, f"region {number}"))
        for number, region in enumerate(regions, start=1)
    )
    return compose(
        StylizeRequest(
            pictures[0],
            tuple(pictures[1] for _ in roles),
            style_roles=roles,
            mask=None if mask is None else Mask(mask, "mask.png"),
        )
    )


def test_overlapping_regions_share_their_pixels(pictures: list[Pixels]) -> None:
    ones = np.ones((HEIGHT, WIDTH), np.float32)
    scene = scene_of(pictures, ones, LEFT)
    first, second = scene.photograph.regions
    np.testing.assert_allclose(first + second, 1, atol=1e-6)
    assert (first[0, 0], second[0, 0], second[0, -1]) == (0.5, 0.5, 0)
    assert scene.shown is None


def test_what_no_region_covers_is_not_shown(pictures: list[Pixels]) -> None:
    scene = scene_of(pictures, LEFT / 2, RIGHT)
    np.testing.assert_allclose(scene.shown, LEFT / 2 + RIGHT, atol=1e-6)


@pytest.mark.parametrize(
    ("regions", "mask", "words"),
    [
        ([LEFT, LEFT * 0], None, "region is 'region 2', but must be white, or grey, somewhere"),
        ([LEFT, RIGHT, None], None, "leave something for the paintings without a region"),
        ([LEFT, LEFT >= 2], np.ones_like(LEFT), "region is 'region 2'"),
        ([LEFT == 1, RIGHT == 1], (LEFT == 1), "'region 2', but must be partly within the mask"),
        ([None], LEFT * 0, "leave something for the paintings"),
    ],
)
def test_empty_regions_are_named(
    pictures: list[Pixels], regions: list[Pixels | None], mask: Pixels | None, words: str
) -> None:
    as_mask = [None if each is None else np.asarray(each, np.float32) for each in regions]
    with pytest.raises(ConfigError, match=words):
        scene_of(pictures, *as_mask, mask=None if mask is None else np.asarray(mask, np.float32))


def test_weights_of_nothing_are_refused(pictures: list[Pixels]) -> None:
    photo, one, other = pictures
    with pytest.raises(ConfigError, match="above 0 for one of the paintings"):
        styleplug.stylize(photo, [Painting(one, 0), Painting(other, 0)], CONFIG)


def test_a_depth_needs_layers_of_its_own(pictures: list[Pixels]) -> None:
    config = styleplug.StylizeConfig(size=32, style_layers="relu4_1", device="cpu")
    with pytest.raises(ConfigError, match=r"depth of painting 1 is 'fine', but .* relu4_1"):
        styleplug.stylize(pictures[0], Painting(pictures[1], depth="fine"), config)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros((2, 3, 3), np.float32), r"is \(2, 3, 3\) float32, but must be"),
        (np.zeros((2, 3)), "float64, but must be"),
        (np.full((2, 3), 2, np.float32), "outside of"),
        (np.full((2, 3), np.nan, np.float32), "outside of"),
    ],
)
def test_masks_are_grey_values(values: Pixels, words: str) -> None:
    with pytest.raises(UnsupportedImageError, match=words):
        Mask(values, "mask.png")


def test_a_run_goes_on_with_the_same_regions_only(pictures: list[Pixels], tmp_path: Path) -> None:
    photo, one, other = pictures
    paintings = [Painting(one, region=LEFT), Painting(other, 0.5)]
    path = tmp_path / "run.ckpt"

    def paint(paintings: list[Painting[Pixels]], mask: Pixels, **options: object) -> Picture:
        config = styleplug.StylizeConfig(
            size=32, iterations=6, pyramid=False, engine="onnx", device="cpu", **options
        )
        there = Checkpoint(path, every=0, resume=path.exists())
        return styleplug.stylize(photo, paintings, config, checkpoint=there, mask=mask)

    mask = np.full_like(LEFT, 0.8)
    finished = paint(paintings, mask)
    again = paint(paintings, mask)
    np.testing.assert_array_equal(finished.image, again.image)
    with pytest.raises(CheckpointError, match="the mask isn't the one"):
        paint(paintings, LEFT)
    with pytest.raises(CheckpointError, match="the region of painting 1 isn't the one"):
        paint([Painting(one, region=RIGHT), Painting(other, 0.5)], mask)
    with pytest.raises(CheckpointError, match="what painting 2 is for isn't the one"):
        paint([Painting(one, region=LEFT), Painting(other, 0.6)], mask)
