"""`styleplug figure`: sheets of a photograph by painting, and by layers and weights."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

from styleplug.cli.commands import figure

CHEAP = ("--size", "32", "--iterations", "1")


def test_a_photograph_in_the_manner_of_two_paintings(
    run: Callable[..., Result], folder: Path
) -> None:
    styles = ("--style", "painting.png", "--style", "mosaic")
    result = run("figure", "photo.png", *styles, "-o", "figure.png", *CHEAP)
    assert result.exit_code == 0, result.stderr
    with Image.open(folder / "figure.png") as drawn:
        assert drawn.width == 3 * (32 + 16) + 16
    again = run("figure", "photo.png", *styles, "-o", "figure.png", *CHEAP)
    assert (again.exit_code, "exists already" in again.stderr) == (2, True)


def test_layers_against_weights(
    run: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure, "DEPTHS", 2)
    monkeypatch.setattr(figure, "RATIOS", (0.1, 1.0))
    whole = ("figure", "photo.png", "--style", "painting.png", "-o", "layers.png", "--layers")
    result = run(*whole, *CHEAP)
    assert result.exit_code == 0, result.stderr
    with Image.open(folder / "layers.png") as drawn:
        assert drawn.width == 2 * (32 + 16) + 16
    several = run(*whole, "--style", "mosaic", "--overwrite", *CHEAP)
    assert (several.exit_code, "give one --style" in several.stderr) == (2, True)
