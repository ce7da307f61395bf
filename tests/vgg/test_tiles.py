"""Tiles: they cover a picture, and the network gives in each what it gives in the whole."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from styleplug.runtime.models import Model
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.layers import VGG16, VGG19
from styleplug.vgg.tiles import (
    GRID,
    Tile,
    halo,
    seen_pixels,
    smaller_window,
    smallest_window,
    tiles_of,
)

MakePicture = Callable[..., NDArray[np.float32]]


@pytest.mark.parametrize(
    ("architecture", "layer", "pixels"),
    [
        (VGG16, "relu1_1", 16),  # 1
        (VGG16, "relu4_2", 48),  # 2 + 4 + 12 + 16
        (VGG16, "relu5_1", 64),  # 2 + 4 + 12 + 24 + 16
        (VGG19, "relu5_1", 80),  # 2 + 4 + 16 + 32 + 16
        (VGG19, "relu5_4", 128),  # 2 + 4 + 16 + 32 + 64
    ],
)
def test_a_halo_is_as_wide_as_the_deepest_layer_looks(architecture, layer, pixels) -> None:
    assert halo(architecture, [layer, "relu1_1"]) == pixels


@given(
    height=st.integers(16, 700),
    width=st.integers(16, 700),
    halo=st.sampled_from([16, 48, 64]),
    more=st.integers(0, 20),
)
def test_every_feature_belongs_to_one_tile(height: int, width: int, halo: int, more: int) -> None:
    window = smallest_window(halo) + GRID * more
    tiles = tiles_of(height, width, window, halo)
    for layer in ("relu1_1", "relu3_2", "relu5_1"):
        owners = np.zeros(Tile.of(height, width).at(layer).shape, int)
        for tile in tiles:
            owners[tile.at(layer).own] += 1
        assert (owners == 1).all()
    assert sum(np.prod(tile.shape) for tile in tiles) == seen_pixels(height, width, window, halo)


@given(length=st.integers(16, 700), more=st.integers(0, 20))
def test_what_is_a_tiles_own_is_far_from_false_borders(length: int, more: int) -> None:
    halo, window = 64, smallest_window(64) + GRID * more
    for tile in tiles_of(length, 16, window, halo):
        seen, own = tile.window[0], tile.own[0]
        assert seen.stop - seen.start <= window
        assert seen.start == 0 or own.start - seen.start >= halo
        assert seen.stop == length or seen.stop - own.stop >= halo
        assert seen.start % GRID == own.start % GRID == 0


def test_windows_become_smaller_until_there_are_none() -> None:
    sides = [2000]
    while (side := smaller_window(sides[-1], 64)) is not None:
        sides.append(side)
    assert sides[-1] == smallest_window(64)
    assert all(side % GRID == 0 for side in sides[1:])
    assert sides[1] ** 2 == pytest.approx(sides[0] ** 2 / 2, rel=0.05)


@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("size", [(230, 333), (160, 301), (400, 50)])
def test_the_encoder_gives_the_same_in_tiles(
    tiny_model: Model, make_picture: MakePicture, size: tuple[int, int], pooling: str
) -> None:
    encoder = Encoder(tiny_model, pooling=pooling, device="cpu")
    picture, layers = make_picture(*size), ["relu1_2", "relu3_1", "relu5_1"]
    whole, tiled = (encoder.features(picture, layers, window) for window in (None, 160))
    for layer in layers:
        np.testing.assert_allclose(tiled[layer], whole[layer], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("seen", [False, True])
def test_gram_matrices_are_those_of_the_whole(
    tiny_model: Model, make_picture: MakePicture, seen: bool
) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    picture, layers = make_picture(230, 333), ["relu1_2", "relu3_1", "relu5_1"]
    alpha = np.tri(230, 333, 40, dtype=np.float32) if seen else None
    whole, tiled = (encoder.gram_matrices(picture, layers, alpha, w) for w in (None, 160))
    for layer in layers:
        error = np.linalg.norm(tiled[layer] - whole[layer]) / np.linalg.norm(whole[layer])
        assert error < 1e-6
        # They are kept apart, for their last bits differ.
        assert not np.array_equal(tiled[layer], whole[layer])


def test_a_window_larger_than_the_picture_is_none(
    tiny_model: Model, make_picture: MakePicture
) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    picture = make_picture(64, 80)
    for compute in (encoder.features, encoder.gram_matrices):
        whole, tiled = (compute(picture, ["relu2_1"], window=w) for w in (None, 160))
        np.testing.assert_array_equal(tiled["relu2_1"], whole["relu2_1"])
