from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from styleplug.batch.inputs import Search, find_pictures, listed_paths
from styleplug.errors import UnreadableImageError

TREE = ("a.jpg", "B.PNG", "notes.txt", "a.xmp", ".hidden.jpg", "~a.jpg", "sub/c.tif", "sub/x/d.nef")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in TREE:
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "in"


@pytest.fixture
def places(tree: Path) -> Callable[..., list[str]]:
    """The places of the pictures that are found; each is that of an absolute, existing path."""

    def find(
        *inputs: str, listed: tuple[Path, ...] = (), recursive: bool = True, **options: bool
    ) -> list[str]:
        search = Search(tree / "out", recursive, **options)
        found = list(find_pictures([Path(path) for path in inputs], listed, search))
        search.warn()
        assert all(each.source.is_absolute() for each in found)
        return [each.relative_output.as_posix() for each in found]

    return find


def test_a_folder_is_mirrored(places: Callable[..., list[str]]) -> None:
    assert places("in") == ["B.PNG", "a.jpg", "sub/c.tif", "sub/x/d.nef"]
    assert places("in", recursive=False) == ["B.PNG", "a.jpg"]


def test_a_file_goes_by_its_name_whatever_it_ends_in(places: Callable[..., list[str]]) -> None:
    assert places("in/sub/c.tif", "in/notes.txt") == ["c.tif", "notes.txt"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("in/*", ["B.PNG", "a.jpg", "sub/c.tif", "sub/x/d.nef"]),
        ("in/**/*.*", ["B.PNG", "a.jpg", "sub/c.tif", "sub/x/d.nef"]),
        ("in/sub/**", ["c.tif", "x/d.nef"]),
        ("in/s*/c.*", ["sub/c.tif"]),
        ("i?/a.*", ["in/a.jpg"]),
    ],
)
def test_a_pattern_is_mirrored_below_what_is_fixed(
    places: Callable[..., list[str]], pattern: str, found: list[str]
) -> None:
    assert sorted(places(pattern)) == found


def test_a_list_is_mirrored_as_it_is_written(
    places: Callable[..., list[str]], tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = (Path("in/sub/c.tif"), tree / "a.jpg", Path("in/sub/x"), Path("in/gone.jpg"))
    assert places(listed=listed) == ["in/sub/c.tif", "in/a.jpg", "in/sub/x/d.nef", "in/gone.jpg"]
    monkeypatch.chdir(tree / "sub")
    assert places(listed=(tree / "a.jpg", Path("../a.jpg"))) == ["a.jpg"]


def test_lists_are_lines_or_end_in_zero_bytes() -> None:
    assert listed_paths(b"a b.jpg\r\n\nc.jpg") == [Path("a b.jpg"), Path("c.jpg")]
    assert listed_paths(b"a\nb.jpg\0c.jpg\0") == [Path("a\nb.jpg"), Path("c.jpg")]
    assert os.fsencode(listed_paths(b"caf\xe9.jpg\n")[0]) == b"caf\xe9.jpg"


def test_each_picture_is_found_once(places: Callable[..., list[str]], tree: Path) -> None:
    assert places("in", "in/a.jpg", "in/sub") == places("in")


def test_a_missing_input_is_told_of(places: Callable[..., list[str]]) -> None:
    for missing in ("gone.jpg", "in/*.webp"):
        with pytest.raises(UnreadableImageError, match="no such file or folder"):
            places(missing)


def test_the_output_folder_is_left_out(places: Callable[..., list[str]], tree: Path) -> None:
    (tree / "out").mkdir()
    (tree / "out" / "a.jpg").touch()
    assert places("in") == ["B.PNG", "a.jpg", "sub/c.tif", "sub/x/d.nef"]
    assert "out/a.jpg" not in places("in/**/*.jpg")


def test_links_are_followed_but_not_in_circles(
    places: Callable[..., list[str]], tree: Path
) -> None:
    (tree / "sub" / "up").symlink_to(tree, target_is_directory=True)
    (tree / "sub" / "itself").symlink_to(".", target_is_directory=True)
    (tree / "other").symlink_to(tree / "sub" / "x", target_is_directory=True)
    assert places("in") == ["B.PNG", "a.jpg", "other/d.nef", "sub/c.tif", "sub/x/d.nef"]


def test_a_folder_that_cant_be_read_is_told_of(
    places: Callable[..., list[str]], tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(UnreadableImageError, match=r"in: the folder can't be read \(Permission"):
        places("in")


@pytest.mark.parametrize("folder", ["@eaDir", "#recycle", ".@__thumb", "Thumbs", "$Recycle.Bin"])
def test_folders_of_storage_are_left_out_and_that_is_said(
    places: Callable[..., list[str]], tree: Path, folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    inside = tree / "sub" / folder / "c.tif" / "thumb.jpg"
    inside.parent.mkdir(parents=True)
    inside.touch()
    for pattern in ("in", "in/*", "in/**/*.*"):
        assert sorted(places(pattern)) == ["B.PNG", "a.jpg", "sub/c.tif", "sub/x/d.nef"]
        if not (folder.startswith(".") and "**" in pattern):  # which matches nothing hidden
            assert f"are left out ({folder}; 1 in all); --system-folders" in caplog.text
        caplog.clear()
    assert f"sub/{folder}/c.tif/thumb.jpg" in places("in", system_folders=True)
    assert places(f"in/sub/{folder}/*") == ["c.tif/thumb.jpg"], "who names it means it"
    assert places(str(inside.parent.parent)) == ["c.tif/thumb.jpg"]
    assert places("in", recursive=False) == ["B.PNG", "a.jpg"]
    assert caplog.messages == []


def test_nothing_but_files_is_found(places: Callable[..., list[str]], tree: Path) -> None:
    os.mkfifo(tree / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("in/socket.jpg")
        (tree / "gone.jpg").symlink_to("nowhere.jpg")
        expected = ["B.PNG", "a.jpg", "gone.jpg", "sub/c.tif", "sub/x/d.nef"]
        assert places("in") == sorted(places("in/**/*.*")) == expected


def test_no_pattern_leads_out_of_the_output_folder(
    places: Callable[..., list[str]], tree: Path
) -> None:
    (tree.parent / "secret.jpg").touch()
    assert places("in/*/../../secret.jpg") == ["secret.jpg"]
    assert places("in/sub/*/../c.tif") == ["c.tif"]
    assert places("in/s*/x/../../../in/a.jpg") == ["a.jpg"]
    assert sorted(places("in/s*/..")) == ["B.PNG", "a.jpg", "sub/c.tif", "sub/x/d.nef"]
