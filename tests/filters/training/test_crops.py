"""Crops of photographs to train on."""

import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from styleplug.errors import ConfigError
from styleplug.filters.training import crops
from styleplug.filters.training.crops import Crops
from styleplug.image.picture import Picture
from styleplug.pictures import path


def save(pixels: np.ndarray, file: Path) -> Path:
    Image.fromarray(pixels).save(file)
    return file


def test_crops_are_pictures_and_differ():
    drawn = Crops([path("photograph.jpg")], 96, seed=0).draw(3)
    assert (drawn.shape, drawn.dtype) == ((3, 3, 96, 96), np.float32)
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert drawn.std() > 0.05
    assert abs(drawn[0] - drawn[1]).mean() > 0.02
    assert not np.isnan(drawn).any()


def test_a_seed_gives_the_same_crops_again():
    first, second, other = (Crops([path("mist.jpg")], 64, seed).draw(2) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


@pytest.mark.parametrize("shape", [(2000, 60, 3), (20, 30, 3), (1, 1, 3)])
def test_photographs_of_any_size_do(shape, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    assert Crops([save(noise, tmp_path / "a.png")], 64, 0).draw(2).shape == (2, 3, 64, 64)


def test_hidden_colours_are_not_seen(tmp_path):
    pixels = np.full((100, 100, 4), 128, np.uint8)
    pixels[:, 40:] = (255, 0, 255, 0)
    drawn = Crops([save(pixels, tmp_path / "a.png")], 64, 0).draw(4)
    assert abs(drawn[:, 0] - drawn[:, 1]).max() < 0.3


def test_what_is_no_picture_is_left_out_with_a_word(tmp_path, caplog):
    good = save(np.full((80, 80, 3), 128, np.uint8), tmp_path / "good.png")
    bad = tmp_path / "list.txt"
    bad.write_text("no picture")
    source = Crops([good, bad], 64, 0)
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            source.draw(1)
    assert [str(bad) in record.getMessage() for record in caplog.records] == [True]
    assert source.paths == [good]


def test_no_picture_at_all(tmp_path):
    bad = tmp_path / "list.txt"
    bad.write_text("no picture")
    with pytest.raises(ConfigError, match="photos is 'none that can be read'"):
        Crops([bad], 64, 0).draw(1)


def test_photographs_are_read_once_as_long_as_few(tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(crops, "KEPT", 2)
    monkeypatch.setattr(crops, "read_picture", lambda path: read.append(path) or grey(path))
    source = Crops([Path("a"), Path("b")], 64, 0)
    for _ in range(20):
        source.draw(1)
    assert sorted(read) == [Path("a"), Path("b")]
    source.paths.append(Path("c"))
    for _ in range(20):
        source.draw(1)
    assert len(read) > 3
    assert source._read.cache_info().currsize == 2


def grey(path: Path) -> Picture:
    return Picture(np.full((70, 70, 3), 0.5, np.float32), path=path)
