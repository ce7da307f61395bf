"""The objective: the loss that the design states, and its exact gradient."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from plain_losses import as_float64

from styleplug.image.resize import resized
from styleplug.runtime.models import Model
from styleplug.transfer.balance import Balance, FixedWeights, TargetError
from styleplug.transfer.engine_torch import FLOAT16_LOSS_SCALE, TorchEngine
from styleplug.transfer.loss import Loss
from styleplug.transfer.objective import Objective
from styleplug.transfer.reduction import reduced
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.targets import Targets, compute_targets
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.masks import feature_weights
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import as_pixels

CONTENT = {"relu2_2": 0.25, "relu4_2": 0.75}
STYLE = {"relu1_1": 0.5, "relu3_1": 0.3, "relu5_1": 0.2}
DISC = np.clip((14 - np.hypot(*np.mgrid[-20:17, -14:20])) / 5, 0, 1).astype(np.float32)
SMALLER = (22, 20)
MakePicture = Callable[..., NDArray[np.float32]]


def make_objective(
    model: Model,
    make_picture: MakePicture,
    balance: Balance,
    pooling: str = "max",
    levels: int = 1,
    alpha: NDArray[np.float32] | None = None,
) -> Objective:
    """An objective for a picture of 37 by 34 pixels, perhaps a smaller size of it, and how much of
    it is seen."""
    targets = make_targets(model, make_picture, pooling, levels, alpha)
    return objective_of(targets, TorchVGG(model, pooling=pooling, device="cpu"), balance)


def make_targets(
    model: Model,
    make_picture: MakePicture,
    pooling: str,
    levels: int,
    alpha: NDArray[np.float32] | None,
    *,
    in_regions: bool = False,
) -> list[Targets]:
    encoder = Encoder(model, pooling=pooling, device="cpu")
    paintings = [StyleImage(as_pixels(make_picture(30, 17, seed=2)))]
    if in_regions:
        paintings.append(StyleImage(as_pixels(make_picture(30, 17, seed=4)), region=1))

    def regions(shape: tuple[int, int]) -> tuple[NDArray[np.float32], ...]:
        seen = np.ones(shape, np.float32) if alpha is None else resized(alpha, *shape)
        left = seen * np.linspace(1, 0, shape[1], dtype=np.float32)
        return (left, seen - left) if in_regions else ()

    return [
        compute_targets(
            encoder,
            ContentImage(
                as_pixels(make_picture(*shape, seed=1)),
                None if alpha is None else resized(alpha, *shape),
                regions=regions(shape),
            ),
            paintings,
            CONTENT,
            STYLE,
        )
        for shape in [(37, 34), SMALLER][:levels]
    ]


def objective_of(targets: list[Targets], mirror: TorchVGG, balance: Balance) -> Objective:
    loss = Loss(targets, content_layers=CONTENT, style_layers=STYLE, balance=balance, tv_weight=0.5)
    return Objective(TorchEngine(mirror), loss)


@pytest.mark.parametrize("levels", [1, 2])
@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("balance", [FixedWeights(1.5, 8), TargetError(0.5), TargetError(0.05)])
@pytest.mark.parametrize("alpha", [None, DISC], ids=["opaque", "disc"])
@pytest.mark.parametrize("in_regions", [False, True], ids=["plain", "regions"])
def test_gradient_is_that_of_finite_differences(
    tiny_model: Model,
    make_picture: MakePicture,
    balance: Balance,
    pooling: str,
    levels: int,
    alpha: NDArray[np.float32] | None,
    in_regions: bool,
) -> None:
    mirror = TorchVGG(tiny_model, pooling=pooling, device="cpu")
    targets = make_targets(tiny_model, make_picture, pooling, levels, alpha, in_regions=in_regions)
    objective = objective_of([as_float64(one) for one in targets], mirror, balance)
    mirror.double().dtype = torch.float64  # which no engine is asked to be made with
    picture = torch.tensor(make_picture(37, 34, seed=3)).double()
    gradient = objective(picture).gradient
    generator = torch.Generator().manual_seed(0)
    for _ in range(5):
        direction = torch.randn(picture.shape, generator=generator, dtype=torch.float64)
        step = 1e-7
        above, below = (objective(picture + sign * step * direction).loss for sign in (1, -1))
        slope = float((gradient * direction).sum())
        assert (above - below) / (2 * step) == pytest.approx(slope, rel=1e-5, abs=1e-9)


def test_loss_is_that_of_the_design(tiny_model: Model, make_picture: MakePicture) -> None:
    objective = make_objective(tiny_model, make_picture, FixedWeights(1.5, 8))
    picture = make_picture(37, 34, seed=3)
    encoder = Encoder(tiny_model, device="cpu")
    features = encoder.features(picture, CONTENT)
    photo = encoder.features(make_picture(37, 34, seed=1), CONTENT)
    grams = encoder.gram_matrices(picture, STYLE)
    painting = encoder.gram_matrices(make_picture(30, 17, seed=2), STYLE)
    content = sum(
        w * np.mean((features[n] - photo[n]) ** 2) / np.mean(photo[n] ** 2)
        for n, w in CONTENT.items()
    )
    style = sum(
        w * np.sum((grams[n] - painting[n]) ** 2) / np.sum(painting[n] ** 2)
        for n, w in STYLE.items()
    )
    variation = np.mean(np.diff(picture, axis=2) ** 2) + np.mean(np.diff(picture, axis=3) ** 2)
    evaluation = objective(objective.to_device(picture))
    assert evaluation.content_error == pytest.approx(content, rel=1e-4)
    assert evaluation.style_error == pytest.approx(style, rel=1e-4)
    assert evaluation.total_variation == pytest.approx(variation, rel=1e-4)
    expected = 1.5 * content + 8 * style + 0.5 * variation
    assert evaluation.loss == pytest.approx(expected, rel=1e-4)


def test_what_is_not_seen_counts_in_no_term(tiny_model: Model, make_picture: MakePicture) -> None:
    objective = make_objective(tiny_model, make_picture, FixedWeights(1.5, 8), alpha=DISC)
    picture = make_picture(37, 34, seed=3)
    encoder = Encoder(tiny_model, device="cpu")
    features = encoder.features(picture, CONTENT)
    photo = encoder.features(make_picture(37, 34, seed=1), CONTENT)
    grams = encoder.gram_matrices(picture, STYLE, DISC)
    painting = encoder.gram_matrices(make_picture(30, 17, seed=2), STYLE)
    seen = {name: feature_weights(DISC, name) ** 2 for name in CONTENT}
    content = sum(
        w * np.sum(seen[n] * (features[n] - photo[n]) ** 2) / np.sum(seen[n] * photo[n] ** 2)
        for n, w in CONTENT.items()
    )
    style = sum(
        w * np.sum((grams[n] - painting[n]) ** 2) / np.sum(painting[n] ** 2)
        for n, w in STYLE.items()
    )
    across = np.mean(np.diff(picture[0], axis=2) ** 2, axis=0)
    down = np.mean(np.diff(picture[0], axis=1) ** 2, axis=0)
    variation = np.average(across, weights=np.minimum(DISC[:, 1:], DISC[:, :-1]))
    variation += np.average(down, weights=np.minimum(DISC[1:], DISC[:-1]))
    evaluation = objective(objective.to_device(picture))
    assert evaluation.content_error == pytest.approx(content, rel=1e-4)
    assert evaluation.style_error == pytest.approx(style, rel=1e-4)
    assert evaluation.total_variation == pytest.approx(variation, rel=1e-4)


def test_regions_are_each_by_itself(tiny_model: Model, make_picture: MakePicture) -> None:
    """The style error is the mean of the regions', by area; each is that of its guided Gram
    matrices, which are Gram matrices of the region alone."""
    targets = make_targets(tiny_model, make_picture, "max", 1, DISC, in_regions=True)
    objective = objective_of(targets, TorchVGG(tiny_model, device="cpu"), FixedWeights(1.5, 8))
    picture, encoder = make_picture(37, 34, seed=3), Encoder(tiny_model, device="cpu")
    left = DISC * np.linspace(1, 0, 34, dtype=np.float32)
    expected = 0.0
    for region, seed in ((left, 2), (DISC - left, 4)):
        grams = encoder.gram_matrices(picture, STYLE, region)
        painting = encoder.gram_matrices(make_picture(30, 17, seed=seed), STYLE)
        error = sum(
            w * np.sum((grams[n] - painting[n]) ** 2) / np.sum(painting[n] ** 2)
            for n, w in STYLE.items()
        )
        expected += error * region.sum() / DISC.sum()
    evaluation = objective(objective.to_device(picture))
    assert evaluation.style_error == pytest.approx(expected, rel=1e-4)


def test_an_opaque_picture_costs_what_it_did(tiny_model: Model, make_picture: MakePicture) -> None:
    objective = make_objective(tiny_model, make_picture, FixedWeights(1, 5), levels=2)
    assert [level.whole().weights for level in objective.loss.levels] == [{}, {}]
    assert objective.loss.alpha is None


def test_a_smaller_size_counts_for_its_share(tiny_model: Model, make_picture: MakePicture) -> None:
    picture = make_picture(37, 34, seed=3)
    smaller = reduced(picture, *SMALLER, np.asarray)
    both = make_objective(tiny_model, make_picture, FixedWeights(1, 5), levels=2)
    full = make_objective(tiny_model, make_picture, FixedWeights(1, 5))
    expected = full(full.to_device(picture)).content_error * 0.7
    small = objective_of(
        make_targets(tiny_model, make_picture, "max", 2, None)[1:],
        TorchVGG(tiny_model, device="cpu"),
        FixedWeights(1, 5),
    )
    expected += small(small.to_device(smaller)).content_error * 0.3
    assert both(both.to_device(picture)).content_error == pytest.approx(expected, rel=1e-5)


def test_half_precision_gradients_do_not_vanish(
    tiny_model: Model, make_picture: MakePicture
) -> None:
    """What a GPU does in float16, done on the CPU: it is slow there, but the same arithmetic."""
    objective = make_objective(tiny_model, make_picture, FixedWeights(1, 5))
    picture = objective.to_device(make_picture(37, 34, seed=3))
    exact = objective(picture).gradient.flatten()
    engine = objective.engine
    engine.mirror.half()
    engine.mirror.mean = engine.mirror.mean.float()
    engine.mirror.dtype, engine.loss_scale = torch.float16, FLOAT16_LOSS_SCALE
    half = objective(picture).gradient.flatten()
    assert half.dtype == torch.float32
    assert torch.cosine_similarity(half, exact, dim=0) > 0.999


@pytest.mark.parametrize("alpha", [None, DISC], ids=["opaque", "disc"])
@pytest.mark.parametrize("in_regions", [False, True], ids=["plain", "regions"])
def test_in_bfloat16_it_is_nearly_the_same(
    real_model: Model,
    make_picture: MakePicture,
    alpha: NDArray[np.float32] | None,
    in_regions: bool,
) -> None:
    targets = make_targets(real_model, make_picture, "max", 2, alpha, in_regions=in_regions)
    picture = torch.tensor(make_picture(37, 34, seed=3))
    exact, quick = (
        objective_of(
            targets, TorchVGG(real_model, device="cpu", precision=precision), TargetError(0.5)
        )(picture)
        for precision in ("float32", "bfloat16")
    )
    assert quick.loss == pytest.approx(exact.loss, rel=0.01)
    assert quick.gradient.dtype == torch.float32
    both = quick.gradient.flatten(), exact.gradient.flatten()
    assert torch.cosine_similarity(*both, dim=0) > 0.99
