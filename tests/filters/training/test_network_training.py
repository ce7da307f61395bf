"""The training of a network from nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from styleplug.errors import CheckpointError
from styleplug.filters.training.network import FilterNetwork
from styleplug.filters.training.network_training import Training
from styleplug.filters.training.schedule import TrainingSchedule
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.resize import fitted
from styleplug.pictures import path
from styleplug.runtime.models import Model
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import as_batch, as_pixels


@pytest.fixture
def start(tiny_model: Model, make_picture: Callable[..., np.ndarray]) -> Callable[..., Training]:
    """Begins a training of the styles of these names."""

    def begin(*names: str, steps: int = 20) -> Training:
        paintings = {
            name: Picture(as_pixels(make_picture(130, 140, seed)))
            for seed, name in enumerate(names)
        }
        mirror, schedule = TorchVGG(tiny_model, device="cpu"), TrainingSchedule(64, 2, warm_up=2)
        target_content_errors = dict.fromkeys(names, 0.65)
        return Training(
            [path("photograph.jpg")], paintings, mirror, schedule, steps, target_content_errors
        )

    return begin


@pytest.mark.slow
def test_what_is_trained_is_what_is_given_out(start):
    training = start("wave", "starry-night")
    training.step()
    weights = training.weights()
    assert [style.name for style in weights.styles] == ["wave", "starry-night"]
    assert weights.styles[1].description == "Starry night"
    assert {style.network for style in weights.styles} == {weights.network}
    network = FilterNetwork()
    network.load_state_dict({name: torch.tensor(array) for name, array in weights.arrays.items()})
    photograph = fitted(read_picture(path("photograph.jpg")).pixels, 64)
    vectors = (torch.tensor(getattr(weights.styles[1], kind))[None] for kind in ("scale", "shift"))
    with torch.no_grad():
        picture = as_pixels(network(torch.tensor(as_batch(photograph)), *vectors).numpy())
    sheet = training.sheet(photograph)
    height, width = photograph.shape[:2]
    assert sheet.shape == (height, 4 * width, 3)
    np.testing.assert_allclose(sheet[:, width : 2 * width], picture, atol=1e-5)
    assert (sheet[:, 2 * width :] == 1).all()


@pytest.mark.slow
def test_an_interrupted_training_goes_on(start, tmp_path):
    checkpoint = tmp_path / "filters.checkpoint"
    first = start("wave", "ember")
    for _ in range(2):
        first.step()
    first.save(checkpoint)
    second = start("wave", "ember")
    second.resume(checkpoint)
    assert second.steps == 2
    assert second.weights().network == first.weights().network
    second.step()
    assert second.steps == 3
    assert second.weights().network != first.weights().network


@pytest.mark.parametrize(
    "damage",
    ["other names", "cut", "no checkpoint", "folder", "a list", "no state", "half a state"],
)
def test_checkpoints_that_are_refused(start, tmp_path, damage):
    checkpoint: Path = tmp_path / "filters.checkpoint"
    start("wave").save(checkpoint)
    if damage == "cut":
        checkpoint.write_bytes(checkpoint.read_bytes()[:-1000])
    elif damage == "no checkpoint":
        checkpoint.write_bytes(b"not one")
    elif damage == "a list":
        torch.save([1, 2], checkpoint)
    elif damage == "no state":
        torch.save({"paintings": ["wave"], "trainer": [1]}, checkpoint)
    elif damage == "half a state":
        torch.save({"paintings": ["wave"], "trainer": {"steps": 1, "weights": 2}}, checkpoint)
    elif damage == "folder":
        checkpoint = tmp_path
    training = start("ember" if damage == "other names" else "wave")
    with pytest.raises(CheckpointError, match="move it away to start anew"):
        training.resume(checkpoint)


def test_a_checkpoint_runs_nothing(start, tmp_path):
    checkpoint = tmp_path / "filters.checkpoint"
    torch.save({"paintings": ["wave"], "trainer": Payload(tmp_path / "made")}, checkpoint)
    with pytest.raises(CheckpointError):
        start("wave").resume(checkpoint)
    assert not (tmp_path / "made").exists()


class Payload:
    """What a checkpoint could hold that means harm: a folder is made when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def __reduce__(self):
        return (os.mkdir, (self.folder,))
