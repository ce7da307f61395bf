"""`--variations` and `--pick` from the command line."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from styleplug.events import Event, Progress
from styleplug.image.read import read_picture
from styleplug.transfer.run import Transfer


@pytest.fixture
def sheet(paint: Callable[..., Result], folder: Path) -> Path:
    """A sheet of four variations."""
    result = paint("--variations", "4", output="sheet.png")
    assert result.exit_code == 0, result.stderr
    return folder / "sheet.png"


def test_a_sheet_and_two_ways_to_pick_from_it(
    run: Callable[..., Result], paint: Callable[..., Result], sheet: Path, folder: Path
) -> None:
    """The same command with a number, or the sheet's own note; what is given besides, counts."""
    with Image.open(sheet) as drawn:
        assert drawn.width > 2 * 320
    assert paint("--variations", "4", "--pick", "4", output="one.png").exit_code == 0
    result = run("stylize", "photo.png", "--like", "sheet.png", "--pick", "4", "-o", "two.png")
    assert result.exit_code == 0, result.stderr
    options = ("--seed", "1", "--style", "painting.png@center")
    assert paint(*options, output="three.png").exit_code == 0
    one, *others = (read_picture(folder / f"{name}.png").pixels for name in ("one", "two", "three"))
    for other in others:
        np.testing.assert_array_equal(one, other)
    like = ("--like", "sheet.png", "--pick", "4", "--seed", "9")
    assert run("stylize", "photo.png", *like, "-o", "four.png").exit_code == 0
    told = run("info", "four.png").stdout
    assert "seed: 9" in told
    assert "painting, its center: painting.png" in told


def test_a_sheet_is_no_picture_to_paint_like(
    run: Callable[..., Result], sheet: Path, folder: Path
) -> None:
    for more, words in (((), "given with --pick 1 to 4"), (("--pick", "5"), "from 1 to 4")):
        result = run("stylize", "photo.png", "--like", "sheet.png", *more, "-o", "out.png")
        assert result.exit_code == 2
        assert words in result.stderr
    assert not (folder / "out.png").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--variations", "3", "--pick", "4"), "from 1 to 3"),
        (("--pick", "1"), "'--like SHEET'"),
        (("--variations", "3", "--strengths", "0.2"), "leave one out"),
        (("--variations", "99"), "2<=x<=24"),
    ],
)
def test_what_cannot_be(
    paint: Callable[..., Result], folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = paint(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (folder / "out.png").exists()


def test_a_picture_that_is_no_sheet_has_nothing_to_pick(
    run: Callable[..., Result], paint: Callable[..., Result]
) -> None:
    assert paint().exit_code == 0
    result = run("stylize", "photo.png", "--like", "out.png", "--pick", "1", "-o", "two.png")
    assert result.exit_code == 2
    assert "out.png is no sheet of variations" in result.stderr


def test_ctrl_c_leaves_a_sheet_of_what_is_done(
    paint: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_transfer, begun = Transfer.run, []

    def interrupted(transfer: Transfer) -> list[Event]:
        begun.append(transfer)
        events = []
        for event in run_transfer(transfer):
            if len(begun) == 3 and isinstance(event, Progress):
                transfer.request.cancel.set()
            events.append(event)
        return events

    monkeypatch.setattr(Transfer, "run", interrupted)
    result = paint("--variations", "6", output="sheet.png")
    assert result.exit_code == 130
    assert len(begun) == 3
    result = paint("--like", "sheet.png", "--pick", "3")
    assert "from 1 to 2" in result.stderr
