"""Learning the style of one painting."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from random_filters import random_filters

from styleplug.filters.style import read_style, write_style
from styleplug.filters.training import style_learning
from styleplug.filters.training.paintings import checked
from styleplug.filters.training.schedule import TrainingSchedule
from styleplug.filters.training.style_learning import Learning
from styleplug.image.read import read_picture
from styleplug.image.resize import fitted
from styleplug.pictures import path
from styleplug.runtime.models import Model
from styleplug.vgg.mirror import TorchVGG


@pytest.fixture
def start(tiny_model: Model) -> Callable[..., Learning]:
    """Begins to learn a bundled painting."""

    def begin(**more: object) -> Learning:
        return Learning(
            checked(read_picture(path("mosaic.jpg"))),
            random_filters("wave", "ember"),
            [path("photograph.jpg")],
            TorchVGG(tiny_model, device="cpu"),
            0.65,
            TrainingSchedule(crop=64, batch=2, warm_up=1, learning_rate=0.01),
        )

    return begin


def test_it_begins_with_what_is_nearest_already(start):
    begun = start()
    wave, ember = begun.weights.styles
    vectors = [(wave.scale, wave.shift), (ember.scale, ember.shift)]
    vectors.append(((wave.scale + ember.scale) / 2, (wave.shift + ember.shift) / 2))
    distances = [
        begun._distance(*(torch.tensor(vector)[None] for vector in pair)) for pair in vectors
    ]
    style = begun.style("new", "")
    np.testing.assert_allclose(style.scale, vectors[int(np.argmin(distances))][0], atol=1e-6)


def test_the_style_changes_and_the_network_does_not(start):
    begun = start()
    before = begun.style("new", "")
    progress = [step for step, _ in zip(begun.run(1000), range(3), strict=False)]
    after = begun.style("new", "Learned")
    assert (after.scale != before.scale).any()
    assert after.network == begun.weights.network
    assert 0 < progress[0].fraction < progress[2].fraction < 1
    assert progress[2].remaining < progress[0].remaining < 1000
    for name, array in begun.network.state_dict().items():
        np.testing.assert_array_equal(array.numpy(), begun.weights.arrays[name])


def test_a_preview_is_the_photograph_in_the_style(start):
    begun = start()
    photograph = fitted(read_picture(path("photograph.jpg")).pixels, 64)
    first = begun.preview(photograph)
    assert first.shape == photograph.shape
    begun.trainer.step()
    assert (begun.preview(photograph) != first).any()


def test_it_ends_by_the_time_limit(start, monkeypatch):
    """By a clock of its own, which goes on by a second whenever it is looked at."""
    ticks = iter(range(1000))
    monkeypatch.setattr(style_learning.time, "monotonic", lambda: float(next(ticks)))
    progress = list(start().run(6))
    assert 1 <= len(progress) <= 6
    assert progress[-1].fraction == 1
    assert progress[-1].remaining == 0


@pytest.mark.slow
def test_a_real_painting_is_learned(real_model, tmp_path):
    """By the real features, though on a network that knows nothing: nearer with every look."""
    begun = Learning(
        checked(read_picture(path("harbour.jpg"))),
        random_filters("wave"),
        [path("photograph.jpg"), path("mist.jpg")],
        TorchVGG(real_model, device="cpu"),
        0.65,
        TrainingSchedule(crop=96, batch=2, warm_up=1, learning_rate=0.012),
    )
    distances = [begun.distance()]
    for _ in range(3):
        for _ in range(5):
            begun.trainer.step()
        distances.append(begun.distance())
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.86 * distances[0]
    write_style(begun.style("harbour", "Learned"), tmp_path / "harbour.safetensors")
    style = read_style(tmp_path / "harbour.safetensors")
    assert (style.name, style.network) == ("harbour", begun.weights.network)
