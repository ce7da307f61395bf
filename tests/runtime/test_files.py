from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from styleplug.runtime.files import user_cache_folder, user_data_folder, write_atomically


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
@pytest.mark.parametrize(
    ("given", "mode"), [({"mode": 0o600}, 0o600), ({"executable": True}, 0o755)]
)
def test_a_mode_may_be_given(tmp_path, given, mode) -> None:
    before = os.umask(0o022)
    write_atomically(tmp_path / "file", b"", **given)
    os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_the_mode_is_that_of_any_new_file(tmp_path, monkeypatch, mask) -> None:
    """And the mask, which is that of all threads, is never changed."""
    before = os.umask(mask)
    try:
        with monkeypatch.context() as patch:
            patch.delattr(os, "umask")
            write_atomically(tmp_path / "ours", b"")
            write_atomically(tmp_path / "program", b"", executable=True)
        (tmp_path / "usual").touch()
    finally:
        os.umask(before)
    ours, program, usual = (
        (tmp_path / name).stat().st_mode for name in ("ours", "program", "usual")
    )
    assert ours == usual
    assert program == usual | (0o111 & ~mask)


@pytest.mark.parametrize(
    ("folder", "variable"),
    [(user_data_folder, "STYLEPLUG_DATA_DIR"), (user_cache_folder, "STYLEPLUG_CACHE_DIR")],
)
def test_a_folder_is_the_platform_s_unless_a_variable_moves_it(
    folder, variable, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "moved"))
    assert folder() == tmp_path / "moved"
    monkeypatch.delenv(variable)
    assert folder().name.casefold() in ("styleplug", "cache")
    assert folder().is_relative_to(Path.home())
