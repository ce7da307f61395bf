"""`--checkpoint` and `--resume`: runs that were ended, and go on."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from styleplug import hookspecs
from styleplug.events import Progress
from styleplug.transfer.checkpoint import read_note, read_snapshot, write_snapshot

KEPT = ("--checkpoint", "run.ckpt", "--checkpoint-every", "0.00001")  # noted without an exponent


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def unbroken(paint: Callable[..., Result], folder: Path) -> bytes:
    """The picture of a run that nothing ended."""
    assert paint("--iterations", "12", "--strip", output="whole.png").exit_code == 0
    whole = folder / "whole.png"
    content = whole.read_bytes()
    whole.unlink()
    return content


@pytest.fixture
def broken(paint: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """The same, with a checkpoint, and ended by Ctrl-C at its fifth evaluation."""
    notify = hookspecs.JobRequest.notify

    def interrupt(request: hookspecs.JobRequest, event: Any) -> None:
        notify(request, event)
        if isinstance(event, Progress) and event.iteration == 5:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as once:
        once.setattr(hookspecs.JobRequest, "notify", interrupt)
        result = paint("--iterations", "12", "--strip", "--checkpoint", "run.ckpt")
    assert result.exit_code == 130
    return result


def test_ctrl_c_leaves_a_checkpoint_and_says_how_to_go_on(broken: Result, folder: Path) -> None:
    assert broken.stderr.endswith("to go on: styleplug stylize --resume run.ckpt --overwrite\n")
    assert names(folder) == {"photo.png", "painting.png", "out.png", "run.ckpt"}
    assert read_snapshot(folder / "run.ckpt").state["scale_run.iteration"] == 5


def test_resume_needs_no_more_than_the_file(
    run: Callable[..., Result],
    broken: Result,
    unbroken: bytes,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From whatever folder; and it leaves no more than a run that nothing ended."""
    monkeypatch.chdir(tmp_path)
    result = run("stylize", "--resume", folder / "run.ckpt", "--overwrite")
    assert result.exit_code == 0, result.stderr
    assert f"going on from {folder / 'run.ckpt'}: 32 px, evaluation 6 of 12" in result.stderr
    assert (folder / "out.png").read_bytes() == unbroken
    assert names(folder) == {"photo.png", "painting.png", "out.png"}


def test_the_whole_command_may_be_given_again(
    paint: Callable[..., Result], broken: Result, unbroken: bytes, folder: Path
) -> None:
    again = ("--iterations", "12", "--strip", "--checkpoint", "run.ckpt", "--resume", "run.ckpt")
    assert paint(*again, "--overwrite").exit_code == 0
    assert (folder / "out.png").read_bytes() == unbroken


def test_the_picture_of_before_is_not_replaced_unasked(
    run: Callable[..., Result], broken: Result, unbroken: bytes, folder: Path
) -> None:
    before = (folder / "out.png").read_bytes()
    result = run("stylize", "--resume", "run.ckpt")
    assert (result.exit_code, "out.png" in result.stderr) == (2, True)
    assert (folder / "out.png").read_bytes() == before
    assert run("stylize", "--resume", "run.ckpt", "-o", "other.png").exit_code == 0
    assert (folder / "other.png").read_bytes() == unbroken


