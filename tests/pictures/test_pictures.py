"""The bundled pictures open at their stated sizes, and the script draws the same one every time."""

import numpy as np
import pytest
from PIL import Image

from styleplug import pictures
from styleplug.pictures.draw import draw


@pytest.mark.parametrize(
    ("name", "size", "limit"),
    [("photograph.jpg", (451, 300), 120_000), ("painting.jpg", (768, 614), 350_000)],
)
def test_bundled_picture_opens(name: str, size: tuple[int, int], limit: int) -> None:
    path = pictures.path(name)
    assert path.is_absolute()
    assert path.stat().st_size < limit
    with Image.open(path) as picture:
        picture.load()
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", size)


def test_drawing_is_deterministic_and_has_strong_contrast() -> None:
    drawing = draw(96)
    assert drawing.size == (96, 77)
    assert drawing.tobytes() == draw(96).tobytes()
    grey = np.asarray(drawing.convert("L"))
    assert grey.min() < 40
    assert grey.max() > 215
