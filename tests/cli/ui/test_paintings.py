"""Paintings, regions and masks as they are written on a command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from styleplug.cli.ui.paintings import (
    PARSERS,
    as_text,
    parameter_of,
    parse_painting,
    parse_region,
    parse_region_map,
)
from styleplug.image.read import read_picture
from styleplug.jobs.provenance import StylizeProvenance, provenance_in
from styleplug.painting import Painting
from styleplug.transfer.run import Transfer

NAMES = (
    *("a.jpg", "b.jpg:0.5", "c.jpg@fine", "d:0.7@coarse", "x=y.png"),
    *("sky.png", "ground.png", "wheat:sky.png"),
)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files with odd names, in the current folder."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name in NAMES:
        (folder / name).touch()
    monkeypatch.chdir(folder)


@pytest.mark.parametrize(
    ("text", "painting"),
    [
        ("a.jpg", Painting("a.jpg")),
        ("a.jpg:0.7", Painting("a.jpg", 0.7)),
        ("a.jpg:0", Painting("a.jpg", 0)),
        ("a.jpg:1e-3", Painting("a.jpg", 0.001)),
        ("a.jpg@fine", Painting("a.jpg", depth="fine")),
        ("a.jpg:2@coarse", Painting("a.jpg", 2, "coarse")),
        ("a.jpg@coarse:2", Painting("a.jpg", 2, "coarse")),
        ("a.jpg@left", Painting("a.jpg", crop="left")),
        ("a.jpg@center:2@fine", Painting("a.jpg", 2, "fine", crop="center")),
        ("b.jpg:0.5", Painting("b.jpg:0.5")),
        ("b.jpg:0.5:0.25", Painting("b.jpg:0.5", 0.25)),
        ("c.jpg@fine", Painting("c.jpg@fine")),
        ("c.jpg@fine@coarse", Painting("c.jpg@fine", depth="coarse")),
        ("d:0.7@coarse", Painting("d:0.7@coarse")),
        ("mosaic:0.3", Painting("mosaic", 0.3)),
        ("gone@large", Painting("gone@large")),
        ("-", Painting("-")),
        ("-:0.5", Painting("-", 0.5)),
    ],
)
def test_a_painting(text: str, painting: Painting[str]) -> None:
    assert parse_painting(text) == painting.with_images(Path)


@pytest.mark.parametrize(
    ("text", "painting"),
    [
        ("sky.png=a.jpg", Painting("a.jpg", region="sky.png")),
        ("sky.png=a.jpg:0.5", Painting("a.jpg", 0.5, region="sky.png")),
        ("sky.png=a.jpg:ground.png", Painting("a.jpg", region="sky.png", mask="ground.png")),
        (
            "sky.png=mosaic:ground.png:0.5@fine",
            Painting("mosaic", 0.5, "fine", "sky.png", "ground.png"),
        ),
        ("sky.png=a.jpg:wheat:sky.png", Painting("a.jpg", region="sky.png", mask="wheat:sky.png")),
        ("sky.png=b.jpg:0.5", Painting("b.jpg:0.5", region="sky.png")),
        ("x=y.png=a.jpg", Painting("a.jpg", region="x=y.png")),
        ("gone.png=x=y.png", Painting("x=y.png", region="gone.png")),
    ],
)
def test_a_region(text: str, painting: Painting[str]) -> None:
    assert parse_region(text) == painting.with_images(Path)


def test_colour_maps() -> None:
    expected = Painting("a.jpg", 1, "all", "sky.png", "ground.png", by_color=True)
    assert parse_region_map("sky.png=a.jpg:ground.png") == expected.with_images(Path)


@pytest.mark.parametrize(
    ("parse", "text", "words"),
    [
        (parse_painting, "a.jpg:-1", "weight is -1.0, but must be a number of 0 or more"),
        (parse_region, "a.jpg", "no MASK=PAINTING"),
        (parse_region_map, "sky.png=a.jpg:gone.png", "no MAP=PAINTING:MAP"),
    ],
)
def test_what_cannot_be_is_refused(parse: Callable[[str], object], text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(text)


@pytest.mark.parametrize(
    "painting",
    [
        Painting("a.jpg"),
        Painting("b.jpg:0.5", 0.1, "fine", crop="top"),
        Painting("a.jpg", 0.3, "coarse", "sky.png", "ground.png"),
        Painting("a.jpg", 1, "all", "sky.png", "ground.png", by_color=True),
    ],
)
def test_a_text_comes_back_as_it_was(painting: Painting[str]) -> None:
    given = painting.with_images(Path)
    assert PARSERS[parameter_of(given)](as_text(given)) == given


@pytest.fixture
def masks(folder: Path) -> None:
    """left.png, white in its left half, right.png, most.png, and b.png, another painting."""
    left = np.zeros((36, 48), np.uint8)
    left[:, :24] = 255
    Image.fromarray(left).save(folder / "left.png")
    Image.fromarray(255 - left).save(folder / "right.png")
    Image.fromarray(np.roll(left, 12, axis=1) | left).save(folder / "most.png")
    Image.fromarray(np.asarray(Image.open(folder / "painting.png"))[::-1]).save(folder / "b.png")


REGIONS = ("--region", "left.png=painting.png:right.png:2", "--region", "right.png=b.png@fine")
OPTIONS = ("--size", "32", "--iterations", "2", "--device", "cpu", "--engine", "onnx")


def test_regions_are_noted_and_painted_again(
    run: Callable[..., Result], masks: None, folder: Path
) -> None:
    result = run("stylize", "photo.png", *REGIONS, "--mask", "most.png", "-o", "out.png", *OPTIONS)
    assert result.exit_code == 0, result.stderr
    made = provenance_in(read_picture(folder / "out.png").origin.metadata.xmp)
    assert isinstance(made, StylizeProvenance)
    named = [painting.with_images(lambda source: source.name) for painting in made.paintings]
    assert named == [
        Painting("painting.png", 2, "all", "left.png", "right.png"),
        Painting("b.png", 1, "fine", "right.png"),
    ]
    assert made.mask
    assert made.mask.name == "most.png"
    result = run("stylize", "photo.png", "--like", "out.png", "-o", "again.png")
    assert result.exit_code == 0, result.stderr
    first, second = (read_picture(folder / name).pixels for name in ("out.png", "again.png"))
    np.testing.assert_array_equal(first, second)
    told = run("info", "out.png").stdout
    for words in ("painting, weight 2: painting.png", "  where: left.png", "  its mask: right.png"):
        assert words in told


def test_a_mask_that_is_gone_is_asked_for(
    run: Callable[..., Result], masks: None, folder: Path
) -> None:
    whole = ("--region", "left.png=painting.png", "--style", "b.png")
    assert run("stylize", "photo.png", *whole, "-o", "out.png", *OPTIONS).exit_code == 0
    (folder / "left.png").unlink()
    result = run("stylize", "photo.png", "--like", "out.png", "-o", "again.png")
    assert result.exit_code == 2
    assert result.stderr.startswith("styleplug: left.png: ")
    assert "give the regions with --region" in result.stderr


def test_a_run_in_regions_goes_on(
    run: Callable[..., Result], masks: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ("--region", "left.png=painting.png:right.png", "--style", "b.png:0.5")
    given += ("--mask", "most.png", *OPTIONS, "--strip")
    assert run("stylize", "photo.png", *given, "-o", "whole.png").exit_code == 0
    with monkeypatch.context() as once:
        once.setattr(Transfer, "_must_stop", stop_after_one)
        run("stylize", "photo.png", *given, "-o", "out.png", "--checkpoint", "run.ckpt")
    assert (folder / "run.ckpt").exists()
    result = run("stylize", "--resume", "run.ckpt", "--overwrite")
    assert result.exit_code == 0, result.stderr
    whole, resumed = (read_picture(folder / name).pixels for name in ("whole.png", "out.png"))
    np.testing.assert_array_equal(whole, resumed)


def stop_after_one(transfer: Transfer) -> bool:
    """As if a transfer's time were over after its first evaluation."""
    if transfer.best:
        transfer.stopped = "time-limit"
    return transfer.best is not None


