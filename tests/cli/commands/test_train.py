"""`styleplug train`."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

from styleplug.cli.commands import train as command
from styleplug.filters.training.network_training import Training
from styleplug.filters.weights import load_weights
from styleplug.pictures import path
from styleplug.runtime.models import find_model


@pytest.fixture
def train(run: Callable[..., Result], folder: Path) -> Callable[..., Result]:
    """Runs `styleplug train` cheaply, on a photograph and in the styles of two paintings."""
    for name in ("photos", "paintings"):
        (folder / name).mkdir()
    shutil.copy(path("photograph.jpg"), folder / "photos")
    shutil.copy(path("mosaic.jpg"), folder / "paintings" / "Carp & Pond.jpg")
    shutil.copy(path("mist.jpg"), folder / "paintings" / "mist.jpg")
    cheap = ("--steps", "2", "--crop", "96", "--batch", "1", "--device", "cpu")

    def invoke(*arguments: object) -> Result:
        return run("train", "photos", "paintings", "-o", "out.onnx", *cheap, *arguments)

    return invoke


def test_a_network_that_can_be_installed(train, run, folder, monkeypatch):
    monkeypatch.setattr(command, "SHEET_SIDE", 64)
    result = train("--sheet", "sheet.png")
    assert result.exit_code == 0, result.stderr
    assert "out.onnx  (2 steps; carp-pond, mist)" in result.stderr
    with Image.open(folder / "sheet.png") as sheet:
        assert sheet.width == 4 * 64
    assert {file.name for file in folder.iterdir() if file.is_file()} == {
        *("photo.png", "painting.png", "out.onnx", "sheet.png")
    }
    installed = run("models", "install", "filters", "--from", "out.onnx")
    assert installed.exit_code == 0, installed.stderr
    weights = load_weights(find_model("filters"))
    assert [style.name for style in weights.styles] == ["carp-pond", "mist"]
    assert run("models", "remove", "filters").exit_code == 0


def test_an_interrupted_training_goes_on(train, folder, monkeypatch):
    step = Training.step

    def interrupted(self):
        signal.raise_signal(signal.SIGINT)
        return step(self)

    with monkeypatch.context() as patch:
        patch.setattr(Training, "step", interrupted)
        result = train()
    assert result.exit_code == 130
    assert "give the same command again" in result.stderr
    assert (folder / "out.onnx").is_file()
    assert (folder / "out.onnx.checkpoint").is_file()

    done = []
    monkeypatch.setattr(Training, "step", lambda self: done.append(self.steps) or step(self))
    result = train()
    assert result.exit_code == 0, result.stderr
    assert "going on after 1 steps" in result.stderr
    assert done == [1]
    assert not (folder / "out.onnx.checkpoint").exists()


def test_a_network_whose_place_is_gone_is_kept_elsewhere(train, run, folder, monkeypatch, caplog):
    (folder / "results").mkdir()
    monkeypatch.setattr(command, "SECONDS_PER_CHECKPOINT", -1.0)
    step = Training.step

    def last(self):
        shutil.rmtree(folder / "results", ignore_errors=True)
        (folder / "results").touch()
        return step(self)

    monkeypatch.setattr(Training, "step", last)
    result = train("-o", "results/out.onnx")
    assert result.exit_code == 1
    assert "going on, and trying again later" in caplog.text
    kept = folder / "out.onnx"
    assert f"; the network is {kept} now" in result.stderr
    assert run("models", "install", "filters", "--from", kept).exit_code == 0


def test_how_far_from_the_photograph_filters_lead(train, folder, monkeypatch):
    target_content_errors = []
    step = Training.step
    monkeypatch.setattr(
        Training,
        "step",
        lambda self: (
            target_content_errors.append(self.trainer.target_content_errors.tolist()) or step(self)
        ),
    )
    result = train("--content-error", "mist=1.5", "--content-error", "0.5")
    assert result.exit_code == 0, result.stderr
    assert target_content_errors[0] == [0.5, 1.5]


def test_what_is_there_stays(train, folder):
    (folder / "out.onnx").write_bytes(b"mine")
    result = train()
    assert result.exit_code == 2
    assert "unless --overwrite is given" in result.stderr
    assert (folder / "out.onnx").read_bytes() == b"mine"


def test_paintings_that_are_refused(train, folder):
    shutil.copy(folder / "painting.png", folder / "paintings" / "small.png")
    result = train()
    assert result.exit_code == 2
    assert "too few to learn strokes from" in result.stderr
    (folder / "paintings" / "small.png").unlink()
    shutil.copy(path("mist.jpg"), folder / "paintings" / "Mist.jpeg")
    result = train()
    assert result.exit_code == 2
    assert "the only one that is called mist" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["photos", "paintings", "-o", "out.pt"], "a name that ends in .onnx"),
        (["nowhere", "paintings", "-o", "out.onnx"], "photos is 'nowhere'"),
        (["photos", "nowhere", "-o", "out.onnx"], "paintings is 'nowhere'"),
        (["photos", "paintings", "-o", "out.onnx", "--crop", "50"], "96<=x<=1024"),
        (["photos", "paintings", "-o", "out.onnx", "--sheet", "a.txt"], "a.txt"),
        (["photos", "paintings", "-o", "out.onnx", "--content-error", "0.01"], "from 0.1 to 3"),
        (["photos", "paintings", "-o", "out.onnx", "--content-error", "mist=x"], "'x' is no"),
        (["photos", "paintings", "-o", "out.onnx", "--content-error", "mits=1"], "carp-pond, mist"),
    ],
)
def test_what_is_refused(train, run, arguments, message):
    result = run("train", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
