"""`--strengths` from the command line: the pictures, their notes, and what can't be."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from styleplug.image.inspect import inspect_picture
from styleplug.image.read import read_picture
from styleplug.jobs.provenance import StylizeProvenance, provenance_in

NAMES = ("out-0.25.png", "out-0.6.png")


def test_a_picture_for_each_strength(paint: Callable[..., Result], folder: Path) -> None:
    """The strongest is that of a run of its own; each one's note says its strength, and so
    `--like` paints it."""
    result = paint("--strengths", "0.25,0.6")
    assert result.exit_code == 0, result.stderr
    assert {path.name for path in folder.glob("out*")} == set(NAMES)
    assert all(name in result.stderr for name in NAMES)
    for name, strength in zip(NAMES, (0.25, 0.6), strict=True):
        note = provenance_in(inspect_picture(folder / name).metadata.xmp)
        assert isinstance(note, StylizeProvenance)
        assert note.config().strength == strength
        assert "strengths" not in note.options
    assert paint("--strength", "0.6", output="alone.png").exit_code == 0
    alone, together = (read_picture(folder / name).pixels for name in ("alone.png", NAMES[1]))
    np.testing.assert_array_equal(alone, together)


def test_one_that_is_there_keeps_all_from_being_painted(
    paint: Callable[..., Result], folder: Path
) -> None:
    (folder / NAMES[0]).write_bytes(b"mine")
    result = paint("--strengths", "0.25,0.6")
    assert result.exit_code == 2
    assert NAMES[0] in result.stderr
    assert {path.name for path in folder.glob("out*")} == {NAMES[0]}
    assert (folder / NAMES[0]).read_bytes() == b"mine"
    assert paint("--strengths", "0.25,0.6", "--overwrite").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--strengths", "0.2,1.5"), "a number from 0 to 1"),
        (("--strengths", "0.2;0.4"), "'0.2;0.4' is not a valid number"),
        (("--strengths", ","), "has no numbers in it"),
        (("--strengths", "0.2,0.4", "--strength", "0.3"), "leave '--strength' out"),
        (("--strengths", "0.2,0.4", "--checkpoint", "run.ckpt"), "leave '--checkpoint' out"),
        (("--strengths", "0.2,0.4", "--compare", "both.png"), "leave one out"),
        (("--strengths", "0.2,0.4", "--content-weight", "1"), "where weights are given"),
    ],
)
def test_what_cannot_be(
    paint: Callable[..., Result], folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = set(folder.iterdir())
    result = paint(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert set(folder.iterdir()) == before


def test_several_pictures_do_not_go_to_standard_output(paint: Callable[..., Result]) -> None:
    result = paint("--strengths", "0.2,0.4", "--format", "png", output="-")
    assert result.exit_code == 2
    assert "write to a file" in result.stderr
