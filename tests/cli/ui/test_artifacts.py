"""What is left to look at of a job: curves, frames, before and after."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import styleplug
from styleplug.errors import DivergedError, UnwritableImageError
from styleplug.events import Progress
from styleplug.hookspecs import hookimpl
from styleplug.image import write
from styleplug.plugins import plugin_manager

Paint = Callable[..., Result]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def glass(folder: Path) -> Path:
    """A larger photograph of which the right half is seen."""
    with Image.open(folder / "photo.png") as photo:
        photo = photo.resize((160, 120))
    alpha = np.zeros((120, 160), np.uint8)
    alpha[:, 80:] = 255
    photo.putalpha(Image.fromarray(alpha))
    photo.save(folder / "glass.png")
    return folder / "glass.png"


# Frames


def test_frames_are_pictures_of_one_size(paint: Paint, folder: Path, glass: Path) -> None:
    result = paint("--frames", "frames", "--size", 128, "--iterations", 12, photo=glass.name)
    assert result.exit_code == 0, result.stderr
    # 15 evaluations at 64 pixels, 12 at 128: one after 10, and one at the end of each.
    assert names(folder / "frames") == {f"000{number}.png" for number in range(1, 5)}
    frames = [Image.open(path) for path in sorted((folder / "frames").iterdir())]
    assert {(frame.size, frame.mode) for frame in frames} == {((128, 96), "RGBA")}
    assert len({frame.tobytes() for frame in frames}) == 4


def test_the_last_frame_is_the_result(paint: Paint, folder: Path) -> None:
    assert paint("--frames", "frames", "--output-size", "working", "--strip").exit_code == 0
    assert (folder / "frames/0001.png").read_bytes() == (folder / "out.png").read_bytes()


def test_a_folder_that_is_there_and_empty(paint: Paint, folder: Path) -> None:
    (folder / "frames").mkdir()
    assert paint("--frames", "frames").exit_code == 0
    assert names(folder / "frames") == {"0001.png"}


def test_frames_that_cannot_be_written_do_not_cost_the_picture(
    paint: Paint, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    written = write.write_picture

    def full(picture: object, path: Path, **options: object) -> None:
        if path.parent.name == "frames":
            raise UnwritableImageError(path, "can't be written (No space left on device)")
        written(picture, path, **options)

    monkeypatch.setattr(write, "write_picture", full)
    assert paint("--frames", "frames", "--iterations", "25").exit_code == 0
    assert (folder / "out.png").exists()
    assert [record.message for record in caplog.records] == [
        "frames/0001.png: can't be written (No space left on device); going on without frames"
    ]


def test_frames_go_through_the_hooks(paint: Paint, folder: Path) -> None:
    class Broken:
        @hookimpl
        def styleplug_write_image(self, path: Path) -> None:
            assert path.parent.name != "frames"

    plugin_manager().register(plugin := Broken(), "broken")
    try:
        result = paint("--frames", "frames", "--iterations", "25")
    finally:
        plugin_manager().unregister(plugin)
    assert result.exit_code == 0
    assert (folder / "out.png").exists()
    assert not names(folder / "frames")


# Before and after


@pytest.mark.parametrize("size", ["photo", "working"])
def test_before_and_after(paint: Paint, folder: Path, size: str) -> None:
    assert paint("--compare", "both.png", "--output-size", size).exit_code == 0
    both, photo, out = (Image.open(folder / f"{name}.png") for name in ("both", "photo", "out"))
    assert both.size == (2 * out.width, out.height)
    left = np.asarray(both)[:, : out.width].astype(int)
    expected = np.asarray(photo.resize(out.size, Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(left - expected).max() <= 2
    np.testing.assert_array_equal(np.asarray(both)[:, out.width :], np.asarray(out))


def test_before_and_after_of_a_transparent_picture(paint: Paint, folder: Path, glass: Path) -> None:
    assert paint("--compare", "both.png", photo=glass.name).exit_code == 0
    with Image.open(folder / "both.png") as both:
        alpha = np.asarray(both)[..., 3]
    assert both.size == (320, 120)
    np.testing.assert_array_equal(alpha[:, :160], alpha[:, 160:])
    assert (alpha[:, :80].max(), alpha[:, 80:160].min()) == (0, 255)


# Curves


def test_curves_as_svg(paint: Paint, folder: Path) -> None:
    assert paint("--plot", "loss.svg").exit_code == 0
    root = ElementTree.parse(folder / "loss.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_curves_as_png(paint: Paint, folder: Path) -> None:
    assert paint("--plot", "loss.PNG").exit_code == 0
    with Image.open(folder / "loss.PNG") as image:
        assert (image.format, image.size) == ("PNG", (800, 600))


def test_curves_of_a_divergence(
    paint: Paint, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Progress(32, 1, 2, 0.5, 1.0, 1.0, 1.0, 1.0, 0.7, 0.5, 0.1, 0.0, 0.2)

    def diverge(
        photo: object,
        paintings: object,
        config: object,
        on_event: Callable,
        *more: object,
        **_: object,
    ) -> None:
        on_event(step)
        raise DivergedError(2, float("inf"), None)

    monkeypatch.setattr(styleplug, "stylize", diverge)
    assert paint("--plot", "loss.png").exit_code == 1
    assert (folder / "loss.png").exists()


def test_without_matplotlib_the_remedy_is_named_before_any_work(
    paint: Paint, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, module, None)
    before = names(folder)
    result = paint("--plot", "loss.png")
    assert result.exit_code == 1
    assert "matplotlib" in result.stderr
    assert "pip install" in result.stderr
    assert "styleplug[plot]" in result.stderr
    assert names(folder) == before
    assert paint("--plot", "loss.pdf").exit_code == 2  # which it would not mend


# Bad places


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            ["--plot", "loss.pdf"],
            "plot is 'loss.pdf', but must be a name that ends in .png or .svg",
        ),
        (["--plot", "nowhere/loss.png"], "plot is 'nowhere/loss.png', but must be in a folder"),
        (["--plot", "full.png"], "plot is 'full.png', but must be a new file"),
        (["--plot", "photo.png", "--overwrite"], "plot is 'photo.png', but must be another file"),
        (["--plot", "painting.png", "--overwrite"], "plot is 'painting.png', but must be another"),
        (["--plot", "out.png"], "plot is 'out.png', but must be a file of its own"),
        (["--compare", "out.png"], "compare is 'out.png', but must be a file of its own"),
        (["--compare", "a.png", "--plot", "./a.png"], "plot is 'a.png', but must be a file of its"),
        (
            ["--compare", "room/../out.png", "--overwrite"],
            "compare is 'room/../out.png', but must be a file of its own",
        ),
        (["--compare", "both.gif"], "both.gif: has no known extension"),
        (["--compare", "full.png"], "full.png: exists already"),
        (["--compare", "photo.png", "--overwrite"], "photo.png: is the input photo.png"),
        (["--frames", "."], "frames is '.', but must be a folder that is new or empty"),
        (["--frames", ".", "--overwrite"], "frames is '.', but must be a folder that is new or"),
        (["--frames", "full.png"], "frames is 'full.png', but must be a folder, and this is a"),
        (["--frames", "nowhere/frames"], "frames is 'nowhere/frames', but must be a place to"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_places_that_will_not_do(
    paint: Paint, folder: Path, arguments: list[str], problem: str
) -> None:
    (folder / "full.png").write_bytes(b"old")
    (folder / "room").mkdir()
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    result = paint(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"styleplug: {problem}")
    after = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert after == before
