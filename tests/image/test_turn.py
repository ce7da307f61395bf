"""What becomes of places and of further turns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from styleplug.image.formats import heif
from styleplug.image.isobmff import applied_orientation
from styleplug.image.read import read_picture
from styleplug.image.samples import upright
from styleplug.image.turn import AXES, Turn

STORED = np.arange(6).reshape(2, 3)


@pytest.mark.parametrize("orientation", AXES)
def test_a_point_goes_where_the_pixels_go(orientation: int) -> None:
    turn = Turn(orientation, (3, 2), (3, 2))
    seen = upright(STORED, orientation)
    height, width = seen.shape
    for y, x in np.ndindex(STORED.shape):
        across, down = turn.point((x + 0.5) / 3, (y + 0.5) / 2)
        assert seen[int(down * height), int(across * width)] == STORED[y, x]
    assert turn.upright == (width, height)


@pytest.mark.parametrize("applied", AXES)
@pytest.mark.parametrize("wanted", AXES)
def test_what_remains_of_an_orientation_makes_up_for_what_was_applied(
    applied: int, wanted: int
) -> None:
    turn = Turn(applied, (3, 2), (3, 2))
    remaining = turn.remaining(wanted)
    found = upright(upright(STORED, applied), remaining)
    np.testing.assert_array_equal(found, upright(STORED, wanted))
    if applied == wanted:
        assert remaining == 1


def exif(orientation: int) -> bytes:
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


@pytest.mark.parametrize("orientation", AXES)
def test_heif_files_turn_by_themselves(tmp_path: Path, orientation: int) -> None:
    """By properties of the container, whatever EXIF says."""
    stored = np.kron(np.arange(6, dtype=np.uint8).reshape(2, 3) * 50, np.ones((32, 32), np.uint8))
    file = heif.encoded(np.dstack([stored] * 3), None, exif=exif(orientation))
    (tmp_path / "a.heic").write_bytes(file.replace(exif(orientation), exif(5)))
    picture = read_picture(tmp_path / "a.heic")
    expected = upright(stored, orientation) / 255
    np.testing.assert_allclose(picture.pixels[..., 0], expected, atol=0.1)
    assert picture.turn.orientation == orientation
    assert picture.turn.before == (96, 64)


def test_what_is_no_whole_heif_file_turns_nothing() -> None:
    file = heif.encoded(np.zeros((64, 64, 3), np.uint8), None)
    for cut in range(0, len(file), 7):
        assert applied_orientation(file[:cut]) == 1


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([30, 30], [180, 60]),
        ([30, 30, 20], [180, 60, 40]),
        ([30, 30, 20, 10], [180, 60, 20, 40]),
        ([65535, 65535], [0, 131070]),
    ],
)
def test_a_subject_of_each_kind_is_turned_and_doubled(
    numbers: list[int], expected: list[int]
) -> None:
    assert Turn(6, (160, 120), (240, 320)).subject(numbers) == expected
