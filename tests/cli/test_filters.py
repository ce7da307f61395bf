"""`styleplug filters` and `styleplug filter`, with a plug-in that brings one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from styleplug.hookspecs import Filter, FilterRequest, FilterResult, hookimpl
from styleplug.image.picture import Picture
from styleplug.plugins import plugin_manager
from styleplug.runtime.models import install_model


class Negative:
    @hookimpl
    def styleplug_register_filters(self) -> list[Filter]:
        return [Filter("negative", "Light for dark")]

    @hookimpl
    def styleplug_apply_filter(self, request: FilterRequest) -> FilterResult | None:
        return FilterResult(1 - request.image) if request.filter == "negative" else None


@pytest.fixture
def negative() -> Iterator[None]:
    plugin = Negative()
    plugin_manager().register(plugin, "test-negative")
    yield
    plugin_manager().unregister(plugin)


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image).astype(int)


def test_filters_are_listed(run: Callable[..., Result], negative: None) -> None:
    assert "\nnegative  Light for dark  (test-negative)\n" in run("filters").stdout
    negative = {"name": "negative", "description": "Light for dark", "source": "test-negative"}
    assert negative in json.loads(run("filters", "--json").stdout)


def test_without_plug_ins_there_are_styleplugs_own(run: Callable[..., Result]) -> None:
    filters = json.loads(run("filters", "--json").stdout)
    assert len(filters) >= 8
    assert {filter["source"] for filter in filters} == {"styleplug"}


def test_a_filter_of_styleplugs_own(run: Callable[..., Result], folder: Path) -> None:
    options = ("--stroke-scale", "2", "--keep-colors")
    result = run("filter", "photo.png", "--filter", "udnie", "-o", "out.png", *options)
    assert result.exit_code == 0, result.stderr
    before, after = pixels(folder / "photo.png"), pixels(folder / "out.png")
    assert after.shape == before.shape
    assert np.abs(after - before).mean() > 1


def test_a_damaged_network_is_named(
    run: Callable[..., Result], folder: Path, tmp_path: Path, negative: None
) -> None:
    """It keeps nobody from the filters of plug-ins."""
    model = install_model("filters", b"no network", licence="", attribution="", source="")
    model.path.write_bytes(b"damaged")
    result = run("filter", "photo.png", "--filter", "udnie", "-o", "out.png")
    assert result.exit_code == 1
    assert "model filters: " in result.stderr
    assert "mend it with: styleplug models remove filters" in result.stderr
    assert not (folder / "out.png").exists()
    assert run("filters").stdout == "negative  Light for dark  (test-negative)\n"
    result = run("filter", "photo.png", "--filter", "negative", "-o", "out.png")
    assert result.exit_code == 0


def test_a_picture_is_filtered(run: Callable[..., Result], negative: None, folder: Path) -> None:
    result = run("filter", "photo.jpg", "--filter", "negative", "-o", "out.png")
    assert result.exit_code == 2, "there is no such photo"
    result = run("filter", "photo.png", "--filter", "negative", "-o", "out.png")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "out.png\n")
    np.testing.assert_array_equal(pixels(folder / "out.png"), 255 - pixels(folder / "photo.png"))


def test_the_strength_is_taken(run: Callable[..., Result], negative: None, folder: Path) -> None:
    run("filter", "photo.png", "--filter", "negative", "-o", "out.png", "--strength", "0")
    np.testing.assert_array_equal(pixels(folder / "out.png"), pixels(folder / "photo.png"))
    result = run("filter", "photo.png", "--filter", "negative", "-o", "a.png", "--strength", "2")
    assert result.exit_code == 2
    assert "strength is 2.0, but must be a number from 0 to 1" in result.stderr


def test_transparency_is_kept(run: Callable[..., Result], negative: None, folder: Path) -> None:
    alpha = np.arange(36 * 48, dtype=np.uint8).reshape(36, 48)
    colours = pixels(folder / "photo.png").astype(np.uint8)
    Image.fromarray(np.dstack([colours, alpha])).save(folder / "cut.png")
    run("filter", "cut.png", "--filter", "negative", "-o", "out.png")
    np.testing.assert_array_equal(pixels(folder / "out.png")[..., 3], alpha)


def test_an_unknown_filter_and_an_existing_file_are_refused(
    run: Callable[..., Result], negative: None, folder: Path
) -> None:
    result = run("filter", "photo.png", "--filter", "wave", "-o", "out.png")
    assert result.exit_code == 2
    assert "'wave', but must be one that is installed (" in result.stderr
    assert not (folder / "out.png").exists()
    before = (folder / "painting.png").read_bytes()
    result = run("filter", "photo.png", "--filter", "negative", "-o", "painting.png")
    assert "exists already" in result.stderr
    result = run("filter", "photo.png", "--filter", "negative", "-o", "photo.png", "--overwrite")
    assert "never written over" in result.stderr
    assert (folder / "painting.png").read_bytes() == before


def test_a_plug_in_may_write_a_format_of_its_own(
    run: Callable[..., Result], negative: None, folder: Path
) -> None:
    class Sizes:
        @hookimpl
        def styleplug_write_image(self, image: Picture, path: Path) -> bool | None:
            return path.write_text(f"{image.size}") > 0 if path.suffix == ".size" else None

    filtering = ("filter", "photo.png", "--filter", "negative", "-o")
    assert run(*filtering, "out.size").exit_code == 2, "nobody knows it"
    plugin = Sizes()
    plugin_manager().register(plugin)
    try:
        assert run(*filtering, "out.size").exit_code == 0
        assert (folder / "out.size").read_text() == "(48, 36)"
        assert "exists already" in run(*filtering, "out.size").stderr
        assert run(*filtering, "out.odd").exit_code == 2
    finally:
        plugin_manager().unregister(plugin)


def test_a_filtered_painting_isnt_said_to_be_as_it_was_painted(
    run: Callable[..., Result], paint: Callable[..., Result], negative: None
) -> None:
    assert paint(output="painted.png").exit_code == 0
    assert "made by styleplug" in run("info", "painted.png").stdout
    assert run("filter", "painted.png", "--filter", "negative", "-o", "out.png").exit_code == 0
    assert "made by styleplug" not in run("info", "out.png").stdout
