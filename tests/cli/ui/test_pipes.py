"""`-` for standard input and standard output."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from PIL import Image

import styleplug
from styleplug.cli.main import main
from styleplug.cli.ui.pipes import check_pipes
from styleplug.errors import DivergedError
from styleplug.hookspecs import StylizeResult

CHEAP = ("--size", "32", "--iterations", "2", "--device", "cpu")
Pipe = Callable[..., Result]


@pytest.fixture
def pipe(
    small_network: None, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Pipe:
    """Runs `styleplug stylize` with something on standard input; nothing may be left of pipes."""
    monkeypatch.chdir(folder)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    def invoke(*arguments: str, given: bytes = b"") -> Result:
        result = CliRunner().invoke(main, ["stylize", *arguments, *CHEAP], input=given)
        assert os.listdir(tmp_path / "temporary") == []
        return result

    return invoke


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("kind", "expected"), [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP"), ("TIF", "TIFF")]
)
def test_from_standard_input_to_standard_output(
    pipe: Pipe, folder: Path, kind: str, expected: str
) -> None:
    photo = (folder / "photo.png").read_bytes()
    result = pipe("-", "--style", "painting.png", "-o", "-", "--format", kind, given=photo)
    assert result.exit_code == 0, result.stderr
    image = opened(result.stdout_bytes)
    assert (image.format, image.size) == (expected, (48, 36))
    assert result.stderr.splitlines()[-1].startswith("standard output  (done after ")
    assert {path.name for path in folder.iterdir()} == {"photo.png", "painting.png"}


def test_a_pipe_gives_what_files_give(pipe: Pipe, folder: Path) -> None:
    files = ("photo.png", "--strip", "--style", "painting.png", "-o", "out.png")
    assert pipe(*files).exit_code == 0
    painting = (folder / "painting.png").read_bytes()
    pipes = ("photo.png", "--strip", "--style", "-", "-o", "-", "--format", "png")
    result = pipe(*pipes, given=painting)
    assert result.stdout_bytes == (folder / "out.png").read_bytes()


def test_json_beside_a_picture_from_standard_input(pipe: Pipe, folder: Path) -> None:
    photo = (folder / "photo.png").read_bytes()
    result = pipe("-", "--style", "painting.png", "-o", "out.png", "--json", given=photo)
    assert result.exit_code == 0
    assert '"path": "out.png"' in result.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (b"", "standard input: is empty (0 bytes)"),
        (b"Dear diary", "standard input: is no picture of a known kind"),
    ],
)
def test_what_comes_in_is_no_picture(pipe: Pipe, given: bytes, problem: str) -> None:
    result = pipe("-", "--style", "painting.png", "-o", "-", "--format", "png", given=given)
    assert (result.exit_code, result.stdout_bytes) == (2, b"")
    assert result.stderr.startswith(f"styleplug: {problem}")


def test_a_format_that_is_unknown(pipe: Pipe) -> None:
    result = pipe("photo.png", "--style", "painting.png", "-o", "-", "--format", "gif")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("styleplug: standard output: has no known extension; use one")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["-", "--style", "-", "-o", "out.png"], "Only one picture can be read from standard inp"),
        (["photo.png", "--style", "painting.png", "-o", "-"], "'-o -' needs a format, such as"),
        (
            ["photo.png", "--style", "painting.png", "-o", "-", "--format", "png", "--json"],
            "'-o -' and '--json' both want standard output; leave one out.",
        ),
        (
            ["photo.png", "--style", "painting.png", "-o", "out.png", "--format", "png"],
            "'--format' is for standard output ('-o -') alone.",
        ),
    ],
)
def test_pipes_that_cannot_be(pipe: Pipe, arguments: list[str], problem: str) -> None:
    result = pipe(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr


def test_the_last_good_picture_goes_out_before_the_error(
    pipe: Pipe, make_picture: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = make_picture(36, 48)[0].transpose(1, 2, 0)
    good = StylizeResult(pixels, "diverged", "vgg16", 0.5, 0.25, 1.0, 2.0)

    def diverge(*_: object, **__: object) -> None:
        raise DivergedError(3, float("nan"), good)

    monkeypatch.setattr(styleplug, "stylize", diverge)
    result = pipe("photo.png", "--style", "painting.png", "-o", "-", "--format", "png")
    assert result.exit_code == 1
    assert opened(result.stdout_bytes).size == (48, 36)
    assert result.stderr.splitlines()[-1].startswith("styleplug: the loss (nan)")


@pytest.mark.slow
def test_a_real_pipe(without_torch: None, small_network: None, folder: Path) -> None:
    command = ["stylize", "-", "--style", "painting.png", "-o", "-", "--format", "png", *CHEAP]
    run = subprocess.run(
        [sys.executable, "-m", "styleplug", *command],
        cwd=folder,
        input=(folder / "photo.png").read_bytes(),
        capture_output=True,
        check=True,
    )
    assert opened(run.stdout).size == (48, 36)


@pytest.mark.slow
def test_a_picture_whose_reader_goes_away_is_kept(
    without_torch: None, small_network: None, folder: Path
) -> None:
    command = ["photo.png", "--style", "painting.png", "-o", "-", "--format", "png", *CHEAP]
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as stream:
        run = subprocess.run(
            [sys.executable, "-m", "styleplug", "stylize", *command],
            cwd=folder,
            stdout=stream,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    kept = folder / "painted.png"
    problem = "standard output: can't be written (Broken pipe)"
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == f"styleplug: {problem}; the picture is {kept} now"
    assert opened(kept.read_bytes()).size == (48, 36)


@pytest.mark.parametrize("buffering", ["", "1"])
def test_a_disk_that_takes_only_a_part_is_an_error(
    without_torch: None, small_network: None, folder: Path, tmp_path: Path, buffering: str
) -> None:
    """Without a buffer, writing to such a disk is no error at first."""
    resource = pytest.importorskip("resource", reason="no limit on the size of files")
    command = ["photo.png", "--style", "painting.png", "-o", "-", "--format", "png", *CHEAP]
    nearly_full = tmp_path / "nearly full"
    nearly_full.write_bytes(bytes(100_000))
    with nearly_full.open("ab") as stream:
        run = subprocess.run(
            [sys.executable, "-m", "styleplug", "stylize", *command],
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": buffering},
            stdout=stream,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_500, 100_500)),
        )
    assert nearly_full.stat().st_size == 100_500
    assert run.returncode == 1
    assert "standard output: can't be written (File too large)" in run.stderr.splitlines()[-1]
    assert opened((folder / "painted.png").read_bytes()).size == (48, 36)


def test_no_terminal_gets_a_picture(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", terminal)
    with pytest.raises(click.UsageError, match="A picture can't be shown here"):
        check_pipes([Path("photo.png")], Path("-"), "png", as_json=False)


@pytest.mark.parametrize(
    ("stream", "arguments"),
    [("stdin", [Path("-")]), ("stdout", [Path("photo.png")])],
)
def test_streams_that_are_closed(
    monkeypatch: pytest.MonkeyPatch, stream: str, arguments: list[Path]
) -> None:
    """As a service may start a program."""
    monkeypatch.setattr(sys, stream, None)
    with pytest.raises(click.UsageError, match=r"^Standard (in|out)put .*is closed"):
        check_pipes(arguments, Path("-"), "png", as_json=False)
