"""Painting from the command line: pictures in and out, interruptions, and every kind of bad
input."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
from click.testing import Result
from PIL import ExifTags, Image
from portrait import portrait

import styleplug
from styleplug.config import StylizeConfig
from styleplug.errors import Cancelled, DivergedError, ModelError
from styleplug.events import Event, Progress
from styleplug.hookspecs import StylizeResult
from styleplug.image import write
from styleplug.runtime import providers
from styleplug.runtime.models import Model, find_model
from styleplug.transfer.objective import Objective

ENDLESS = ("--iterations", "1000000")
PIXELS = np.full((36, 48, 3), 0.25, np.float32)


def files(folder: Path) -> dict[str, bytes | None]:
    """All that is in a folder: the bytes of each file, None for a folder."""
    return {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


def records(text: str) -> list[dict[str, Any]]:
    """The JSON lines of a text; fails where there is anything else in it."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Exchanges `styleplug.stylize` for a function of the event that Ctrl-C sets."""

    def exchange(work: Callable[[threading.Event], str]) -> None:
        def stylize(
            photo: object,
            paintings: object,
            config: StylizeConfig,
            on_event: Callable[[Event], None],
            cancel: threading.Event,
            *_: object,
            **__: object,
        ) -> StylizeResult:
            return StylizeResult(PIXELS, work(cancel), "vgg16", 0.5, 0.25, 1.0, 2.0)

        monkeypatch.setattr(styleplug, "stylize", stylize)

    return exchange


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may read a network."""

    def fail(model: Model) -> bytes:
        raise AssertionError(f"{model.path} was read")

    monkeypatch.setattr(Model, "read", fail)


# What comes out


@pytest.mark.parametrize("extension", [".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".PNG"])
def test_a_picture_of_the_photographs_size_in_every_format(
    paint: Callable[..., Result], folder: Path, extension: str
) -> None:
    before = files(folder)
    result = paint(output=f"out{extension}")
    assert (result.exit_code, result.stdout) == (0, "")
    with Image.open(folder / f"out{extension}") as image:
        assert (image.size, image.mode) == ((48, 36), "RGB")
        kinds = {".jpg": "JPEG", ".jpeg": "JPEG", ".tif": "TIFF", ".tiff": "TIFF"}
        assert image.format == kinds.get(extension, extension[1:].upper())
    assert {name: data for name, data in files(folder).items() if name in before} == before
    assert len(files(folder)) == len(before) + 1


def test_progress_goes_to_standard_error_as_plain_lines(paint: Callable[..., Result]) -> None:
    result = paint("-v", "--engine", "onnx")
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    starts = [
        "vgg19 is not installed; using the bundled vgg16",
        "tiny by onnx on CPU, 32 px: about ",
        "   32 px: content error ",
        "out.png  (done after ",
    ]
    for line, start in zip(lines, starts, strict=True):
        assert line.startswith(start)
    assert result.stderr.replace("\n", "").isprintable()


def test_several_paintings(paint: Callable[..., Result], folder: Path) -> None:
    result = paint("--style", "painting.png", "--style", "photo.png")
    assert result.exit_code == 0
    assert (folder / "out.png").exists()


def test_the_working_size_as_output(paint: Callable[..., Result], folder: Path) -> None:
    assert paint("--output-size", "working").exit_code == 0
    with Image.open(folder / "out.png") as image:
        assert image.size == (32, 24)


def test_the_photograph_is_turned_upright(paint: Callable[..., Result], folder: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # what is right in the file is at the bottom
    half = np.zeros((36, 48, 3), np.uint8)
    half[:, 24:] = 255
    Image.fromarray(half).save(folder / "turned.jpg", exif=exif)
    assert paint("--iterations", "1", photo="turned.jpg").exit_code == 0
    with Image.open(folder / "out.png") as image:
        painted = np.asarray(image.convert("L"), np.float32)
    assert painted.shape == (48, 36)
    assert painted[:20].mean() < 20 < 235 < painted[28:].mean()


@pytest.mark.parametrize("arguments", [(), ("--output-size", "working")])
def test_transparency_is_kept(
    paint: Callable[..., Result], folder: Path, arguments: tuple[str, ...]
) -> None:
    alpha = np.zeros((36, 48), np.uint8)
    alpha[:, 24:] = 255
    with Image.open(folder / "photo.png") as photo:
        photo.putalpha(Image.fromarray(alpha))
        photo.save(folder / "glass.png")
    assert paint(*arguments, photo="glass.png").exit_code == 0
    with Image.open(folder / "out.png") as image:
        assert image.mode == "RGBA"
        painted = np.asarray(image)[..., 3]
    assert painted[:, :10].max() == 0
    assert painted[:, -10:].min() == 255
    if not arguments:
        np.testing.assert_array_equal(painted, alpha)


def test_a_jpeg_of_a_transparent_photograph(paint: Callable[..., Result], folder: Path) -> None:
    alpha = np.zeros((36, 48), np.uint8)
    alpha[:, 24:] = 255
    with Image.open(folder / "photo.png") as photo:
        photo.putalpha(Image.fromarray(alpha))
        photo.save(folder / "glass.png")
    assert paint(photo="glass.png", output="out.jpg").exit_code == 0
    with Image.open(folder / "out.jpg") as image:
        assert image.mode == "RGB"
        assert np.asarray(image)[:, :16].min() > 250


def test_an_existing_file_is_replaced_only_if_allowed(
    paint: Callable[..., Result], folder: Path
) -> None:
    (folder / "out.png").write_bytes(b"old")
    before = files(folder)
    refused = paint()
    assert refused.exit_code == 2
    assert "--overwrite" in refused.stderr
    assert files(folder) == before
    assert paint("--overwrite").exit_code == 0
    with Image.open(folder / "out.png") as image:
        assert image.size == (48, 36)


def test_the_time_limit_ends_with_a_picture(paint: Callable[..., Result], folder: Path) -> None:
    result = paint(*ENDLESS, "--time-limit", "0.5s")
    assert result.exit_code == 0
    assert "out.png  (stopped by --time-limit after " in result.stderr
    assert (folder / "out.png").exists()


@pytest.mark.parametrize("init", ["noise", "style", "painting.png"])
def test_other_starts(paint: Callable[..., Result], init: str) -> None:
    assert paint("--init", init).exit_code == 0


# JSON


def test_json_lines_tell_the_run_in_order(paint: Callable[..., Result], folder: Path) -> None:
    result = paint("--json", "--size", "128", "--iterations", "3", photo="large.png")
    assert result.exit_code == 2  # there is no such photograph
    Image.new("RGB", (160, 128)).save(folder / "large.png")
    result = paint("--json", "--size", "128", "--iterations", "3", photo="large.png")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = records(result.stdout)
    assert [line["event"] for line in lines] == [
        "planned",
        *["progress"] * 4,
        "preview",
        *["progress"] * 3,
        "preview",
        "finished",
        "written",
    ]
    assert lines[-1] == {**lines[-2], "event": "written", "path": "out.png"}
    assert lines[-1]["stopped"] == "finished"


def test_json_after_the_time_limit(paint: Callable[..., Result]) -> None:
    result = paint("--json", *ENDLESS, "--time-limit", "0.2")
    assert result.exit_code == 0
    assert records(result.stdout)[-1]["stopped"] == "time-limit"


@pytest.mark.parametrize("arguments", [("--style-weight", "1e300"), ("--style-layers", "relu9")])
def test_json_of_a_failure_in_the_job_is_said_once(
    paint: Callable[..., Result], arguments: tuple[str, ...]
) -> None:
    result = paint("--json", *arguments)
    failures = [line for line in records(result.stdout) if line["event"] == "failed"]
    assert len(failures) == 1
    assert records(result.stdout)[-1] == failures[0]
    assert result.stderr == f"styleplug: {failures[0]['message']}\n"
    assert failures[0]["code"] in ("diverged", "layer-not-found")


# Divergence


@pytest.mark.parametrize("as_json", [True, False])
def test_a_divergence_keeps_the_last_good_picture(
    paint: Callable[..., Result], folder: Path, answer: Callable[..., None], as_json: bool
) -> None:
    def diverge(cancel: threading.Event) -> str:
        good = StylizeResult(PIXELS, "finished", "vgg16", 0.5, 0.25, 1.0, 2.0)
        raise DivergedError(3, float("nan"), good)

    answer(diverge)
    result = paint(*(["--json"] if as_json else []))
    assert result.exit_code == 1
    with Image.open(folder / "out.png") as image:
        assert np.asarray(image).max() == 64
    if as_json:
        assert [line["event"] for line in records(result.stdout)] == ["written", "failed"]
    else:
        assert result.stderr.splitlines()[0] == "out.png  (the last good picture)"
    assert result.stderr.splitlines()[-1].startswith("styleplug: the loss (nan)")


def test_a_divergence_at_the_start_leaves_nothing(
    paint: Callable[..., Result], folder: Path
) -> None:
    before = files(folder)
    result = paint("--style-weight", "1e300")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("styleplug: the loss (")
    assert files(folder) == before


# Ctrl-C


@pytest.mark.parametrize("as_json", [True, False])
def test_ctrl_c_keeps_the_picture_so_far(
    paint: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    painted = styleplug.stylize

    def stylize(
        photo: Any, paintings: Any, config: Any, on_event: Any, *more: Any, **named: Any
    ) -> Any:
        def listen(event: Event) -> None:
            on_event(event)
            if isinstance(event, Progress) and event.iteration == 3:
                signal.raise_signal(signal.SIGINT)

        return painted(photo, paintings, config, listen, *more, **named)

    monkeypatch.setattr(styleplug, "stylize", stylize)
    before = signal.getsignal(signal.SIGINT)
    result = paint(*ENDLESS, *(["--json"] if as_json else []))
    assert result.exit_code == 130
    assert signal.getsignal(signal.SIGINT) is before
    with Image.open(folder / "out.png") as image:
        assert image.size == (48, 36)
    if as_json:
        assert result.stderr == ""
        assert [line["event"] for line in records(result.stdout)][-2:] == ["finished", "written"]
    else:
        assert "out.png  (interrupted after " in result.stderr


def test_ctrl_c_before_there_is_a_picture(
    paint: Callable[..., Result], folder: Path, answer: Callable[..., None]
) -> None:
    def work(cancel: threading.Event) -> str:
        signal.raise_signal(signal.SIGINT)
        assert cancel.is_set()
        raise Cancelled

    answer(work)
    before = files(folder)
    result = paint()
    assert (result.exit_code, result.stderr) == (130, "styleplug: interrupted\n")
    assert files(folder) == before


def test_a_second_ctrl_c_ends_at_once(
    paint: Callable[..., Result], folder: Path, answer: Callable[..., None]
) -> None:
    def work(cancel: threading.Event) -> str:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("still at work")

    answer(work)
    before = files(folder)
    result = paint()
    assert (result.exit_code, result.stderr) == (130, "styleplug: interrupted\n")
    assert files(folder) == before


def test_ctrl_c_while_the_picture_is_written_loses_nothing(
    paint: Callable[..., Result],
    folder: Path,
    answer: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    synchronise = write.synchronise

    def interrupted(file: IO[bytes]) -> None:
        signal.raise_signal(signal.SIGINT)
        synchronise(file)

    monkeypatch.setattr(write, "synchronise", interrupted)
    answer(lambda cancel: "finished")
    assert paint().exit_code == 0
    assert set(files(folder)) == {"photo.png", "painting.png", "out.png"}


@pytest.fixture
def endless(spawn: Callable[..., subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """A process of its own that paints for ever, with its first picture made."""
    process = spawn(
        *("-m", "styleplug", "stylize", "photo.png", "--style", "painting.png", "-o", "out.png"),
        *("--size", "32", "--device", "cpu", "--json", *ENDLESS),
    )
    for line in process.stdout:
        if json.loads(line)["event"] == "progress":
            return process
    raise AssertionError(process.stderr.read())


@pytest.mark.slow
def test_ctrl_c_in_a_process_of_its_own(endless: subprocess.Popen[str], folder: Path) -> None:
    endless.send_signal(signal.SIGINT)
    output, error = endless.communicate(timeout=60)
    assert (endless.returncode, error) == (130, "")
    assert records(output)[-1]["stopped"] == "cancelled"
    assert set(files(folder)) == {"photo.png", "painting.png", "out.png"}


@pytest.mark.slow
def test_two_quick_ctrl_c_in_a_process_of_its_own(
    endless: subprocess.Popen[str], folder: Path
) -> None:
    endless.send_signal(signal.SIGINT)
    endless.send_signal(signal.SIGINT)
    output, error = endless.communicate(timeout=60)
    assert endless.returncode == 130
    assert error in ("", "styleplug: interrupted\n")
    assert records(output)
    # Between the two there may have been time to write the picture, but never half of it.
    assert set(files(folder)) - {"out.png"} == {"photo.png", "painting.png"}
    if (folder / "out.png").exists():
        with Image.open(folder / "out.png") as image:
            image.load()


# Bad input


def truncated(path: Path) -> None:
    Image.effect_noise((200, 200), 90).save(path, "JPEG")
    path.write_bytes(path.read_bytes()[:3000])


BAD_FILES: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "missing.jpg": (lambda path: None, "there is no such file"),
    "folder.jpg": (Path.mkdir, "is a folder"),
    "text.jpg": (lambda path: path.write_text("Dear diary"), "is no picture of a known kind"),
    "empty.jpg": (Path.touch, "is empty"),
    "half.jpg": (truncated, "is damaged or incomplete"),
}
SMALL = {
    "1x1.png": "1×1 pixels, but needs 16 on each side",
    "1x10000.png": "1×10000 pixels, but needs 16 on each side",
    "10000x1.png": "10000×1 pixels, but needs 16 on each side",
}


@pytest.fixture
def refuse(paint: Callable[..., Result], folder: Path, unread: None) -> Callable[..., None]:
    """Runs the command in vain, with and without --json, and looks at everything it leaves."""

    def check(*arguments: object, problem: str, code: int = 2, **names: str) -> None:
        before = files(folder)
        plain = paint(*arguments, **names)
        as_json = paint("--json", *arguments, **names)
        assert plain.exit_code == as_json.exit_code == code, plain.output
        assert plain.stdout == ""
        assert problem in plain.stderr
        assert plain.stderr.startswith("styleplug: ")
        assert plain.stderr.count("\n") == 1
        assert as_json.stderr == plain.stderr
        (failure,) = records(as_json.stdout)
        assert failure["event"] == "failed"
        assert plain.stderr == f"styleplug: {failure['message']}\n"
        assert files(folder) == before

    return check


@pytest.mark.parametrize("name", BAD_FILES)
def test_files_that_are_no_pictures(refuse: Callable[..., None], folder: Path, name: str) -> None:
    make, problem = BAD_FILES[name]
    make(folder / name)
    refuse(photo=name, problem=f"{name}: {problem}")
    refuse("--style", name, problem=f"{name}: {problem}")
    refuse("--style", "painting.png", "--style", name, problem=f"{name}: {problem}")
    refuse("--init", name, problem=f"{name}: {problem}")


@pytest.mark.parametrize("name", SMALL)
def test_pictures_that_are_too_small(refuse: Callable[..., None], folder: Path, name: str) -> None:
    width, height = map(int, Path(name).stem.split("x"))
    Image.new("RGB", (width, height)).save(folder / name)
    refuse(photo=name, problem=f"the photograph has {SMALL[name]}")
    refuse("--style", name, problem=f"painting 1 has {SMALL[name]}")


def test_pictures_that_show_nothing(refuse: Callable[..., None], folder: Path) -> None:
    Image.new("RGBA", (48, 36), (255, 0, 0, 0)).save(folder / "glass.png")
    refuse(photo="glass.png", problem="all of the photograph is transparent; use a picture that")
    refuse("--style", "glass.png", problem="all of painting 1 is transparent; use a picture that")
    refuse("--init", "glass.png", problem="glass.png: all of it is transparent; use a picture that")


def test_a_photograph_that_is_too_narrow_for_the_size(
    refuse: Callable[..., None], folder: Path
) -> None:
    Image.new("RGB", (4000, 20)).save(folder / "narrow.png")
    refuse("--size", 256, photo="narrow.png", problem="4000×20 pixels make a working picture less")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--content-layers", "relu9_9"], "no layer 'relu9_9'; it has relu1_1, relu1_2, "),
        (["--style-layers", "relu1_1,conv1_1"], "no layer 'conv1_1'; it has relu1_1, "),
        (["--style-layers", "relu1_1=-1"], "style_layers is 'relu1_1=-1', but must be layers"),
        (["--style-layers", "relu1_1=x"], "style_layers is 'relu1_1=x', but must be NAME or "),
        (["--content-layers", ""], "content_layers is '', but must be layers, each once"),
        (["--content-weight", "-1"], "content_weight is -1.0, but must be a number of 0 or more"),
        (["--style-weight", "-1"], "style_weight is -1.0, but must be a number of 0 or more"),
        (["--tv-weight", "-0.1"], "tv_weight is -0.1, but must be a number of 0 or more"),
        (["--style-weight", "nan"], "style_weight is nan, but must be a number of 0 or more"),
        (["--size", "31"], "size is 31, but must be a whole number from 32 to 16384"),
        (["--iterations", "0"], "iterations is 0, but must be a whole number from 1 to"),
        (["--strength", "1.5"], "strength is 1.5, but must be a number from 0 to 1"),
        (["--seed", "-1"], "seed is -1, but must be a whole number from 0 to"),
        (["--time-limit", "0"], "time_limit is 0.0, but must be a number of 0.001 or more"),
        (["--device", "nonsense"], "device is 'nonsense', but must be auto, cpu, cuda, cuda:N"),
        (["--preset", "cubist"], "must be one of painterly, faithful, article"),
        (["--precision", "float16"], "precision is 'float16', but must be float32 on the CPU"),
        (["--init", ""], "init is '', but must be content, noise, style, or a FILE"),
        (["--content-error", "1", "--style-weight", "1"], "content_error is 1.0, but must be left"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_outside_their_range(
    refuse: Callable[..., None], arguments: list[str], problem: str
) -> None:
    refuse(*arguments, problem=problem)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--size", "large"], "'large' is not a valid integer"),
        (["--time-limit", "soon"], "'soon' is no duration such as 90, 60s, 5m or 1h"),
        (["--pooling", "min"], "'min' is not one of 'max', 'avg'"),
        (["--nonsense"], "No such option"),
        (["another.png"], "unexpected extra argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_that_are_none(
    paint: Callable[..., Result],
    folder: Path,
    unread: None,
    arguments: list[str],
    problem: str,
) -> None:
    before = files(folder)
    result = paint(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: ")
    assert problem in result.stderr.splitlines()[-1]
    assert files(folder) == before


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["--style", "painting.png", "-o", "out.png"], "argument 'PHOTO'"),
        (["photo.png", "-o", "out.png"], "option '--style'"),
        (["photo.png", "--style", "painting.png"], "option '-o' / '--output'"),
    ],
)
def test_what_must_be_given(run: Callable[..., Result], arguments: list[str], missing: str) -> None:
    result = run("stylize", *arguments)
    assert result.exit_code == 2
    assert f"Missing {missing}" in result.stderr


def test_a_device_that_is_not_here(
    refuse: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "_listed", lambda: ["CPUExecutionProvider"])
    refuse("--device", "cuda", problem="device is 'cuda', but must be one that the installed ONNX")


def test_a_backbone_that_is_not_installed(refuse: Callable[..., None]) -> None:
    refuse("--backbone", "vgg19", problem="model vgg19: not installed", code=1)


def test_a_network_that_is_damaged(
    paint: Callable[..., Result], folder: Path, small_network: None
) -> None:
    path = find_model("vgg16").path
    path.write_bytes(path.read_bytes()[:-1])
    before = files(folder)
    result = paint()
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "is damaged or was exchanged" in result.stderr
    assert files(folder) == before


def test_a_missing_package(spawn: Callable[..., subprocess.Popen[str]], folder: Path) -> None:
    before = files(folder)
    process = spawn(
        "-c",
        "import sys; sys.modules['torch'] = None; from styleplug.cli.main import main;"
        "main(['stylize', 'photo.png', '--style', 'painting.png', '-o', 'out.png',"
        " '--engine', 'torch'])",
    )
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "")
    expected = "torch is not installed; mend it with: pip install 'styleplug[torch]'"
    assert error == f"styleplug: {expected}\n"
    assert files(folder) == before


def test_wrong_options_are_found_before_the_heavy_packages_are_loaded(
    spawn: Callable[..., subprocess.Popen[str]],
) -> None:
    process = spawn(
        "-c",
        "import sys\n"
        "from styleplug.cli.main import main\n"
        "try:\n"
        "    main(['stylize', 'photo.png', '--style', 'painting.png', '-o', 'out.png',"
        " '--style-layers', 'relu9'])\n"
        "finally:\n"
        "    print({'torch', 'onnx', 'onnxruntime'} & set(sys.modules))",
    )
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "set()\n")
    assert "no layer 'relu9'" in error


# Bad outputs


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("out", "has no known extension; use one of .jpg, .jpeg, .jpe, .jfif, .png"),
        ("out.gif", "has no known extension; use one of .jpg"),
        (".png", "has no known extension; use one of .jpg"),
        ("nowhere/out.png", "there is no folder nowhere"),
        ("photo.png/out.png", "there is no folder photo.png"),
        ("full.png", "exists already; choose another name, or allow it with --overwrite"),
        ("room.png", "is a folder; name a file in it"),
    ],
)
def test_outputs_that_cannot_be(
    refuse: Callable[..., None], folder: Path, output: str, problem: str
) -> None:
    (folder / "full.png").write_bytes(b"old")
    (folder / "room.png").mkdir()
    refuse(output=output, problem=f"{output}: {problem}")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no folder that refuses even root")
def test_a_folder_that_cannot_be_written_to(refuse: Callable[..., None]) -> None:
    refuse(output="/proc/out.png", problem="/proc/out.png: the folder /proc can't be written to")


@pytest.mark.parametrize("overwrite", [["--overwrite"], []])
@pytest.mark.parametrize("name", ["photo.png", "painting.png", "start.png", "link.png"])
def test_an_input_is_never_the_output(
    refuse: Callable[..., None], folder: Path, name: str, overwrite: list[str]
) -> None:
    (folder / "start.png").write_bytes((folder / "photo.png").read_bytes())
    (folder / "link.png").symlink_to("photo.png")
    refuse(*overwrite, "--init", "start.png", output=name, problem=f"{name}: is the input ")


def test_an_output_that_fails_in_the_end_leaves_nothing(
    paint: Callable[..., Result],
    folder: Path,
    answer: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer(lambda cancel: "finished")
    before = files(folder)
    result = paint()
    assert result.exit_code == 1
    assert "can't be written (No space left on device)" in result.stderr
    assert result.stderr.count("\n") == 1
    assert files(folder) == before


def test_an_error_in_the_middle_leaves_nothing(
    paint: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ModelError("vgg16", "went away")

    monkeypatch.setattr(Objective, "__call__", broken)
    before = files(folder)
    result = paint("--json")
    assert (result.exit_code, result.stderr) == (1, "styleplug: model vgg16: went away\n")
    assert [line["event"] for line in records(result.stdout)] == ["planned", "failed"]
    assert files(folder) == before


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("--json",), ()])
def test_a_reader_that_goes_away_does_not_cost_the_picture(
    spawn: Callable[..., subprocess.Popen[str]], folder: Path, arguments: tuple[str, ...]
) -> None:
    command = (
        "photo.png",
        "--style",
        "painting.png",
        "-o",
        "out.png",
        "--size",
        "32",
        "--iterations",
        "2",
        *arguments,
    )
    process = spawn("-m", "styleplug", "stylize", *command)
    for stream in (process.stdout, process.stderr):
        assert stream is not None
        stream.close()
    process.wait(60)
    assert (folder / "out.png").exists()


def test_keep_colors_is_the_luminance_of_today(paint: Callable[..., Result], folder: Path) -> None:
    assert paint("--keep-colors", "--strip", output="early.png").exit_code == 0
    assert paint("--colors", "luminance", "--strip", output="today.png").exit_code == 0
    assert (folder / "early.png").read_bytes() == (folder / "today.png").read_bytes()
    both = paint("--colors", "histogram", "--keep-colors", output="both.png")
    assert (both.exit_code, "left out where colors is histogram" in both.stderr) == (2, True)


def test_a_palette_is_an_input_that_is_never_written_over(
    paint: Callable[..., Result], folder: Path
) -> None:
    before = (folder / "painting.png").read_bytes()
    result = paint(
        "--palette", "painting.png", "--overwrite", "--style", "mosaic", output="painting.png"
    )
    assert (result.exit_code, "never written over" in result.stderr) == (2, True)
    assert (folder / "painting.png").read_bytes() == before


def test_that_a_face_is_preserved_is_said(run: Callable[..., Result], folder: Path) -> None:
    Image.fromarray(np.uint8(255 * portrait(128))).save(folder / "portrait.png")
    options = ("--size", "64", "--iterations", "1", "--device", "cpu", "--json", "--overwrite")
    command = ("stylize", "portrait.png", "--style", "painting.png", "-o", "out.png", *options)
    said = {}
    for preserve in (
        (),
        ("--preserve", "none"),
        ("--preserve", "lines=0.5"),
        ("--preset", "article"),
    ):
        lines = map(json.loads, run(*command, *preserve).stdout.splitlines())
        [planned] = [line for line in lines if line["event"] == "planned"]
        said[preserve] = any("a face is preserved" in note for note in planned["notes"])
    assert list(said.values()) == [True, False, False, False]
