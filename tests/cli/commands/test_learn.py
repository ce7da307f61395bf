"""`styleplug learn`."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image
from random_filters import install_filters, random_filters

from styleplug.cli.commands import learn as command
from styleplug.filters.store import user_file, user_files
from styleplug.filters.style import SUFFIX, FilterStyle, read_style
from styleplug.filters.training import style_learning
from styleplug.filters.training.schedule import TrainingSchedule
from styleplug.filters.training.style_learning import Learning
from styleplug.pictures import path

PAINTING = path("mosaic.jpg")


def user_styles() -> list[FilterStyle]:
    return [read_style(file) for file in user_files(SUFFIX)]


def style_file(name: str) -> Path:
    return user_file(name, SUFFIX)


@pytest.fixture
def learn(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `styleplug learn` cheaply, and for a step or two."""
    install_filters(random_filters("wave", "ember"))
    monkeypatch.setattr(style_learning, "SCHEDULE", TrainingSchedule(64, 1, 0.01, warm_up=1))

    def invoke(*arguments: object, painting: object = PAINTING) -> Result:
        return run("learn", painting, "--device", "cpu", "--time-limit", "1", *arguments)

    return invoke


@pytest.mark.slow
def test_a_painting_becomes_a_filter(learn):
    result = learn("--name", "my-style")
    assert result.exit_code == 0, result.stderr
    assert "my-style  (learned, " in result.stderr
    assert "learning, " in result.stderr
    assert "style error" in result.stderr
    (style,) = user_styles()
    assert (style.name, style.description) == ("my-style", "Learned from mosaic.jpg")
    assert style.network == random_filters("wave").network
    assert style_file("my-style").stat().st_size < 20_000


def test_a_painting_of_the_collection_goes_by_its_name(learn):
    assert learn("--name", "mine", painting="harbour").exit_code == 0
    assert [style.description for style in user_styles()] == ["Learned from harbour.jpg"]


@pytest.mark.slow
def test_photographs_of_ones_own(learn, folder, tmp_path):
    photos = tmp_path / "photos" / "summer"
    photos.mkdir(parents=True)
    shutil.copy(folder / "photo.png", photos)
    (photos / "notes.txt").write_text("where they were taken")
    result = learn("--name", "mine", "--photos", photos.parent)
    assert result.exit_code == 0, result.stderr
    assert user_styles()


def test_a_preview_is_renewed(learn, folder, monkeypatch):
    monkeypatch.setattr(command, "SECONDS_PER_PREVIEW", 0.0)
    monkeypatch.setattr(command, "PREVIEW_SIDE", 64)
    result = learn("--name", "mine", "--preview", "now.png")
    assert result.exit_code == 0, result.stderr
    with Image.open(folder / "now.png") as image:
        assert max(image.size) == 64
        assert np.asarray(image).std() > 1


def test_a_preview_that_cant_be_written_costs_no_style(learn, tmp_path, monkeypatch, caplog):
    place = tmp_path / "gone"
    place.mkdir()
    begin = Learning.run

    def run(self, time_limit):
        place.rmdir()
        return begin(self, time_limit)

    monkeypatch.setattr(Learning, "run", run)
    result = learn("--name", "mine", "--preview", place / "now.png")
    assert result.exit_code == 0, result.stderr
    assert "going on without previews" in caplog.text
    assert user_styles()


def test_a_style_whose_place_is_gone_is_kept_elsewhere(learn, folder, monkeypatch):
    begin = Learning.run

    def run(self, time_limit):
        style_file("mine").parent.rmdir()
        style_file("mine").parent.touch()
        return begin(self, time_limit)

    monkeypatch.setattr(Learning, "run", run)
    result = learn("--name", "mine")
    assert result.exit_code == 1
    kept = folder / "mine.safetensors"
    assert f"the style is {kept} now; add it with: styleplug filters import" in result.stderr
    assert read_style(kept).name == "mine"


