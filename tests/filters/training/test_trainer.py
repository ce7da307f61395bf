"""The steps of a training."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from styleplug.errors import DivergedError
from styleplug.filters.training.losses import FilterErrors, PerceptualLoss
from styleplug.filters.training.network import FilterNetwork, new_styles
from styleplug.filters.training.schedule import TrainingSchedule
from styleplug.filters.training.trainer import DETAIL, RIM, SHIFT, VECTORS, Trainer, _overlap, _view
from styleplug.image.picture import Picture
from styleplug.pictures import path
from styleplug.runtime.models import Model
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import as_pixels

SCHEDULE = TrainingSchedule(crop=64, batch=2, warm_up=2)


@pytest.fixture
def make_trainer(
    tiny_model: Model, make_picture: Callable[..., np.ndarray]
) -> Callable[..., Trainer]:
    """Makes a training of two styles, whose network is trained as well or isn't."""

    def make(
        schedule: TrainingSchedule = SCHEDULE,
        target: float = 0.65,
        frozen: bool = False,
        seed: int = 0,
    ) -> Trainer:
        torch.manual_seed(0)
        paintings = [Picture(as_pixels(make_picture(130, 140, seed))) for seed in (5, 6)]
        loss = PerceptualLoss(TorchVGG(tiny_model, device="cpu"), paintings)
        network = FilterNetwork().requires_grad_(not frozen)
        photographs = [path("photograph.jpg")]
        return Trainer(network, new_styles(2), loss, photographs, [target, target], schedule, seed)

    return make


@pytest.mark.slow
def test_the_style_error_falls(make_trainer):
    trainer = make_trainer()
    errors = [trainer.step().style_error for _ in range(20)]
    assert np.mean(errors[-6:]) < 0.9 * np.mean(errors[:6])


def test_a_frozen_network_stays_and_the_styles_learn(make_trainer):
    trainer = make_trainer(frozen=True)
    before = {name: array.clone() for name, array in trainer.network.state_dict().items()}
    for _ in range(3):
        trainer.step()
    for name, array in trainer.network.state_dict().items():
        assert torch.equal(array, before[name])
    for kind, value in zip(VECTORS, (1, 0), strict=True):
        assert (trainer.styles[kind] != value).any()


def test_steps_are_as_large_as_asked(make_trainer):
    """Adam's first step moves each number by its learning rate, three times that for a style."""
    trainer = make_trainer(TrainingSchedule(crop=64, batch=2, warm_up=4, learning_rate=1e-3))
    weight = trainer.network.decode_picture.weight.detach().clone()
    trainer.step(factor=0.5)
    moved = (trainer.network.decode_picture.weight - weight).abs().max()
    assert float(moved.detach()) == pytest.approx(1e-3 / 4 * 0.5, rel=0.02)
    assert float(trainer.styles["shift"].detach().abs().max()) == pytest.approx(
        3e-3 / 4 * 0.5, rel=0.02
    )


@pytest.mark.parametrize(("target", "direction"), [(0.01, 1), (5.0, -1)])
def test_content_weights_are_changed_towards_the_target(make_trainer, target, direction):
    trainer = make_trainer(TrainingSchedule(crop=64, batch=2, dual_learning_rate=0.1), target)
    before = trainer.log_weights.clone()
    for _ in range(4):
        trainer.step()
    assert (direction * (trainer.log_weights - before) >= 0).all()
    assert (trainer.log_weights != before).any()


def test_content_counts_for_more_where_there_is_more_detail(make_trainer, monkeypatch):
    trainer = make_trainer()
    batches, draw, errors = [], trainer._batch, trainer.loss.errors

    def drawn():
        batches.append(draw())
        return batches[-1]

    monkeypatch.setattr(trainer, "_batch", drawn)
    monkeypatch.setattr(
        trainer.loss, "errors", lambda *batch: errors(*batch)._replace(content=torch.ones(2))
    )
    step = trainer.step()
    [(_, _, content, detail)] = batches
    squares = torch.stack([array.float().square().mean((1, 2, 3)) for array in content]).mean(0)
    assert detail[0] / detail[1] == pytest.approx(float(squares[0] / squares[1]), rel=1e-4)
    assert step.content_error == pytest.approx(float((detail**DETAIL).mean()), rel=1e-4)


def test_the_mean_of_the_steps_is_there_for_a_while(make_trainer):
    trainer = make_trainer()
    for _ in range(3):
        trainer.step()
    shift = trainer.styles["shift"].detach().clone()
    with trainer.averaged():
        assert not torch.equal(trainer.styles["shift"], shift)
        assert torch.equal(trainer.styles["shift"], trainer.average[-1])
    assert torch.equal(trainer.styles["shift"], shift)


def test_a_state_is_taken_up(make_trainer):
    first = make_trainer()
    for _ in range(3):
        first.step()
    second = make_trainer(seed=1)
    second.restore(first.state())
    assert second.steps == 3
    for one, other in zip(first.trained, second.trained, strict=True):
        assert torch.equal(one, other)
    assert torch.equal(first.log_weights, second.log_weights)
    moments = [[state["exp_avg"] for state in each.adam.state.values()] for each in (first, second)]
    assert all(torch.equal(one, other) for one, other in zip(*moments, strict=True))


def test_what_is_no_number_spoils_nothing(make_trainer, monkeypatch):
    trainer = make_trainer()
    before = [weight.detach().clone() for weight in trainer.trained]
    errors = trainer.loss.errors

    def lost(*arguments):
        style, content, palette = errors(*arguments)
        return FilterErrors(style / 0, content, palette)

    monkeypatch.setattr(trainer.loss, "errors", lost)
    with pytest.raises(DivergedError):
        trainer.step()
    assert all(map(torch.equal, before, trainer.trained))


@pytest.mark.parametrize(("left", "top"), [(0, 0), (8, 3), (2, 7), (4, 4)])
def test_views_overlap_in_the_same_pixels(left, top):
    crops = torch.arange(100 * 100.0).view(1, 1, 100, 100).expand(2, 3, 100, 100)
    middle = SHIFT // 2
    one = _overlap(_view(crops, middle, middle), left - middle, top - middle)
    other = _overlap(_view(crops, left, top), middle - left, middle - top)
    assert torch.equal(one, other)
    assert one.shape[3] == 92 - 2 * RIM - abs(left - middle)
