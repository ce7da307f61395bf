"""Outputs that are refused before any work, and files that appear whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from styleplug.api import check_output
from styleplug.errors import UnwritableImageError
from styleplug.image import write
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture

EXTENSIONS = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".avif")


@pytest.fixture
def noise() -> Picture:
    values = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    return Picture.from_any(values)


def refuse(path: Path, *, inputs: tuple[Path, ...] = (), overwrite: bool = False) -> str:
    with pytest.raises(UnwritableImageError) as caught:
        check_output(path, inputs=inputs, overwrite=overwrite)
    assert caught.value.path == path
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


def test_a_new_file_with_a_known_extension_is_fine_and_leaves_no_trace(tmp_path: Path) -> None:
    for extension in EXTENSIONS:
        check_output(tmp_path / f"a{extension}", inputs=[], overwrite=False)
        check_output(str(tmp_path / f"a{extension.upper()}"), inputs=[], overwrite=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a", "a.gif", ".png", "a.png.part"])
def test_an_unknown_extension_lists_the_known(tmp_path: Path, name: str) -> None:
    assert ", ".join(EXTENSIONS) in refuse(tmp_path / name)


def test_a_folder(tmp_path: Path) -> None:
    assert refuse(tmp_path, overwrite=True) == "is a folder; name a file in it"


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    assert refuse(tmp_path / "new" / "a.png").endswith("make it first")


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "no folder" in refuse(tmp_path / "file" / "a.png")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no folder that refuses even root")
def test_a_folder_that_cannot_be_written_to(noise: Picture) -> None:
    path = Path("/proc/a.png")
    assert "can't be written to" in refuse(path)
    with pytest.raises(UnwritableImageError, match="can't be written to"):
        write_picture(noise, path)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "can't be written to" in refuse(tmp_path / "a.png")


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    assert "can't be written" in refuse(tmp_path / ("a" * 300 + ".png"))


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(UnwritableImageError, match="no file can have this name"):
        check_output(tmp_path / "a\0b.png", inputs=(), overwrite=False)


def test_an_existing_file_only_with_overwrite(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.touch()
    assert "--overwrite" in refuse(path)
    check_output(path, inputs=[tmp_path / "missing.png"], overwrite=True)


def test_a_dangling_link_exists_too(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.symlink_to("nowhere.png")
    assert "--overwrite" in refuse(path)
    check_output(path, inputs=[], overwrite=True)


@pytest.mark.parametrize("link", [os.symlink, os.link, None])
def test_an_input_is_never_an_output(
    tmp_path: Path, link: Callable[[Path, Path], None] | None
) -> None:
    photo, output = tmp_path / "photo.png", tmp_path / "output.png"
    photo.touch()
    if link is None:
        (tmp_path / "folder").mkdir()
        output = tmp_path / "folder" / ".." / "photo.png"
    else:
        link(photo, output)
    for overwrite in (True, False):
        problem = refuse(output, inputs=(tmp_path / "other.png", photo), overwrite=overwrite)
        assert f"is the input {photo}, which is never written over" in problem


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_every_format_is_written_with_normal_permissions(tmp_path: Path, extension: str) -> None:
    ramp = np.indices((48, 64)).sum(axis=0).astype(np.float32)[..., np.newaxis] / 111
    picture = Picture(ramp * np.array([1, 0.5, 0], np.float32))
    path = tmp_path / f"a{extension}"
    before = os.umask(0o027)
    try:
        write_picture(picture, path)
    finally:
        os.umask(before)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    np.testing.assert_allclose(read_picture(path).pixels, picture.pixels, atol=0.03)


def test_an_existing_file_is_replaced_only_with_overwrite(tmp_path: Path, noise: Picture) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    with pytest.raises(UnwritableImageError, match="--overwrite"):
        write_picture(noise, path)
    assert path.read_bytes() == b"old"
    write_picture(noise, path, overwrite=True)
    assert read_picture(path).size == noise.size
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_a_link_is_replaced_and_its_target_stays(tmp_path: Path, noise: Picture) -> None:
    target, link = tmp_path / "target.png", tmp_path / "link.png"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_picture(noise, link, overwrite=True)
    assert target.read_bytes() == b"old"
    assert not link.is_symlink()


def test_a_file_that_appears_meanwhile_stays(
    tmp_path: Path, noise: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    monkeypatch.setattr(os, "fsync", lambda _: path.write_bytes(b"somebody else's"))
    with pytest.raises(UnwritableImageError, match="exists already"):
        write_picture(noise, path)
    assert path.read_bytes() == b"somebody else's"
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def no_links(*_: object) -> None:
    """As the file systems of memory cards say."""
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize("moment", ["fsync", "link", "replace"])
def test_an_interruption_leaves_everything_as_it_was(
    tmp_path: Path, noise: Picture, monkeypatch: pytest.MonkeyPatch, moment: str, overwrite: bool
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "a.png"
    if overwrite:
        path.write_bytes(b"old")
    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(os, "replace" if overwrite and moment == "link" else moment, interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_picture(noise, path, overwrite=overwrite)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([b"old"] if overwrite else [])


def test_a_name_is_taken_where_there_are_no_links(
    tmp_path: Path, noise: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "a.png"
    write_picture(noise, path)
    written = path.read_bytes()
    monkeypatch.setattr(write, "check_place", lambda *_, **__: None)  # it appears a moment later
    with pytest.raises(UnwritableImageError, match="exists already"):
        write_picture(noise, path)
    assert path.read_bytes() == written
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_full_disk_leaves_everything_as_it_was(
    tmp_path: Path, noise: Picture, overwrite: bool
) -> None:
    resource = pytest.importorskip("resource", reason="no limit on the size of files")
    path = tmp_path / "a.png"
    if overwrite:
        path.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(UnwritableImageError, match=r"written .*; choose another place"):
            write_picture(noise, path, overwrite=overwrite)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([b"old"] if overwrite else [])
