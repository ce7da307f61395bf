"""Going on from a checkpoint: to the same picture, or not at all."""

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import styleplug
from styleplug import Checkpoint, StylizeConfig, StylizeResult
from styleplug.errors import CheckpointError, ConfigError, StyleplugError
from styleplug.events import Event, Planned, Progress
from styleplug.runtime.models import Model, install_model
from styleplug.transfer import checkpoint, resume
from styleplug.transfer.balance import TargetError

Stylize = Callable[..., StylizeResult]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.ckpt"


@pytest.fixture
def photograph(make_picture: Callable[..., NDArray[np.float32]]) -> NDArray[np.float32]:
    return make_picture(96, 128, 1)[0].transpose(1, 2, 0)


@pytest.fixture
def painting(make_picture: Callable[..., NDArray[np.float32]]) -> NDArray[np.float32]:
    return make_picture(100, 80, 2)[0].transpose(1, 2, 0)


@pytest.fixture
def stylize(
    small_network: None, photograph: NDArray[np.float32], painting: NDArray[np.float32]
) -> Stylize:
    """Paints at two scales, with the tiny network."""

    def run(
        checkpoint: Checkpoint | None = None,
        on_event: Callable[[Event], None] | None = None,
        photo: NDArray[np.float32] = photograph,
        paintings: Any = painting,
        **options: Any,
    ) -> StylizeResult:
        options = {"size": 128, "iterations": 7, "device": "cpu", **options}
        config = StylizeConfig(**options)
        return styleplug.stylize(photo, paintings, config, on_event, checkpoint=checkpoint)

    return run


def losses(events: list[Event]) -> list[float]:
    return [event.loss for event in events if isinstance(event, Progress)]


def check_goes_on(stylize: Stylize, path: Path, which: slice, options: dict[str, Any]) -> None:
    """A run that keeps its state, and those that go on after some of its evaluations, are to the
    last bit as one that does neither: in their losses and in their picture."""
    unbroken: list[Event] = []
    expected = stylize(None, unbroken.append, **options)
    copies: list[Path] = []

    def copy(event: Event) -> None:
        if isinstance(event, Progress):
            copies.append(path.with_suffix(f".{len(copies)}"))
            shutil.copy(path, copies[-1])

    kept = stylize(Checkpoint(path, every=0), copy, **options)
    np.testing.assert_array_equal(kept.image, expected.image)
    assert len(copies) == len(losses(unbroken))
    for done in range(len(copies))[which]:
        events: list[Event] = []
        result = stylize(Checkpoint(copies[done], resume=True), events.append, **options)
        assert losses(events) == losses(unbroken)[done:]
        np.testing.assert_array_equal(result.image, expected.image)
        assert (result.style_error, result.cost) == (expected.style_error, expected.cost)


@pytest.mark.parametrize("engine", ["torch", "onnx"])
def test_a_run_goes_on_as_if_it_had_not_stopped(stylize: Stylize, path: Path, engine: str) -> None:
    check_goes_on(stylize, path, slice(6, None, 9), {"engine": engine})


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["torch", "onnx"])
@pytest.mark.parametrize(
    "options",
    [{}, {"optimizer": "adam"}, {"content_weight": 1.0, "init": "noise", "pooling": "avg"}],
    ids=["lbfgs", "adam", "from noise"],
)
def test_a_run_goes_on_from_each_of_its_evaluations(
    stylize: Stylize, path: Path, engine: str, options: dict[str, Any]
) -> None:
    check_goes_on(stylize, path, slice(None), {"engine": engine, **options})


@pytest.fixture
def left(stylize: Stylize, path: Path) -> Path:
    """A checkpoint of a run that broke off at its tenth evaluation, the first of the last scale."""

    def breaks(event: Event) -> None:
        if isinstance(event, Progress) and event.scale == 128:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stylize(Checkpoint(path, every=0, note={"by": "a test"}), breaks)
    return path


def notes(stylize: Stylize, path: Path, **options: Any) -> tuple[str, ...]:
    """What is told of going on."""
    told: list[Event] = []
    stylize(Checkpoint(path, resume=True), told.append, **options)
    assert isinstance(told[0], Planned)
    return told[0].notes


def test_where_it_goes_on_is_told(stylize: Stylize, left: Path) -> None:
    assert notes(stylize, left) == (f"going on from {left}: 128 px, evaluation 1 of 7",)
    assert checkpoint.read_note(left) == {"by": "a test"}


