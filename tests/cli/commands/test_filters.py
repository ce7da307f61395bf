"""`styleplug filters`: what there is, on paper too, and what a user adds and passes on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from onnx_filters import picture_model
from PIL import Image
from random_filters import install_filters

from styleplug.filters.style import write_style
from styleplug.filters.weights import FilterWeights


@pytest.fixture
def own(filter_weights: FilterWeights) -> None:
    """The filters dots and lines in the place of the bundled ones."""
    install_filters(filter_weights)


def names(run: Callable[..., Result]) -> list[str]:
    return [filter["name"] for filter in json.loads(run("filters", "--json").stdout)]


def test_filters_are_listed(run: Callable[..., Result], own: None, negative: None) -> None:
    assert run("filters").stdout.splitlines() == [
        "dots      Painted in dots  (styleplug)",
        "lines     Painted in lines  (styleplug)",
        "negative  Light for dark  (test-negative)",
    ]
    negative = {"name": "negative", "description": "Light for dark", "source": "test-negative"}
    assert negative in json.loads(run("filters", "--json").stdout)


def test_without_plug_ins_there_are_styleplugs_own(run: Callable[..., Result]) -> None:
    filters = json.loads(run("filters", "--json").stdout)
    assert len(filters) >= 8
    assert {filter["source"] for filter in filters} == {"styleplug"}


def test_a_sheet_shows_them_all(
    run: Callable[..., Result], own: None, negative: None, folder: Path
) -> None:
    result = run("filters", "--sheet", "photo.png", "-o", "sheet.png")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "sheet.png\n")
    with Image.open(folder / "sheet.png") as image:
        assert image.width > image.height > 400
    again = run("filters", "--sheet", "photo.png", "-o", "sheet.png")
    assert again.exit_code == 2
    assert "exists already" in again.stderr


def test_a_full_disk_says_which_file(run: Callable[..., Result], folder: Path) -> None:
    resource = pytest.importorskip("resource", reason="no limit on the size of files")
    picture_model(folder / "model.onnx")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        result = run("filters", "add", "model.onnx", "--name", "mine", "--input-range", "0..1")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert result.exit_code == 1
    assert re.search(r"mine\.\w+\.onnx can't be written \(File too large\)", result.stderr)


def test_a_style_goes_out_and_comes_back(run: Callable[..., Result], own: None) -> None:
    exported = run("filters", "export", "dots:0.5,lines:0.5", "-o", "both.safetensors")
    assert (exported.exit_code, exported.stdout, exported.stderr) == (0, "", "both.safetensors\n")
    imported = run("filters", "import", "both.safetensors", "--name", "both")
    assert (imported.exit_code, imported.stderr) == (0, "")
    assert imported.stdout == "both  Painted in dots + Painted in lines\n"
    assert names(run) == ["both", "dots", "lines"]
    assert run("filter", "photo.png", "--filter", "both", "-o", "out.png").exit_code == 0
    removed = run("filters", "remove", "both")
    assert (removed.exit_code, removed.stdout) == (0, "both removed\n")
    assert names(run) == ["dots", "lines"]


def test_a_model_of_others_is_added(run: Callable[..., Result], own: None, folder: Path) -> None:
    picture_model(folder / "net.onnx", white=255.0)
    added = run("filters", "add", "net.onnx", "--name", "theirs", "--input-range", "0..255")
    assert (added.exit_code, added.stdout, added.stderr) == (0, "theirs  from net.onnx\n", "")
    assert names(run) == ["dots", "lines", "theirs"]
    result = run("filter", "photo.png", "--filter", "theirs", "-o", "out.png")
    assert result.exit_code == 0, result.stderr
    with Image.open(folder / "photo.png") as before, Image.open(folder / "out.png") as after:
        assert after.getpixel((20, 20)) == tuple(255 - value for value in before.getpixel((20, 20)))


def test_a_strangers_style_cant_steer_the_terminal(
    run: Callable[..., Result], own: None, folder: Path, filter_weights: FilterWeights
) -> None:
    style = replace(filter_weights.styles[0], description="\x1b[31m")
    write_style(style, folder / "odd.safetensors")
    told = run("filters", "import", "odd.safetensors", "--name", "odd").stdout
    assert told == "odd  \ufffd[31m\n"
    assert "\x1b" not in run("filters").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("--sheet", "photo.png"), 2, "belong together"),
        (("-o", "sheet.png"), 2, "belong together"),
        (("--sheet", "photo.png", "-o", "sheet.doc"), 2, "sheet.doc"),
        (("--sheet", "gone.png", "-o", "sheet.png"), 2, "gone.png"),
        (("export", "waves", "-o", "a.safetensors"), 2, "blend of several (dots, lines)"),
        (("export", "dots", "-o", "a.txt"), 2, "ends in .safetensors"),
        (("import", "gone.safetensors"), 1, "gone.safetensors: can't be read"),
        (("import", "photo.png"), 1, "photo.png: holds no style"),
        (("add", "photo.png", "--name", "a", "--input-range", "0..1"), 1, "no ONNX file"),
        (("add", "photo.png", "--name", "A", "--input-range", "0..1"), 2, "lower-case"),
        (("add", "photo.png", "--name", "dots", "--input-range", "0..1"), 2, "styleplug brings"),
        (("add", "photo.png", "--name", "a"), 2, "Missing option '--input-range'"),
        (("remove", "dots"), 2, "one of your own filters (you have none)"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused(
    run: Callable[..., Result],
    own: None,
    folder: Path,
    arguments: tuple[str, ...],
    code: int,
    problem: str,
) -> None:
    before = sorted(folder.iterdir())
    result = run("filters", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert problem in result.stderr
    assert sorted(folder.iterdir()) == before
    assert names(run) == ["dots", "lines"]
