"""The bundled pictures open, are credited, and are what the programs draw, every time the same."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import harbour
import numpy as np
import pytest
from PIL import Image

from styleplug import pictures
from styleplug.pictures import PAINTINGS

SLOW = ("harbour", "lanterns", "mosaic")


def test_the_photograph_opens() -> None:
    path = pictures.path("photograph.jpg")
    assert path.is_absolute()
    assert path.stat().st_size < 120_000
    with Image.open(path) as picture:
        picture.load()
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (451, 300))


@pytest.mark.parametrize("name", PAINTINGS)
def test_a_painting_opens_and_is_credited(name: str) -> None:
    file, title = PAINTINGS[name]
    path = pictures.path(file)
    assert path.stat().st_size < 256_000
    with Image.open(path) as picture:
        picture.load()
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        assert min(picture.size) > 500
        assert max(picture.size) < 1000
    row = next(line for line in credits() if f"| `{name}`" in line)
    assert f"| `{file}`" in row
    assert title.partition(",")[0] in row


def credits() -> list[str]:
    return pictures.path("CREDITS.md").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in PAINTINGS],
)
def test_drawing_is_deterministic_and_has_strong_contrast(name: str) -> None:
    draw = import_module(name).draw
    drawn = draw(96)
    assert drawn.width == 96
    assert drawn.tobytes() == draw(96).tobytes()
    grey = np.asarray(drawn.convert("L"))
    assert grey.min() < 60
    assert grey.max() > 200


def test_a_dot_beyond_the_canvas_leaves_no_trace() -> None:
    canvas = np.zeros((20, 30, 3))
    for centre in ((-9.0, 5.0), (40.0, 5.0), (5.0, -9.0), (5.0, 40.0)):
        harbour.touch(canvas, np.array(centre), 3.0, np.ones(3))
    assert not canvas.any()


@pytest.mark.slow
def test_the_program_draws_what_the_package_holds(tmp_path: Path) -> None:
    program = Path(__file__).with_name("drawing")
    subprocess.run([sys.executable, program, tmp_path, "mist"], check=True)
    for file in ("mist.jpg", "thumbnails/mist.png"):
        with Image.open(tmp_path / file) as drawn, Image.open(pictures.path(file)) as bundled:
            assert drawn.size == bundled.size
            # Processors and versions of Pillow may round otherwise.
            difference = np.asarray(drawn, np.float32) - np.asarray(bundled, np.float32)
            assert np.abs(difference).mean() < 2