def test_the_clock_and_the_work_go_on(stylize: Stylize, left: Path) -> None:
    saved = checkpoint.read_snapshot(left).state
    events: list[Event] = []
    result = stylize(Checkpoint(left, resume=True), events.append)
    first = next(event for event in events if isinstance(event, Progress))
    assert first.iteration == 1
    assert first.elapsed > saved["seconds"] > 0
    assert first.cost > saved["cost"] > 0
    assert result.seconds > first.elapsed


def test_a_time_limit_that_is_used_up_ends_it_with_the_picture_so_far(
    stylize: Stylize, left: Path
) -> None:
    events: list[Event] = []
    result = stylize(Checkpoint(left, resume=True), events.append, time_limit=1e-3)
    assert (result.stopped, losses(events)) == ("time-limit", [])
    assert result.image.shape == (96, 128, 3)


def test_other_arithmetic_is_told(
    stylize: Stylize, left: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resume, "available_cores", lambda: 64)
    _, note = notes(stylize, left)
    assert note.startswith("not to the last bit as without a break: threads ")
    assert note.endswith(", now 64")


def test_the_engine_and_the_network_of_auto_stay(
    stylize: Stylize, path: Path, tiny_model: Model
) -> None:
    stylize(Checkpoint(path, every=0), engine="auto", backbone="auto")
    install_model("vgg19", tiny_model.read(), licence="none", attribution="", source="a test")
    assert stylize(Checkpoint(path, resume=True)).engine == "torch"
    run = checkpoint.read_snapshot(path).run
    assert (run["backbone"], run["engine"]) == ("vgg16", "torch")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("size", 64),
        ("seed", 1),
        ("engine", "onnx"),
        ("content_error", 0.5),
        ("content_weight", 1.0),
        ("content_layers", "relu3_1"),
        ("optimizer", "adam"),
        ("init", "noise"),
    ],
)
def test_an_option_that_differs_is_refused_by_name(
    stylize: Stylize, left: Path, option: str, value: Any
) -> None:
    before = left.read_bytes()
    with pytest.raises(ConfigError, match=f"as when {left} was begun") as caught:
        stylize(Checkpoint(left, resume=True), **{option: value})
    assert caught.value.field in (option, "content_error")
    assert left.read_bytes() == before


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ("photo", "the photograph isn't the one"),
        ("paintings", "painting 1 isn't the one"),
        ("more", "painting 2 isn't the one"),
    ],
)
def test_other_pictures_are_refused(
    stylize: Stylize,
    left: Path,
    photograph: NDArray[np.float32],
    painting: NDArray[np.float32],
    changed: str,
    problem: str,
) -> None:
    pictures = {
        "photo": {"photo": np.nextafter(photograph, 1)},
        "paintings": {"paintings": photograph},
        "more": {"paintings": [painting, painting]},
    }
    with pytest.raises(CheckpointError, match=problem):
        stylize(Checkpoint(left, resume=True), **pictures[changed])


def test_another_picture_to_start_from_is_refused(
    stylize: Stylize, path: Path, tmp_path: Path
) -> None:
    start = tmp_path / "start.png"
    options = {"init": str(start), "iterations": 1}
    styleplug.write_image(np.zeros((32, 32, 3), np.float32), start)
    stylize(Checkpoint(path, every=0), **options)
    moved = start.rename(tmp_path / "moved.png")
    stylize(Checkpoint(path, resume=True), **{**options, "init": str(moved)})
    styleplug.write_image(np.ones((32, 32, 3), np.float32), start)
    with pytest.raises(CheckpointError, match="the picture to start from isn't the one"):
        stylize(Checkpoint(path, resume=True), **options)


def test_another_network_is_refused(stylize: Stylize, left: Path) -> None:
    data = checkpoint.read_snapshot(left)
    checkpoint.write_snapshot(
        left, checkpoint.Snapshot(**{**vars(data), "run": {**data.run, "model": "0"}})
    )
    with pytest.raises(CheckpointError, match="the network vgg16 isn't the one"):
        stylize(Checkpoint(left, resume=True))


PICTURE = np.full((1, 3, 96, 128), 0.5, np.float32)

