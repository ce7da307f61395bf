"""What becomes of a finished picture when nobody hears of it, or its place is taken or gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import styleplug
from styleplug.cli.main import FAILURE, USAGE, is_usage_error
from styleplug.errors import ConfigError, FilterError, StyleplugError, UnwritableImageError
from styleplug.hookspecs import StylizeResult

SIDECAR = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'

COMMAND = (sys.executable, "-m", "styleplug")
PAINT = (
    *("stylize", "photo.png", "--style", "painting.png", "-o", "out.png"),
    *("--size", "32", "--iterations", "2", "--device", "cpu", "--engine", "onnx"),
)
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shell(small_network: None, folder: Path) -> Shell:
    """Runs `styleplug` in the folder of pictures, with what a shell makes of the redirections."""

    def start(arguments: Sequence[str], redirections: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", f'exec "$@" {redirections}', "sh", *COMMAND, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONWARNINGS": "error"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return start


def is_whole(picture: Path) -> bool:
    with Image.open(picture) as image:
        image.load()
        return image.size == (48, 36)


# Nobody hears


@needs_full
def test_a_full_standard_error_costs_nothing(shell: Shell, folder: Path) -> None:
    assert shell(PAINT, "2>/dev/full").returncode == 0
    assert is_whole(folder / "out.png")


@needs_full
def test_lost_records_are_said_and_the_picture_is_there(shell: Shell, folder: Path) -> None:
    run = shell([*PAINT, "--json"], ">/dev/full")
    assert run.stderr == (
        "styleplug: standard output: can't be written (No space left on device)\n"
    )
    assert run.returncode == 1
    assert is_whole(folder / "out.png")


@pytest.mark.parametrize("redirections", ["2>&-", "<&- >&- 2>&-"])
def test_closed_streams_cost_nothing(shell: Shell, folder: Path, redirections: str) -> None:
    run = shell([*PAINT, "--json"], redirections)
    assert run.returncode == 0, run.stderr
    assert all(json.loads(line) for line in run.stdout.splitlines())
    assert is_whole(folder / "out.png")


def test_a_reader_that_has_had_enough_is_no_fault(shell: Shell, folder: Path) -> None:
    script = '{ "$0" "$@"; echo "$?" >&2; } | true'
    command = ["sh", "-c", script, *COMMAND, *PAINT, "--json"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.stderr.splitlines() == ["0"]
    assert is_whole(folder / "out.png")


def test_a_terminal_that_is_gone_costs_nothing(small_network: None, folder: Path) -> None:
    pty = pytest.importorskip("pty", reason="no terminals like these")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *PAINT], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    os.read(ours, 1)
    os.close(ours)
    assert process.wait(60) == 0
    assert is_whole(folder / "out.png")


@needs_full
@pytest.mark.parametrize("arguments", [["info", "photo.png"], ["info", "--json", "photo.png"]])
def test_an_answer_that_is_lost_is_an_error(shell: Shell, arguments: list[str]) -> None:
    run = shell(arguments, ">/dev/full")
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert run.stderr.startswith("styleplug: standard output: can't be written (No space")


def test_batch_with_a_closed_standard_output(shell: Shell, folder: Path) -> None:
    arguments = ["batch", "photo.png", "--style", "painting.png", "-o", "out", *PAINT[-8:]]
    run = shell(arguments, ">&-")
    assert run.returncode == 0, run.stderr
    assert is_whole(folder / "out" / "photo.png")


@pytest.mark.parametrize("redirection", ["<&-", ">&-"])
def test_a_worker_with_a_closed_stream_says_so(shell: Shell, redirection: str) -> None:
    run = shell(["worker"], redirection)
    assert run.returncode == 2
    assert "Standard input or output is closed" in run.stderr


# The place is taken or gone


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Lets something happen while a picture is painted or filtered."""

    def exchange(act: Callable[[], object]) -> None:
        def made(*_: object, **__: object) -> StylizeResult:
            act()
            pixels = np.full((36, 48, 3), 0.25, np.float32)
            return StylizeResult(pixels, "finished", "vgg16", 0.5, 0.25, 1.0, 2.0)

        for name in ("stylize", "apply_filter"):
            monkeypatch.setattr(styleplug, name, made)

    return exchange


def test_a_name_that_is_taken_meanwhile(
    paint: Callable[..., Result], folder: Path, meanwhile: Callable[..., None]
) -> None:
    (folder / "out-1.png").write_bytes(b"an older one")
    meanwhile(lambda: (folder / "out.png").write_bytes(b"a second click"))
    result = paint()
    assert result.exit_code == 1
    assert f"exists already; the picture is {folder / 'out-2.png'} now" in result.stderr.replace(
        "; choose another name, or allow it with --overwrite", ""
    )
    assert (folder / "out.png").read_bytes() == b"a second click"
    assert (folder / "out-1.png").read_bytes() == b"an older one"
    assert is_whole(folder / "out-2.png")


def test_records_say_where_the_picture_is(
    paint: Callable[..., Result], folder: Path, meanwhile: Callable[..., None]
) -> None:
    meanwhile(lambda: (folder / "out.png").touch())
    result = paint("--json")
    written, failed = map(json.loads, result.stdout.splitlines())
    assert (written["event"], written["path"]) == ("written", str(folder / "out-1.png"))
    assert (failed["event"], result.exit_code) == ("failed", 1)


def test_a_folder_that_is_gone(
    run: Callable[..., Result], folder: Path, meanwhile: Callable[..., None]
) -> None:
    (folder / "results").mkdir()
    meanwhile(lambda: shutil.rmtree(folder / "results"))
    result = run("filter", "photo.png", "--filter", "the-wave", "-o", "results/out.png")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].endswith(f"; the picture is {folder / 'out.png'} now")
    assert is_whole(folder / "out.png")


def test_no_folder_that_is_there(
    paint: Callable[..., Result],
    folder: Path,
    tmp_path: Path,
    meanwhile: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    meanwhile(lambda: shutil.rmtree(folder))
    assert paint().exit_code == 1
    [picture] = (tmp_path / "temporary").glob("*/out.png")
    assert is_whole(picture)


def test_a_sidecar_that_cannot_be_written_costs_no_picture(
    paint: Callable[..., Result], folder: Path, meanwhile: Callable[..., None]
) -> None:
    (folder / "photo.xmp").write_text(SIDECAR)
    meanwhile(lambda: (folder / "out.xmp").write_text("another's"))
    result = paint()
    assert result.exit_code == 1
    assert "out.xmp: exists already" in result.stderr
    assert is_whole(folder / "out.png")
    assert (folder / "out.xmp").read_text() == "another's"


# Exit codes


@pytest.mark.parametrize(
    "error",
    [
        UnwritableImageError("a.png", "can't be written"),
        ConfigError("output", "a.npz", "a place to write to"),
        FilterError("mine", "can't be written"),
    ],
)
def test_a_full_disk_is_a_fault_of_the_machine(error: StyleplugError) -> None:
    error.__cause__ = OSError(28, "No space left on device")
    assert not is_usage_error(error)
    assert (FAILURE, USAGE) == (1, 2)
