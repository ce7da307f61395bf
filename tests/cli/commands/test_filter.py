"""`styleplug filter`: one picture, through a plug-in's filter or one of styleplug's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from click.testing import Result
from PIL import ExifTags, Image
from random_filters import install_filters

from styleplug import __version__
from styleplug.filters.weights import FilterWeights
from styleplug.hookspecs import hookimpl
from styleplug.image.formats import Format
from styleplug.image.picture import Picture
from styleplug.plugins import plugin_manager
from styleplug.runtime.models import install_model

SIDECAR = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image).astype(int)


def test_a_filter_of_styleplugs_own(run: Callable[..., Result], folder: Path) -> None:
    options = ("--stroke-scale", "2", "--keep-colors")
    result = run("filter", "photo.png", "--filter", "udnie", "-o", "out.png", *options)
    assert result.exit_code == 0, result.stderr
    before, after = pixels(folder / "photo.png"), pixels(folder / "out.png")
    assert after.shape == before.shape
    assert np.abs(after - before).mean() > 1
    assert result.stderr.startswith("out.png  (on ")


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


def test_the_same_job_makes_the_same_file(paint: Callable[..., Result], folder: Path) -> None:
    for name in ("once.jpg", "again.jpg"):
        assert paint(output=name).exit_code == 0
    assert (folder / "once.jpg").read_bytes() == (folder / "again.jpg").read_bytes()


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
        def styleplug_register_formats(self) -> list[Format]:
            return [Format("size", "Sizes", writes=(".size", ".odd"))]

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
        assert run(*filtering, "out.odd").exit_code == 1
        assert (folder / "out.png").exists(), "made, and so kept"
    finally:
        plugin_manager().unregister(plugin)


def test_the_note_is_of_the_filter_and_no_longer_of_the_painting(
    run: Callable[..., Result], paint: Callable[..., Result], negative: None, folder: Path
) -> None:
    assert paint(output="painted.png").exit_code == 0
    assert "preset painterly" in run("info", "painted.png").stdout
    filtering = ("filter", "painted.png", "--filter", "negative", "--strength", "0.5")
    assert run(*filtering, "-o", "out.png").exit_code == 0
    told = run("info", "out.png").stdout.splitlines()
    assert f"made by styleplug {__version__}, filter negative" in told
    assert any(line.startswith("photograph: painted.png  ") for line in told)
    assert "  strength: 0.5" in told
    assert not any("painting" in line or "preset" in line for line in told)
    recipe = json.loads(run("info", "--json", "out.png").stdout)["provenance"]
    assert (recipe["filter"], recipe["options"]["colors"]) == ("negative", "painted")
    result = run("stylize", "photo.png", "--like", "out.png", "-o", "like.png")
    assert result.exit_code == 2
    assert "a picture that styleplug painted and noted how" in result.stderr


def test_metadata_and_sidecars_are_kept_or_stripped(
    run: Callable[..., Result], negative: None, folder: Path
) -> None:
    with Image.open(folder / "photo.png") as photo:
        exif = photo.getexif()
        exif[ExifTags.Base.Artist] = "Somebody"
        photo.save(folder / "photo.jpg", exif=exif)
    (folder / "photo.xmp").write_text(SIDECAR)
    filtering = ("filter", "photo.jpg", "--filter", "negative", "-o")
    assert run(*filtering, "kept.jpg").exit_code == 0
    assert (folder / "kept.xmp").read_text() == SIDECAR
    assert run(*filtering, "stripped.jpg", "--strip").exit_code == 0
    assert not (folder / "stripped.xmp").exists()
    artists = []
    for name in ("kept.jpg", "stripped.jpg"):
        with Image.open(folder / name) as image:
            artists.append(image.getexif().get(ExifTags.Base.Artist))
    assert artists == ["Somebody", None]
    assert "made by" not in run("info", "stripped.jpg").stdout
    (folder / "taken.xmp").write_text("another's")
    refused = run(*filtering, "taken.jpg")
    assert refused.exit_code == 2
    assert "taken.xmp" in refused.stderr
    assert not (folder / "taken.jpg").exists()


def test_a_blend(run: Callable[..., Result], folder: Path, filter_weights: FilterWeights) -> None:
    install_filters(filter_weights)
    for number, name in enumerate(("dots", "lines", "dots:3,lines:1")):
        result = run("filter", "photo.png", "--filter", name, "-o", f"{number}.png")
        assert result.exit_code == 0, result.stderr
    dots, lines, blend = (pixels(folder / f"{number}.png") for number in range(3))
    assert np.abs(blend - dots).mean() < np.abs(lines - dots).mean()
    assert np.abs(blend - dots).mean() > 0.5
    refused = run("filter", "photo.png", "--filter", "dots,waves", "-o", "out.png")
    assert refused.exit_code == 2
    assert "filter is 'dots,waves', but must be a blend of styles" in refused.stderr
    assert "(dots, lines)" in refused.stderr


def test_a_filter_takes_another_pictures_colours(
    run: Callable[..., Result], negative: None, folder: Path
) -> None:
    options = ("--filter", "negative", "--palette", "painting.png")
    assert run("filter", "photo.png", "-o", "out.png", *options).exit_code == 0
    means = [pixels(folder / name).mean((0, 1)) for name in ("out.png", "painting.png")]
    np.testing.assert_allclose(*means, atol=4)
    lines = [line.split() for line in run("info", "out.png").stdout.splitlines()]
    assert ["in", "colours", "of:", "painting.png"] in [line[:4] for line in lines]
    missing = run("filter", "photo.png", "-o", "no.png", "--filter", "negative", "--palette", "x")
    assert missing.exit_code == 2
    assert "x: there is no such file" in missing.stderr
