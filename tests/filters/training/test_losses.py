"""The errors that filters are trained by."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from plain_losses import content_error, gram_matrix, style_error
from torch.nn.functional import avg_pool2d

from styleplug.filters.training import losses
from styleplug.filters.training.losses import DIVISORS, STYLE_LAYERS, PerceptualLoss, gram_matrices
from styleplug.filters.training.paintings import WORKING_SIDE
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted
from styleplug.runtime.models import Model
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import as_batch, as_pixels


@pytest.fixture
def mirror(tiny_model: Model) -> TorchVGG:
    return TorchVGG(tiny_model, device="cpu")


@pytest.fixture
def paintings(make_picture: Callable[..., np.ndarray]) -> list[Picture]:
    return [Picture(as_pixels(make_picture(150, 200, seed))) for seed in (5, 6)]


def test_the_errors_are_those_of_a_transfer(mirror, paintings, make_picture, monkeypatch):
    """Each picture's for itself, and by the plain formulas."""
    monkeypatch.setattr(losses, "quick_type", lambda device: torch.float32)
    loss = PerceptualLoss(mirror, paintings)
    photographs = torch.tensor(np.concatenate([make_picture(150, 160, seed) for seed in (1, 2)]))
    pictures = torch.tensor(np.concatenate([make_picture(150, 160, seed) for seed in (3, 4)]))
    places = [(0, 32), (22, 3)]
    errors = loss.errors(pictures, torch.tensor([1, 0]), loss.content(photographs, places), places)
    for index, painting in enumerate(reversed(paintings)):
        top, left = places[index]
        style, content = [], []
        for divisor in DIVISORS:
            seen = [
                avg_pool2d(each[index][None], divisor)
                if divisor > 1
                else each[index : index + 1, :, top : top + 128, left : left + 128]
                for each in (pictures, photographs)
            ]
            features = [mirror(each, LAYERS) for each in seen]
            small = torch.tensor(as_batch(fitted(painting.pixels, WORKING_SIDE // divisor)))
            targets = mirror(small, STYLE_LAYERS)
            style += [
                style_error(*(gram_matrix(each[name]) for each in (features[0], targets)))
                for name in STYLE_LAYERS
            ]
            content.append(content_error(*(each["relu4_2"] for each in features)))
        assert errors.style[index] == pytest.approx(float(np.mean(style)), rel=1e-4)
        # What is stored of the photographs is rounded to bfloat16.
        assert errors.content[index] == pytest.approx(float(np.mean(content)), rel=0.02)


LAYERS = (*STYLE_LAYERS, "relu4_2")
PLACES = [(0, 0)]


def test_a_photograph_has_no_content_error_of_its_own(mirror, paintings, make_picture):
    loss = PerceptualLoss(mirror, paintings)
    photographs = torch.tensor(make_picture(64, 64))
    errors = loss.errors(photographs, torch.tensor([0]), loss.content(photographs, PLACES), PLACES)
    assert errors.content[0] < 1e-3
    assert errors.style[0] > 0.01


def test_a_painting_has_no_palette_error_of_its_own(mirror, paintings):
    loss = PerceptualLoss(mirror, paintings)
    pictures = torch.cat([loss._pixels(painting, 1) for painting in paintings])
    errors = loss._palette(pictures, torch.tensor([0, 1]))
    assert errors.max() < 0.01
    assert (loss._palette(pictures * 0.5, torch.tensor([0, 1])) > 0.5).all()


def test_errors_have_gradients(mirror, paintings, make_picture):
    loss = PerceptualLoss(mirror, paintings)
    picture = torch.tensor(make_picture(64, 64)).requires_grad_(True)
    content = loss.content(torch.tensor(make_picture(64, 64, 1)), PLACES)
    errors = loss.errors(picture, torch.tensor([0]), content, PLACES)
    (errors.style + errors.content + errors.palette).sum().backward()
    assert picture.grad is not None
    assert picture.grad.abs().sum() > 0


def test_black_pictures_are_no_trouble(mirror):
    black = Picture(np.zeros((128, 128, 3), np.float32))
    loss = PerceptualLoss(mirror, [black])
    picture = torch.zeros(1, 3, 64, 64)
    errors = loss.errors(picture, torch.tensor([0]), loss.content(picture, PLACES), PLACES)
    assert all(torch.isfinite(error).all() for error in errors)


def test_gram_matrices_are_those_of_each():
    features = torch.randn(2, 3, 5, 4)
    for index, gram in enumerate(gram_matrices(features)):
        torch.testing.assert_close(gram, gram_matrix(features[index][None]))
