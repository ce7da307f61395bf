"""The collection of styles, from the command line, and its names as paintings to paint with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from styleplug import pictures
from styleplug.styles import find_style


def test_help_cuts_no_line_short(run: Callable[..., Result]) -> None:
    commands = run("styles", "--help").stdout.partition("Commands:")[2]
    assert {"add", "list", "remove"} <= set(commands.split())
    assert "..." not in commands


def test_a_painting_comes_and_goes(run: Callable[..., Result], folder: Path) -> None:
    added = run("styles", "add", "painting.png", "--name", "mine", "--title", "Waves")
    assert (added.exit_code, added.stderr) == (0, "")
    path = find_style("mine").path
    assert added.stdout == f"mine  Waves  {path}\n"
    listed = run("styles", "list").stdout.splitlines()
    assert len(listed) == len(pictures.PAINTINGS) + 1
    assert any(line.startswith("mine ") and "  Waves  (" in line for line in listed)
    assert any(line.endswith("at dusk  (bundled)") for line in listed)
    removed = run("styles", "remove", "mine")
    assert (removed.exit_code, removed.stdout) == (0, "mine removed\n")
    assert "mine" not in run("styles", "list").stdout


def test_list_as_json_has_every_field(run: Callable[..., Result], folder: Path) -> None:
    run("styles", "add", "painting.png", "--name", "mine")
    entries = {entry["name"]: entry for entry in json.loads(run("styles", "list", "--json").stdout)}
    assert set(entries) == {*pictures.PAINTINGS, "mine"}
    mine = entries["mine"]
    assert set(mine) == {"name", "title", "path", "thumbnail", "bundled"}
    assert (mine["title"], mine["bundled"]) == ("Mine", False)
    assert Path(mine["path"]).read_bytes() == (folder / "painting.png").read_bytes()
    assert Path(mine["thumbnail"]).is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("add", "painting.png"), 2, "Missing option '--name'"),
        (("add", "painting.png", "--name", "My own"), 2, "name is 'My own', but must be 1 to 64"),
        (("add", "missing.png", "--name", "mine"), 2, "missing.png: there is no such file"),
        (("add", "painting.png", "--name", "lanterns"), 2, "unless --overwrite is given"),
        (("remove", "lanterns"), 2, "comes with styleplug"),
        (("remove", "lantrens"), 2, "style lantrens: there is none of this name; did you mean"),
    ],
)
def test_mistakes(
    run: Callable[..., Result], arguments: tuple[str, ...], code: int, problem: str
) -> None:
    result = run("styles", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert problem in result.stderr


def test_a_place_that_cannot_be_written_to(
    run: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STYLEPLUG_DATA_DIR", str(folder / "photo.png"))
    result = run("styles", "add", "painting.png", "--name", "mine")
    assert result.exit_code == 1
    assert "can't be written (Not a directory)" in result.stderr


def test_painting_by_name(
    run: Callable[..., Result], paint: Callable[..., Result], folder: Path
) -> None:
    run("styles", "add", "painting.png", "--name", "mine")
    assert paint("--strip", "--style", "mine", output="by-name.png").exit_code == 0
    assert paint("--strip", "--style", "painting.png", output="by-file.png").exit_code == 0
    by_name, by_file = (folder / f"by-{way}.png" for way in ("name", "file"))
    assert by_name.read_bytes() == by_file.read_bytes()


def test_a_bundled_painting_by_name(paint: Callable[..., Result], folder: Path) -> None:
    assert paint("--style", "lanterns", "--style", "painting.png").exit_code == 0
    assert (folder / "out.png").exists()


def test_neither_file_nor_name(paint: Callable[..., Result], folder: Path) -> None:
    result = paint("--style", "lantern")
    assert result.exit_code == 2
    assert "lantern: there is no such file, and no style of this name" in result.stderr
    assert "did you mean lanterns? there are: " in result.stderr
    assert not (folder / "out.png").exists()


def test_the_collections_own_file_is_never_written_over(
    run: Callable[..., Result], paint: Callable[..., Result]
) -> None:
    run("styles", "add", "painting.png", "--name", "mine")
    path = find_style("mine").path
    before = path.read_bytes()
    result = paint("--style", "mine", "--overwrite", output=str(path))
    assert result.exit_code == 2
    assert "never written over" in result.stderr
    assert path.read_bytes() == before