def test_ctrl_c_keeps_what_is_learned(learn, monkeypatch):
    begin = Learning.run

    def run(self, time_limit):
        for progress in begin(self, 1e6):
            signal.raise_signal(signal.SIGINT)
            yield progress

    monkeypatch.setattr(Learning, "run", run)
    result = learn("--name", "mine")
    assert result.exit_code == 130
    assert "mine  (interrupted; kept as learned so far, 1 steps)" in result.stderr
    assert [style.name for style in user_styles()] == ["mine"]


def test_ctrl_c_before_anything_is_learned_keeps_nothing(learn, monkeypatch):
    nearest = Learning._nearest

    def interrupted(self):
        signal.raise_signal(signal.SIGINT)
        return nearest(self)

    monkeypatch.setattr(Learning, "_nearest", interrupted)
    result = learn("--name", "mine")
    assert (result.exit_code, result.stderr) == (130, "styleplug: interrupted\n")
    assert user_styles() == []


@pytest.mark.slow
def test_a_taken_name_is_given_again_only_if_asked(learn):
    assert learn("--name", "mine").exit_code == 0
    first = style_file("mine").read_bytes()
    refused = learn("--name", "mine")
    assert refused.exit_code == 2
    assert "unless --overwrite is given" in refused.stderr
    assert style_file("mine").read_bytes() == first
    assert learn("--name", "mine", "--overwrite", painting="harbour").exit_code == 0
    assert style_file("mine").read_bytes() != first


def test_a_place_that_cant_be_written(run):
    install_filters(random_filters("wave"))
    style_file("mine").parent.write_text("in the way")
    result = run("learn", "mosaic", "--name", "mine")
    assert result.exit_code == 1, result.stderr
    assert "filters can't be made" in result.stderr


def test_a_device_that_isnt_there(run):
    install_filters(random_filters("wave"))
    for device in ("cuda:7", "abacus"):
        result = run("learn", "mosaic", "--name", "mine", "--device", device)
        assert result.exit_code == 2, result.stderr
        assert f"device is '{device}'" in result.stderr


@pytest.fixture
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused without PyTorch is refused before it is loaded."""
    for name in [name for name in sys.modules if name.startswith("styleplug.filters.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "styleplug.vgg.mirror", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)


def small(folder: Path) -> Path:
    return folder / "painting.png"


def clear(folder: Path) -> Path:
    Image.new("RGBA", (200, 200)).save(folder / "clear.png")
    return folder / "clear.png"


def damaged(folder: Path) -> Path:
    (folder / "damaged.jpg").write_bytes(PAINTING.read_bytes()[:200])
    return folder / "damaged.jpg"


@pytest.mark.usefixtures("without_torch")
@pytest.mark.parametrize(
    ("painting", "arguments", "message"),
    [
        ("mosaic", ["--name", "My Style"], "lower-case letters"),
        ("nowhere.jpg", ["--name", "mine"], "there is no such file"),
        (small, ["--name", "mine"], "too few to learn strokes from"),
        (clear, ["--name", "mine"], "all of it is transparent"),
        (damaged, ["--name", "mine"], "damaged.jpg"),
        ("mosaic", ["--name", "mine", "--photos", "nowhere"], "a folder that exists"),
        ("mosaic", ["--name", "mine", "--photos", "empty"], "with pictures in it"),
        ("mosaic", ["--name", "mine", "--preview", "photo.png"], "exists already"),
        ("mosaic", ["--name", "mine", "--preview", "a.txt"], "a.txt"),
        ("mosaic", ["--name", "mine", "--time-limit", "0"], "nothing can be learned"),
    ],
)
def test_what_is_refused(run, folder, painting, arguments, message):
    (folder / "empty").mkdir()
    painting = painting(folder) if callable(painting) else painting
    result = run("learn", painting, *arguments)
    assert result.exit_code == 2, result.stderr
    assert message in result.stderr


def test_without_pytorch_it_says_what_to_install(run, request):
    install_filters(random_filters("wave"))
    request.getfixturevalue("without_torch")
    result = run("learn", "mosaic", "--name", "mine")
    assert result.exit_code == 1
    assert "pip install 'styleplug[torch]'" in result.stderr
    assert not style_file("mine").exists()
