"""Masks by the name of what is to be found: written, painted by, noted and filtered by."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image
from portrait import PATH as PORTRAIT

CHEAP = ("--size", "32", "--iterations", "2", "--device", "cpu", "--engine", "onnx")


@pytest.fixture
def sitter(folder: Path) -> Path:
    """sitter.png, a portrait of 128 pixels."""
    with Image.open(PORTRAIT) as image:
        image.thumbnail((128, 128))
        image.save(folder / "sitter.png")
    return folder / "sitter.png"


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_a_mask_is_written_and_may_be_used(
    run: Callable[..., Result], negative: None, folder: Path, sitter: Path
) -> None:
    result = run("mask", "sitter.png", "person", "-o", "person.png")
    assert (result.exit_code, result.stderr) == (0, "person.png\n")
    mask = pixels(folder / "person.png")
    assert mask.shape == pixels(sitter).shape
    assert (mask[64, 54], mask[5, 100]) == (pytest.approx(255), pytest.approx(0))
    filtering = ("filter", "sitter.png", "--filter", "negative")
    assert run(*filtering, "--mask", "person.png", "-o", "by file.png").exit_code == 0
    assert run(*filtering, "--mask", "person", "-o", "by name.png").exit_code == 0
    difference = pixels(folder / "by file.png") - pixels(folder / "by name.png")
    assert np.abs(difference).max() <= 1
    assert run("mask", "sitter.png", "person", "-o", "person.png").exit_code == 2


def test_where_there_is_none_it_is_said_and_nothing_written(
    run: Callable[..., Result], folder: Path
) -> None:
    for arguments in (
        ("mask", "photo.png", "person", "-o", "out.png"),
        ("filter", "photo.png", "--filter", "udnie", "--mask", "person", "-o", "out.png"),
        ("stylize", "photo.png", "--region", "person=painting.png", "-o", "out.png"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "photo.png: nobody is found in it" in result.stderr
        assert not (folder / "out.png").exists()


def test_the_background_is_painted_noted_and_painted_alike(
    run: Callable[..., Result], folder: Path, sitter: Path
) -> None:
    painting = ("stylize", "sitter.png", "--style", "painting.png", *CHEAP)
    assert run(*painting, "--mask", "background", "-o", "out.png").exit_code == 0
    before, after = pixels(sitter), pixels(folder / "out.png")
    np.testing.assert_array_equal(after[40:60, 45:60], before[40:60, 45:60])
    assert np.abs(after - before)[:30, 90:].mean() > 2
    assert "mask: background, as it is found in the photograph" in run("info", "out.png").stdout
    recipe = json.loads(run("info", "--json", "out.png").stdout)["provenance"]
    assert recipe["mask"] == "background"
    assert run("stylize", "sitter.png", "--like", "out.png", "-o", "like.png").exit_code == 0
    np.testing.assert_array_equal(pixels(folder / "like.png"), after)


def test_a_region_by_name_is_noted_with_its_painting(
    run: Callable[..., Result], folder: Path, sitter: Path
) -> None:
    regions = ("--region", "person=painting.png", "--style", "photo.png")
    assert run("stylize", "sitter.png", *regions, *CHEAP, "-o", "out.png").exit_code == 0
    recipe = json.loads(run("info", "--json", "out.png").stdout)["provenance"]
    assert [painting["region"] for painting in recipe["paintings"]] == [None, "person"]
    assert run("stylize", "sitter.png", "--like", "out.png", "-o", "like.png").exit_code == 0
    np.testing.assert_array_equal(pixels(folder / "like.png"), pixels(folder / "out.png"))


def test_a_file_of_the_name_comes_first(
    run: Callable[..., Result], negative: None, folder: Path
) -> None:
    Image.new("L", (48, 36), 255).save(folder / "person", "PNG")
    result = run("filter", "photo.png", "--filter", "negative", "--mask", "person", "-o", "out.png")
    assert result.exit_code == 0, result.stderr
    np.testing.assert_array_equal(pixels(folder / "out.png"), 255 - pixels(folder / "photo.png"))


def test_filters_in_regions_are_noted(
    run: Callable[..., Result], negative: None, folder: Path, sitter: Path
) -> None:
    filters = ("--filter", "person=negative", "--filter", "udnie")
    result = run("filter", "sitter.png", *filters, "-o", "out.png")
    assert result.exit_code == 0, result.stderr
    before, after = pixels(sitter), pixels(folder / "out.png")
    np.testing.assert_allclose(after[40:60, 45:60], 255 - before[40:60, 45:60], atol=1)
    recipe = json.loads(run("info", "--json", "out.png").stdout)["provenance"]
    assert recipe["filter"] == [
        {"filter": "negative", "region": "person"},
        {"filter": "udnie", "region": None},
    ]
    told = run("info", "out.png").stdout
    assert "filter negative, where: person, as it is found in the photograph" in told
    assert "filter udnie, elsewhere" in told


@pytest.mark.slow
def test_in_a_batch_each_picture_has_its_own_person(
    run: Callable[..., Result], negative: None, folder: Path, sitter: Path
) -> None:
    with Image.open(sitter) as image:
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(folder / "zz.png")
    pictures = ("photo.png", "sitter.png", "zz.png")
    result = run("batch", *pictures, "--filter", "person=udnie", "-o", "out", "--jobs", "1")
    assert result.exit_code == 1
    assert "photo.png" in result.stderr
    assert "nobody is found in it; give a mask's file instead" in result.stderr
    assert sorted(path.name for path in (folder / "out").glob("*.png")) == ["sitter.png", "zz.png"]
    for name in ("sitter.png", "zz.png"):
        change = np.abs(pixels(folder / "out" / name) - pixels(folder / name)).sum(axis=2)
        wall = change[:25, 95:] if name == "sitter.png" else change[:25, :12]
        assert wall.max() <= 1
        assert change[30:60, 40:65].mean() > 3


def test_a_run_by_name_goes_on(run: Callable[..., Result], folder: Path, sitter: Path) -> None:
    painting = ("--style", "painting.png", "--mask", "background", *CHEAP, "--iterations", "1000")
    kept = ("--checkpoint", "run.ckpt", "--time-limit", "1s")
    assert run("stylize", "sitter.png", *painting, *kept, "-o", "out.png").exit_code == 0
    result = run("stylize", "--resume", "run.ckpt", "--overwrite", "--time-limit", "1s")
    assert result.exit_code == 0, result.stderr
    np.testing.assert_array_equal(
        pixels(folder / "out.png")[40:60, 45:60], pixels(sitter)[40:60, 45:60]
    )
