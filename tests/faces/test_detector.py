"""The face detector: what it finds, and what it doesn't."""

from __future__ import annotations

import numpy as np
import pytest
from portrait import FACE, portrait

from styleplug import pictures
from styleplug.faces import Face, find_faces
from styleplug.image.read import read_picture


def edges(face: Face) -> tuple[float, ...]:
    return face.left, face.top, face.right, face.bottom


@pytest.mark.parametrize("longest", [128, 256, 600])
def test_a_face_is_found_where_it_is(longest: int) -> None:
    [face] = find_faces(portrait(longest))
    np.testing.assert_allclose(edges(face), FACE, atol=0.06)
    assert 0.5 < face.score <= 1
    assert face.area == pytest.approx(0.17, abs=0.05)


def test_faces_in_a_larger_picture() -> None:
    """Two of them, and none for two."""
    small = portrait(200)
    height, width, _ = small.shape
    picture = np.full((400, 500, 3), 0.6, np.float32)
    picture[10 : 10 + height, 5 : 5 + width] = small
    picture[-10 - height : -10, -5 - width : -5] = small[:, ::-1]
    faces = sorted(find_faces(picture), key=lambda face: face.left)
    assert len(faces) == 2
    expected = (5 + FACE[0] * width) / 500, (10 + FACE[1] * height) / 400
    np.testing.assert_allclose((faces[0].left, faces[0].top), expected, atol=0.03)


@pytest.mark.parametrize("name", ["photograph", "harbour", "mosaic", "poppies"])
def test_no_face_in_a_cat_or_a_painting(name: str) -> None:
    assert find_faces(read_picture(pictures.path(f"{name}.jpg")).pixels) == ()


def test_pictures_of_any_shape() -> None:
    for shape in ((16, 16), (16, 700), (31, 33)):
        assert find_faces(np.zeros((*shape, 3), np.float32)) == ()
