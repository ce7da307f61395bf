"""What a menu entry starts, as file managers start it: from any folder, with any names."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from styleplug.image.formats import FORMATS

APPLY = Path(__file__).parents[3] / "plugins/desktop/apply.py"
AWKWARD = [
    b"two  words.jpg",
    b'it\'s "quoted".jpg',
    b"$HOME $(x) `x`.jpg",
    b"-o.jpg",
    b"--style.jpg",
    b"new\nline.jpg",
    b"100%F.jpg",
    b"<b>&amp;.jpg",
    b"gr\xfc\xdfe.jpg",  # Latin-1, which is no UTF-8
]


@pytest.fixture
def told(home: Path) -> Path:
    """A notify-send that writes its last argument, a line, to this file."""
    path = home / "told.txt"
    program = home / "bin/notify-send"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nfor last; do :; done\necho \"$last\" >> '{path}'\n")
    program.chmod(0o755)
    return path


def apply(*arguments: str | bytes | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, APPLY, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True)


def test_results_lie_beside_and_replace_nothing(
    copying_styleplug: Path, told: Path, photograph: Path
) -> None:
    for _ in range(3):
        assert apply("--style", "mosaic", photograph, cwd=photograph.parent).returncode == 0
    stem = photograph.stem
    names = {f"{stem}{tail}.jpg" for tail in ("", "-mosaic", "-mosaic-2", "-mosaic-3")}
    assert {path.name for path in photograph.parent.iterdir()} == names
    assert told.read_text().splitlines()[:2] == [
        "mosaic: it&#x27;s $HOME `x` &quot;100%&quot;.jpg",
        "mosaic: done; the pictures are beside the photographs",
    ]


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names(name: bytes, copying_styleplug: Path, told: Path, tmp_path: Path) -> None:
    folder = os.path.join(os.fsencode(tmp_path), b"album")
    os.mkdir(folder)
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(b"a photograph")
    done = apply("--filter", "ink", "--", name, cwd=Path(os.fsdecode(folder)))
    assert done.returncode == 0, done.stderr
    with open(path.replace(b".jpg", b"-ink.jpg"), "rb") as file:
        assert file.read() == b"a photograph"
    assert len(told.read_text("utf-8").splitlines()) == 2


def test_what_styleplug_is_asked(copying_styleplug: Path, told: Path, photograph: Path) -> None:
    raw = photograph.with_name("photo.NEF")
    shutil.copy(photograph, raw)
    apply("--style", "mosaic", raw, cwd=raw.parent)
    apply("--filter", "ink", photograph, cwd=raw.parent)
    painted = str(raw.with_name("photo-mosaic.png"))
    filtered = str(photograph.with_name(f"{photograph.stem}-ink.jpg"))
    assert [json.loads(line) for line in copying_styleplug.read_text().splitlines()] == [
        ["stylize", "--style", "mosaic", "-o", painted, "--", str(raw)],
        ["filter", "--filter", "ink", "-o", filtered, "--", str(photograph)],
    ]


def test_a_result_has_any_format_that_styleplug_writes() -> None:
    written = {extension for format in FORMATS for extension in format.writes}
    assert runpy.run_path(str(APPLY))["written_extensions"]() == written


def test_it_goes_on_past_failures_and_tells_them(
    copying_styleplug: Path, told: Path, photograph: Path
) -> None:
    missing = photograph.with_name("missing.jpg")
    done = apply("--filter", "ink", missing, photograph, cwd=photograph.parent)
    assert done.returncode == 1
    assert photograph.with_name(f"{photograph.stem}-ink.jpg").exists()
    first, second, third = told.read_text().splitlines()
    assert first == "ink: 2 photographs"
    assert second == "1 of 2 failed"
    assert third.startswith("missing.jpg: FileNotFoundError")


def test_without_notifications_it_works_all_the_same(
    copying_styleplug: Path, home: Path, photograph: Path
) -> None:
    done = apply("--filter", "ink", photograph, cwd=photograph.parent)
    assert done.returncode == 0
    assert b"ink: done" in done.stderr


def test_modules_beside_the_photographs_are_not_run(told: Path, photograph: Path) -> None:
    for name in ("styleplug", "json", "click"):
        photograph.with_name(f"{name}.py").write_text("open('run', 'w')")
    apply("--filter", "no-such-filter", photograph, cwd=photograph.parent)
    assert not photograph.with_name("run").exists()
    assert "no-such-filter" in told.read_text().splitlines()[-1]


@pytest.mark.slow
def test_a_photograph_is_filtered(odd_plugin: None, told: Path, photograph: Path) -> None:
    done = apply("--filter", "posterise", photograph, cwd=photograph.parent)
    assert done.returncode == 0, done.stderr
    result = photograph.with_name(f"{photograph.stem}-posterise.jpg")
    with Image.open(result) as after, Image.open(photograph) as before:
        assert after.size == before.size
        assert after.tobytes() != before.tobytes()
