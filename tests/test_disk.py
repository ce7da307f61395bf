from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from styleplug.disk import synchronise, write_remedy
from styleplug.errors import UnwritableImageError
from styleplug.image.picture import Picture
from styleplug.image.write import write_picture


def test_what_cant_be_synchronised_is_written_all_the_same() -> None:
    read, write = os.pipe()
    with os.fdopen(write, "wb") as file:
        file.write(b"content")
        synchronise(file)
        assert os.read(read, 10) == b"content"
    os.close(read)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some space, or choose another place"),
        (errno.EIO, "choose another place"),
    ],
)
def test_room_is_made_only_where_it_lacks(number: int, remedy: str) -> None:
    assert write_remedy(OSError(number, "")) == remedy


@pytest.fixture
def picture() -> Picture:
    return Picture(np.zeros((4, 4, 3), np.float32))


def refuse(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fsync(file: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_picture_goes_to_a_file_system_that_knows_no_fsync(
    picture: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse(monkeypatch, number)
    write_picture(picture, tmp_path / "out.png")
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


def test_a_disk_that_fails_is_called_so(
    picture: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, errno.EIO)
    with pytest.raises(UnwritableImageError, match=r"\(Input/output error\); choose another place"):
        write_picture(picture, tmp_path / "out.png")
    assert list(tmp_path.iterdir()) == []