def test_moved_pictures_are_given_by_name(
    run: Callable[..., Result], broken: Result, unbroken: bytes, folder: Path
) -> None:
    (folder / "photo.png").rename(folder / "moved photo.png")
    result = run("stylize", "--resume", "run.ckpt", "--overwrite")
    assert result.exit_code == 2
    told = " ".join(result.stderr.split())
    assert "photo.png isn't there, or has changed since this run began; give PHOTO" in told
    (folder / "painting.png").rename(folder / "moved painting.png")
    pictures = ("moved photo.png", "--style", "moved painting.png")
    assert run("stylize", *pictures, "--resume", "run.ckpt", "--overwrite").exit_code == 0
    assert (folder / "out.png").read_bytes() == unbroken


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--size", "33"), "size is 33, but must be 32, as when run.ckpt was begun"),
        (("--no-pyramid",), "pyramid is False, but must be True"),
        (("--seed", "7"), "seed is 7, but must be 0"),
        (("painting.png",), "run.ckpt: the photograph isn't the one that this run began with"),
        (("--style", "photo.png"), "run.ckpt: painting 1 isn't the one"),
    ],
)
def test_what_differs_is_refused_by_name(
    run: Callable[..., Result],
    broken: Result,
    folder: Path,
    arguments: tuple[str, ...],
    problem: str,
) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for more in ((), ("--json",)):
        result = run("stylize", "--resume", "run.ckpt", "--overwrite", *arguments, *more)
        assert result.exit_code == 2
        assert problem in result.stderr
    assert json.loads(result.stdout.splitlines()[-1])["event"] == "failed"
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_more_time_may_be_given(
    paint: Callable[..., Result], run: Callable[..., Result], unbroken: bytes, folder: Path
) -> None:
    """Without, there is none left."""
    limited = paint("--iterations", "12", "--strip", "--time-limit", "0.001", *KEPT)
    assert limited.exit_code == 0
    assert limited.stderr.endswith("--resume run.ckpt --overwrite --time-limit TIME\n")
    resumed = ("stylize", "--resume", "run.ckpt", "--overwrite")
    assert "stopped by --time-limit" in run(*resumed).stderr
    assert "done after" in run(*resumed, "--time-limit", "1h").stderr
    assert (folder / "out.png").read_bytes() == unbroken


def test_what_another_picture_said_is_known(
    paint: Callable[..., Result], run: Callable[..., Result], folder: Path
) -> None:
    assert paint("--iterations", "12", "--seed", "7", "--init", "noise").exit_code == 0
    like = ("stylize", "photo.png", "--like", "out.png", "-o", "again.png", "--device", "cpu")
    assert run(*like, "--time-limit", "0.001", *KEPT).exit_code == 0
    resumed = ("stylize", "--resume", "run.ckpt", "--overwrite", "--time-limit", "1h")
    assert run(*resumed).exit_code == 0
    np.testing.assert_array_equal(pixels(folder / "again.png"), pixels(folder / "out.png"))


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--checkpoint", "photo.png"), "checkpoint is 'photo.png', but must be a new file"),
        (("--checkpoint", "none/run.ckpt"), "must be a place to write to"),
        (("--checkpoint", "./out.png"), "output is 'out.png', but must be another file"),
        (("--checkpoint", "c.png", "--compare", "c.png"), "compare is 'c.png', but must be"),
        (("--resume", "none.ckpt"), "none.ckpt: no checkpoint can be read"),
        (("--resume", "photo.png"), "photo.png: this is no checkpoint, or a damaged one"),
        (("--checkpoint", "a", "--checkpoint-every", "soon"), "'soon' is no duration"),
    ],
)
def test_a_place_that_will_not_do(
    paint: Callable[..., Result], folder: Path, arguments: tuple[str, ...], problem: str
) -> None:
    result = paint(*arguments)
    assert result.exit_code == 2
    assert problem in " ".join(result.stderr.split())
    assert names(folder) == {"photo.png", "painting.png"}


def test_pipes_can_not_be_taken_up(run: Callable[..., Result]) -> None:
    result = run("stylize", "-", "--style", "painting.png", "-o", "out.png", *KEPT)
    assert (result.exit_code, "needs files in the place of '-'" in result.stderr) == (2, True)


def test_one_run_has_one_checkpoint(run: Callable[..., Result], broken: Result) -> None:
    result = run("stylize", "--resume", "run.ckpt", "--overwrite", "--checkpoint", "other.ckpt")
    assert (result.exit_code, "leave --checkpoint out" in result.stderr) == (2, True)


def test_the_note_has_whole_paths(paint: Callable[..., Result], folder: Path) -> None:
    """And the files that names of styles and options stand for."""
    limited = ("--init", "painting.png", "--iterations", "1000000", "--time-limit", "0.1")
    assert paint("--style", "mosaic", *limited, *KEPT).exit_code == 0
    note = read_note(folder / "run.ckpt")
    assert note["photo"] == str(folder / "photo.png")
    assert note["init"] == str(folder / "painting.png")
    assert [Path(painting).name for painting in note["paintings"]] == ["mosaic.jpg"]


