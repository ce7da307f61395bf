from __future__ import annotations

import os

import pytest

from styleplug.runtime.files import write_atomically


def test_the_file_is_written_and_nothing_else(tmp_path) -> None:
    path = tmp_path / "new" / "folder" / "file"
    write_atomically(path, b"content")
    assert path.read_bytes() == b"content"
    assert list(path.parent.iterdir()) == [path]


def test_what_goes_wrong_leaves_the_old_file_alone(tmp_path, monkeypatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_the_mode_is_that_of_any_new_file(tmp_path) -> None:
    write_atomically(tmp_path / "ours", b"")
    (tmp_path / "usual").touch()
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode
