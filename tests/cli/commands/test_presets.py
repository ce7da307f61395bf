"""Presets of one's own, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from styleplug.config import PRESETS, StylizeConfig
from styleplug.presets import find_preset


def test_help_cuts_no_line_short(run: Callable[..., Result]) -> None:
    commands = run("presets", "--help").stdout.partition("Commands:")[2]
    assert {"list", "show", "save", "remove"} <= set(commands.split())
    assert "..." not in commands


def test_a_preset_comes_and_goes(run: Callable[..., Result]) -> None:
    options = ("--preset", "faithful", "--size", "64", "--help-text", "Small.")
    saved = run("presets", "save", "mine", *options)
    assert (saved.exit_code, saved.stderr) == (0, "")
    path = find_preset("mine").path
    assert saved.stdout == f"mine  {path}\n"
    assert StylizeConfig.from_preset("mine") == StylizeConfig.from_preset("faithful", size=64)
    assert f"mine       Small.  ({path})" in run("presets", "list").stdout.splitlines()
    assert run("presets", "show", "mine").stdout == path.read_text()
    removed = run("presets", "remove", "mine")
    assert (removed.exit_code, removed.stdout) == (0, "mine removed\n")
    assert "mine" not in run("presets", "list").stdout


def test_list_as_json_has_every_field(run: Callable[..., Result]) -> None:
    run("presets", "save", "mine", "--seed", "3")
    entries = {each["name"]: each for each in json.loads(run("presets", "list", "--json").stdout)}
    assert list(entries) == [*PRESETS, "mine"]
    path = str(find_preset("mine").path)
    assert entries["mine"] == {"name": "mine", "help": "", "options": {"seed": 3}, "path": path}
    assert entries["article"]["path"] is None


def test_painting_with_it_is_painting_with_its_options(
    run: Callable[..., Result], paint: Callable[..., Result], folder: Path
) -> None:
    run("presets", "save", "mine", "--seed", "3", "--keep-colors")
    assert paint("--strip", "--preset", "mine", output="named.png").exit_code == 0
    assert paint("--strip", "--seed", "3", "--keep-colors", output="given.png").exit_code == 0
    assert (folder / "named.png").read_bytes() == (folder / "given.png").read_bytes()


def test_a_batch_knows_it_and_a_picture_notes_it(
    run: Callable[..., Result], paint: Callable[..., Result], folder: Path
) -> None:
    run("presets", "save", "mine", "--seed", "3")
    assert paint("--preset", "mine").exit_code == 0
    assert "preset mine" in run("info", "out.png").stdout
    run("presets", "remove", "mine")
    again = run("stylize", "photo.png", "--like", "out.png", "-o", "again.png", "--device", "cpu")
    assert again.exit_code == 0, "what a picture notes needs no preset"


def test_the_look_of_a_picture_becomes_a_preset(
    run: Callable[..., Result], paint: Callable[..., Result]
) -> None:
    paint("--seed", "3", "--strength", "0.75")
    assert run("presets", "save", "mine", "--like", "out.png", "--seed", "4").exit_code == 0
    config = StylizeConfig.from_preset("mine")
    assert (config.seed, config.strength, config.size) == (4, 0.75, 32)
    # A machine that lacks what this one has can use it.
    assert (config.backbone, config.device, config.init) == ("auto", "auto", "content")


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("save", "My own"), 2, "name is 'My own', but must be 1 to 64 lower-case"),
        (("save", "painterly", "--overwrite"), 2, "this preset comes with styleplug"),
        (("save", "mine", "--strength", "7"), 2, "strength is 7.0, but must be a number from 0"),
        (("save", "mine", "--init", "photo.png"), 2, "presets name no files"),
        (("save", "mine", "--like", "photo.png"), 2, "a picture that styleplug painted"),
        (("save", "mine", "--like", "photo.png", "--preset", "article"), 2, "with --like"),
        (("show", "cubist"), 2, "must be one of painterly, faithful, article"),
        (("remove", "cubist"), 2, "must be one of painterly, faithful, article"),
        (("remove", "article"), 2, "comes with styleplug"),
    ],
)
def test_mistakes(
    run: Callable[..., Result], arguments: tuple[str, ...], code: int, problem: str
) -> None:
    result = run("presets", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert problem in result.stderr


def test_a_broken_preset_keeps_nobody_from_painting_with_another(
    run: Callable[..., Result], paint: Callable[..., Result], folder: Path
) -> None:
    run("presets", "save", "mine")
    path = find_preset("mine").path
    path.write_text("[options]\nstrength = 7\n")
    broken = paint("--preset", "mine")
    assert broken.exit_code == 1
    assert f"preset mine: {path}: strength is 7, but must be" in broken.stderr
    assert not (folder / "out.png").exists()
    assert paint("--preset", "faithful").exit_code == 0