def altered(path: Path, **note: Any) -> None:
    """Change what a checkpoint says of the command."""
    before = read_snapshot(path)
    write_snapshot(path, replace(before, note={**before.note, **note}))


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("photo", "give PHOTO"),
        ("paintings", "give the painting with --style"),
        ("like", "give it with --like"),
        ("init", "give it with --init"),
        ("palette", "give it with --palette"),
    ],
)
def test_a_file_is_not_opened_on_a_checkpoint_s_word(
    run: Callable[..., Result], broken: Result, folder: Path, name: str, remedy: str
) -> None:
    """A stranger's names what he likes; a hash of it he has only of what he knows."""
    (folder / "private").mkdir()
    private = folder / "private/painting.png"
    shutil.copy(folder / "painting.png", private)
    value = [str(private)] if name == "paintings" else str(private)
    altered(folder / "run.ckpt", **{name: value})
    digests = read_note(folder / "run.ckpt")["digests"]
    for guess in ({}, {str(private): ""}, {str(private): "0" * 64}, {str(private): None}):
        altered(folder / "run.ckpt", digests={**digests, **guess})
        result = run("stylize", "--resume", "run.ckpt", "--overwrite")
        assert result.exit_code == 2
        assert remedy in " ".join(result.stderr.split())


def test_a_file_elsewhere_is_not_replaced_on_a_checkpoint_s_word(
    run: Callable[..., Result], broken: Result, unbroken: bytes, folder: Path
) -> None:
    (folder / "precious").mkdir()
    for name in ("out.png", "out.xmp"):
        (folder / "precious" / name).write_text("precious")
    altered(folder / "run.ckpt", output=str(folder / "precious/out.png"))
    result = run("stylize", "--resume", "run.ckpt", "--overwrite")
    assert (result.exit_code, "must be given with -o" in result.stderr) == (2, True)
    assert (folder / "precious/out.png").read_text() == "precious"
    given = ("-o", "precious/out.png", "--overwrite")
    assert run("stylize", "--resume", "run.ckpt", *given).exit_code == 0
    assert (folder / "precious/out.png").read_bytes() == unbroken


@pytest.mark.parametrize("value", [1, None, {}, [["photo.png"]], ["a", "b"], "\0"])
@pytest.mark.parametrize("name", ["photo", "output", "size", "strip", "init", "digests"])
def test_what_no_command_has_is_no_note(
    run: Callable[..., Result], broken: Result, folder: Path, name: str, value: Any
) -> None:
    altered(folder / "run.ckpt", **{name: value})
    result = run("stylize", "--resume", "run.ckpt")
    assert (result.exit_code, isinstance(result.exception, SystemExit)) == (2, True)


@pytest.fixture
def killed(
    spawn: Callable[..., subprocess.Popen[str]], folder: Path
) -> Callable[[random.Random, tuple[str, ...]], None]:
    """Runs the command, and kills it at a random moment."""

    def run(chance: random.Random, arguments: tuple[str, ...]) -> None:
        process = spawn("-m", "styleplug", "stylize", *arguments, "--json")
        evaluations = chance.randrange(1, 20)
        for line in process.stdout:
            evaluations -= json.loads(line)["event"] == "progress"
            if not evaluations:
                break
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        assert process.wait() == -signal.SIGKILL, process.stderr.read()

    return run


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow as the test is, its network is the tiny one."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
@pytest.mark.parametrize("engine", ["torch", "onnx"])
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_picture(
    one_thread: None,
    spawn: Callable[..., subprocess.Popen[str]],
    killed: Callable[[random.Random, tuple[str, ...]], None],
    folder: Path,
    engine: str,
) -> None:
    """Byte for byte, and it leaves nothing else behind."""
    options = ("--size", "96", "--iterations", "100", "--strip", "--device", "cpu")
    command = ("photo.png", "--style", "painting.png", *options, "--engine", engine)
    chance = random.Random(engine)
    killed(chance, (*command, "-o", "out.png", *KEPT))
    for _ in range(2):
        killed(chance, ("--resume", "run.ckpt"))
        assert not (folder / "out.png").exists()
    for arguments in ((*command, "-o", "whole.png"), ("--resume", "run.ckpt")):
        last = spawn("-m", "styleplug", "stylize", *arguments)
        assert last.wait() == 0, last.stderr.read()
    assert (folder / "out.png").read_bytes() == (folder / "whole.png").read_bytes()
    np.testing.assert_array_equal(pixels(folder / "out.png"), pixels(folder / "whole.png"))
    assert names(folder) == {"photo.png", "painting.png", "out.png", "whole.png"}