ALTERED: dict[str, dict[str, Any]] = {
    "no plan": {"scales": ()},
    "a float for a side": {"scales": {"height": 96.0}},
    "another size": {"scales": {"width": 127}},
    "more evaluations": {"scales": {"evaluations": 10**9}},
    "another balance": {"scales": {"balance": TargetError(math.nan)}},
    "a tiny window": {"scales": {"window": 1}},
    "an odd window": {"scales": {"encoding": "large"}},
    "a negative memory": {"scales": {"history": -1}},
    "no pictures": {"run": {"pictures": None}},
    "no config": {"run": {"config": [1]}},
    "an unknown network": {"run": {"backbone": "vgg99"}},
    "a scale beyond": {"state": {"scale": 2}},
    "half a scale": {"state": {"scale": 0.5}},
    "a negative count": {"state": {"scale_run.iteration": -1}},
    "too many evaluations": {"state": {"scale_run.iteration": 8}},
    "endless pairs": {"state": {"scale_run.solver.pairs": 10**12}},
    "a missing pair": {"state": {"scale_run.solver.pairs": 7}},
    "time that is none": {"state": {"seconds": math.nan}},
    "an error that is none": {"state": {"best.content_error": math.inf}},
    "NaN in the picture": {"state": {"scale_run.picture": PICTURE * np.nan}},
    "NaN in the gradient": {"state": {"scale_run.solver.last.gradient": PICTURE * np.nan}},
    "lights beyond white": {"state": {"scale_run.best": PICTURE * np.float32(3e38)}},
    "another shape": {"state": {"scale_run.picture": PICTURE[..., 1:]}},
    "another precision": {"state": {"scale_run.picture": PICTURE.astype(np.float64)}},
    "a number for a picture": {"state": {"scale_run.picture": 0.5}},
    "a picture for a number": {"state": {"cost": PICTURE}},
    "more than there is": {"state": {"more": 1}},
}


def altered(saved: checkpoint.Snapshot, values: dict[str, Any]) -> checkpoint.Snapshot:
    ((field, change),) = values.items()
    if field != "scales":
        change = {**getattr(saved, field), **change}
    elif change:
        change = (*saved.scales[:-1], replace(saved.scales[-1], **change))
    return replace(saved, **{field: change})


def test_an_altered_checkpoint_is_refused(stylize: Stylize, path: Path) -> None:
    """A stranger's may be whole, and hold nonsense all the same."""

    def breaks(event: Event) -> None:
        if isinstance(event, Progress) and (event.scale, event.iteration) == (128, 6):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stylize(Checkpoint(path, every=0), breaks)
    saved = checkpoint.read_snapshot(path)
    for values in ALTERED.values():
        checkpoint.write_snapshot(path, altered(saved, values))
        with pytest.raises(CheckpointError, match="is damaged"):
            stylize(Checkpoint(path, resume=True))
    checkpoint.write_snapshot(path, saved)
    assert stylize(Checkpoint(path, resume=True)).stopped == "finished"


def test_a_new_run_spares_an_old_checkpoint(stylize: Stylize, left: Path) -> None:
    with pytest.raises(ConfigError, match="go on from this one with --resume, or remove it"):
        stylize(Checkpoint(left))


def test_a_place_that_can_not_be_written_is_told_before_any_work(
    stylize: Stylize, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Model, "read", pytest.fail)
    with pytest.raises(StyleplugError, match="a place to write to"):
        stylize(Checkpoint(str(tmp_path / "nowhere" / "run.ckpt")))


def test_a_full_disk_costs_the_checkpoint_only(
    stylize: Stylize, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_snapshot", full)
    assert stylize(Checkpoint(path, every=0), iterations=1).stopped == "finished"
    assert f"{path}: the checkpoint can't be written (No space left on device)" in caplog.text


def test_what_a_killed_writer_left_is_removed(stylize: Stylize, left: Path) -> None:
    leftover, other = left.parent / ".styleplug-abcd1234.tmp", left.parent / ".styleplug-mine.tmp"
    for file in (leftover, other):
        file.touch()
    stylize(Checkpoint(left, resume=True))
    assert not leftover.exists()
    assert other.exists()


def test_a_run_goes_on_within_an_octave(stylize: Stylize, path: Path) -> None:
    """Which is held to the picture of the scale before, so that this is kept as well."""
    options = {"size": 64, "iterations": 2, "resolution": "photo", "engine": "onnx"}
    check_goes_on(stylize, path, slice(1, None, 4), options)
