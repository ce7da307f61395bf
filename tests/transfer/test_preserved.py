"""Where something is to be preserved: faces, lines and text."""

from __future__ import annotations

import numpy as np
import pytest
from portrait import FACE, portrait

from styleplug import pictures
from styleplug.faces import Face
from styleplug.image.read import read_picture
from styleplug.transfer.preserved import face_map, line_map, what_to_preserve

CAT = read_picture(pictures.path("photograph.jpg")).pixels


def test_a_face_is_preserved_and_that_is_said() -> None:
    found, notes = what_to_preserve(portrait(256), "faces=0.8")
    assert found is not None
    assert (found.shape, found.dtype) == (portrait(256).shape[:2], np.float32)
    height, width = found.shape
    left, top, right, bottom = (
        round(part * side) for part, side in zip(FACE, [width, height] * 2, strict=True)
    )
    middle = (top + bottom) // 2, (left + right) // 2
    assert found[top + 10 : bottom - 10, middle[1]].min() > 0.79, "from forehead to chin"
    assert found[middle[0], left + 10 : right - 10].min() > 0.79, "from ear to ear"
    assert found.max() == np.float32(0.8)
    assert found[-height // 5 :].max() == 0, "of her uniform nothing"
    assert notes == ("a face is preserved; --preserve none has it painted over",)


@pytest.mark.parametrize("wanted", ["none", "faces=0.8"])
def test_without_a_face_there_is_nothing_to_preserve(wanted: str) -> None:
    assert what_to_preserve(CAT, wanted) == (None, ())


def test_of_two_things_the_stronger_holds() -> None:
    maps = [what_to_preserve(portrait(200), wanted)[0] for wanted in ("faces=0.5", "lines=1.0")]
    both, _ = what_to_preserve(portrait(200), "faces=0.5,lines=1.0")
    np.testing.assert_array_equal(both, np.maximum(*maps))


def test_a_large_picture_has_a_small_map() -> None:
    found, _ = what_to_preserve(np.zeros((30, 2000, 3), np.float32), "lines=0.5")
    assert found is not None
    assert max(found.shape) == 512


def test_several_faces_are_counted_and_may_lie_across_the_border() -> None:
    found = face_map((40, 60), [Face(-0.2, 0.1, 0.1, 0.5, 1), Face(0.6, 0.4, 0.8, 0.8, 1)])
    assert found[12, 0] == found[24, 42] == 1
    assert found[12, 20] == 0


def test_contours_are_lines_and_grain_is_none() -> None:
    light = np.zeros((80, 120), np.float32)
    light[:, 40:] = 0.8
    light[:, 70:] += np.random.default_rng(0).uniform(-0.1, 0.1, (80, 50)).astype(np.float32)
    found = line_map(light)
    assert found[10:-10, 39:41].min() > 0.9
    assert found[:, :30].max() < 0.01
    assert found[:, 80:].mean() < 0.1
    assert found.max() <= 1