def test_an_empty_region_is_named(run: Callable[..., Result], masks: None, folder: Path) -> None:
    Image.new("L", (48, 36)).save(folder / "black.png")
    result = run(
        *("stylize", "photo.png", "--region", "black.png=painting.png", "--style", "b.png"),
        *("-o", "out.png", *OPTIONS),
    )
    assert (result.exit_code, (folder / "out.png").exists()) == (2, False)
    assert "black.png', but must be white, or grey, somewhere; it is empty" in result.stderr


def test_a_folder_has_a_mask_for_each_picture(
    run: Callable[..., Result], masks: None, folder: Path
) -> None:
    (folder / "masks").mkdir()
    (folder / "left.png").rename(folder / "masks" / "photo.png")
    options = ("--style", "painting.png", "--mask", "masks", *OPTIONS)
    result = run("batch", "photo.png", "b.png", *options, "-o", "done")
    assert result.exit_code == 1, result.stderr
    assert "masks/b.png: there is no mask of this name, in any format, for b.png" in result.stderr
    before, after = (read_picture(folder / name).pixels for name in ("photo.png", "done/photo.png"))
    np.testing.assert_allclose(after[:, 24:], before[:, 24:], atol=1 / 255)
    assert np.abs(after - before)[:, :24].mean() > 0.01


def test_a_filter_acts_within_its_mask(
    run: Callable[..., Result], masks: None, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Image.open(folder / "left.png").resize((24, 18)).save(folder / "small.png")
    arguments = ("photo.png", "--filter", "udnie", "--mask", "small.png", "-o", "out.png")
    result = run("filter", *arguments)
    assert result.exit_code == 0, result.stderr
    assert "small.png is scaled from 24×18 pixels to the photograph's 48×36" in caplog.text
    before, after = (read_picture(folder / name).pixels for name in ("photo.png", "out.png"))
    np.testing.assert_allclose(after[:, 30:], before[:, 30:], atol=1 / 255)
    assert np.abs(after - before)[:, :18].mean() > 0.01
    assert "mask: small.png" in run("info", "out.png").stdout
