"""The collection of styles: what comes with styleplug, and what a user adds, replaces, removes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from styleplug import pictures
from styleplug.errors import (
    ConfigError,
    StyleError,
    StyleNotFoundError,
    UnreadableImageError,
)
from styleplug.styles import (
    Style,
    add_style,
    collection,
    find_style,
    list_styles,
    painting_file,
    remove_style,
)


@pytest.fixture
def painting(tmp_path: Path) -> Path:
    """A picture of 300 × 200 pixels, red on the left and blue on the right."""
    pixels = np.zeros((200, 300, 3), np.uint8)
    pixels[:, :150, 0] = pixels[:, 150:, 2] = 250
    path = tmp_path / "My Painting.PNG"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the user's styles are kept."""
    return tmp_path / "data" / "styles"


def own() -> tuple[Style, ...]:
    return tuple(style for style in list_styles() if not style.bundled)


def test_the_bundled_paintings_are_there_and_have_thumbnails() -> None:
    styles = list_styles()
    assert {style.name for style in styles} == set(pictures.PAINTINGS)
    assert [style.name for style in styles] == sorted(style.name for style in styles)
    for style in styles:
        assert style.bundled
        assert style.title.isprintable()
        for path, format in ((style.path, "JPEG"), (style.thumbnail, "PNG")):
            assert path.is_absolute()
            with Image.open(path) as image:
                image.load()
                assert image.format == format
        with Image.open(style.path) as image, Image.open(style.thumbnail) as thumbnail:
            assert max(thumbnail.size) == 128
            small = np.asarray(image.convert("RGB").resize(thumbnail.size), np.float32)
            # It shows this painting: as near as another filter for resizing comes.
            assert np.abs(np.asarray(thumbnail.convert("RGB")) - small).mean() < 12


def test_an_added_painting_is_kept_as_it_is(painting: Path, folder: Path) -> None:
    added = add_style(painting, "red-and-blue", " Red and blue ")
    assert own() == (added,)
    assert find_style("red-and-blue") == added
    assert (added.name, added.title) == ("red-and-blue", "Red and blue")
    assert added.path == folder / "red-and-blue" / "painting.png"
    assert added.path.read_bytes() == painting.read_bytes()
    with Image.open(added.thumbnail) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("PNG", (128, 85))
        assert thumbnail.getpixel((20, 40))[0] > 240
    assert os.listdir(folder) == ["red-and-blue"], "nothing else is left"


def test_a_title_is_made_of_the_name(painting: Path) -> None:
    assert add_style(painting, "red-and-blue").title == "Red and blue"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are texts there")
def test_an_extension_that_is_no_text(painting: Path, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/painting.caf\xe9"))
    path.write_bytes(painting.read_bytes())
    added = add_style(path, "mine")
    assert own() == (added,)
    assert added.path.read_bytes() == painting.read_bytes()


def test_a_small_painting_is_not_blown_up(tmp_path: Path) -> None:
    path = tmp_path / "small.png"
    Image.new("RGBA", (40, 20), (255, 0, 0, 128)).save(path)
    with Image.open(add_style(path, "small").thumbnail) as thumbnail:
        assert (thumbnail.size, thumbnail.mode) == ((40, 20), "RGBA")


def test_paths_are_absolute_whatever_the_data_folder(
    painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STYLEPLUG_DATA_DIR", "here")
    added = add_style(painting, "mine")
    assert added.path == tmp_path / "here/styles/mine/painting.png"
    assert own() == (added,)


@pytest.mark.parametrize(
    "name",
    [
        *("", "Upper", "two--hyphens", "-start", "end-", "with space", "a/b", "..", "a.b", "é"),
        *("x\n", "con", "nul", "com1", "lpt9", "a" * 65),
    ],
)
def test_names_that_are_not_safe_everywhere(painting: Path, folder: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="name is"):
        add_style(painting, name)
    assert not folder.exists()


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "\x1b[2J"])
def test_titles_that_would_spoil_a_list(painting: Path, folder: Path, title: str) -> None:
    with pytest.raises(ConfigError, match="title is"):
        add_style(painting, "mine", title)
    assert not folder.exists()


def test_what_is_no_picture_is_not_added(tmp_path: Path, folder: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("Dear diary")
    for path in (text, tmp_path / "missing.jpg", tmp_path):
        with pytest.raises(UnreadableImageError):
            add_style(path, "mine")
    assert own() == ()
    assert not folder.exists()


def test_a_name_is_not_taken_twice(painting: Path, tmp_path: Path) -> None:
    first = add_style(painting, "mine")
    other = tmp_path / "other.bmp"
    Image.new("RGB", (30, 20)).save(other)
    with pytest.raises(ConfigError, match="a new name, unless --overwrite is given"):
        add_style(other, "mine")
    assert own() == (first,)
    assert first.path.read_bytes() == painting.read_bytes()
    second = add_style(other, "mine", "Another", overwrite=True)
    assert own() == (second,)
    assert second.path.read_bytes() == other.read_bytes()
    assert not first.path.exists()


def test_a_style_can_be_made_anew_from_its_own_painting(painting: Path) -> None:
    first = add_style(painting, "mine")
    second = add_style(first.path, "mine", "A better title", overwrite=True)
    assert second.path.read_bytes() == painting.read_bytes()
    assert own() == (second,)


def test_a_style_may_hide_a_bundled_one_and_gives_way_again(painting: Path) -> None:
    with pytest.raises(ConfigError, match="a new name"):
        add_style(painting, "lanterns")
    added = add_style(painting, "lanterns", overwrite=True)
    assert find_style("lanterns") == added
    remove_style("lanterns")
    assert find_style("lanterns").bundled
    with pytest.raises(ConfigError, match="comes with styleplug"):
        remove_style("lanterns")


def test_a_removed_style_leaves_nothing(painting: Path, folder: Path) -> None:
    add_style(painting, "mine")
    remove_style("mine")
    assert own() == ()
    assert os.listdir(folder) == []
    with pytest.raises(StyleNotFoundError):
        remove_style("mine")


def test_a_name_cannot_lead_out_of_the_collection(painting: Path, tmp_path: Path) -> None:
    add_style(painting, "mine")
    for name in ("../styles/mine", str(tmp_path), ".."):
        with pytest.raises(StyleNotFoundError):
            remove_style(name)
    assert len(own()) == 1


def test_an_unknown_name_is_answered_with_the_nearest_and_all(painting: Path) -> None:
    add_style(painting, "mine")
    with pytest.raises(StyleNotFoundError, match=r"style lantern: .* did you mean lanterns\?") as e:
        find_style("lantern")
    assert e.value.allowed == tuple(style.name for style in list_styles())
    assert ", ".join(e.value.allowed) in str(e.value)
    with pytest.raises(StyleNotFoundError, match="of this name; there are: "):
        find_style("zzzzzz")


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGES = {
    "no record": lambda folder: (folder / "style.json").unlink(),
    "half a record": lambda folder: (folder / "style.json").write_text('{"title": "M'),
    "another record": lambda folder: (folder / "style.json").write_text("[1]"),
    "a deep record": lambda folder: (folder / "style.json").write_text("[" * 10_000),
    "no text": lambda folder: (folder / "style.json").write_bytes(b"\xff\xfe\x00"),
    "no painting": lambda folder: (folder / "painting.png").unlink(),
    "no thumbnail": lambda folder: (folder / "thumbnail.png").unlink(),
    "a painting elsewhere": lambda folder: (folder / "style.json").write_text(
        json.dumps({"title": "Mine", "painting": "../sound/painting.png"})
    ),
}
if hasattr(os, "mkfifo"):
    DAMAGES["a record without end"] = lambda folder: replace_by_pipe(folder / "style.json")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_style_is_named_and_left_out(
    damage: str, painting: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sound = add_style(painting, "sound")
    add_style(painting, "mine")
    DAMAGES[damage](folder / "mine")
    assert own() == (sound,)
    [record] = caplog.records
    assert str(folder / "mine") in record.getMessage()
    assert "styleplug styles remove mine" in record.getMessage()
    remove_style("mine")
    assert os.listdir(folder) == ["sound"]


def test_what_else_lies_in_the_folder_is_no_style(
    painting: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sound = add_style(painting, "sound")
    (folder / ".mine.0123456789abcdef").mkdir()
    (folder / "README.txt").touch()
    assert own() == (sound,)
    assert not caplog.records


def test_a_folder_that_cannot_be_written_to(
    painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STYLEPLUG_DATA_DIR", str(tmp_path / "file"))
    with pytest.raises(StyleError, match=r"style mine: .*can't be written \(Not a directory\)"):
        add_style(painting, "mine")


def test_a_failure_half_way_leaves_what_was_there(
    painting: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add_style(painting, "mine")

    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(collection, "write_atomically", full)
    with pytest.raises(StyleError, match="No space left on device"):
        add_style(painting, "mine", "Other", overwrite=True)
    assert own() == (first,)
    assert os.listdir(folder) == ["mine"]


ADDING = """
import sys
from styleplug.errors import ConfigError
from styleplug.styles import add_style
try:
    for turn in range(10):
        add_style(sys.argv[1], "mine", f"Turn {turn}", overwrite=sys.argv[2] == "replace")
except ConfigError:
    print("taken")
"""


@pytest.mark.parametrize(("mode", "refused"), [("replace", 0), ("keep", 3)])
def test_several_processes_at_once(painting: Path, folder: Path, mode: str, refused: int) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ADDING, painting, mode], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum("taken" in output for output in outputs) == refused
    [style] = own()
    assert style.path.read_bytes() == painting.read_bytes()
    assert os.listdir(folder) == ["mine"]


def test_listing_loads_neither_numpy_nor_pillow(painting: Path) -> None:
    add_style(painting, "mine")
    code = (
        "import sys; from styleplug.styles import list_styles; names = {s.name for s in"
        " list_styles()}; print('mine' in names, {'numpy', 'PIL'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True set()\n"


def test_a_file_wins_over_a_name(
    painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    added = add_style(painting, "mine")
    assert painting_file("mine") == painting_file(Path("mine")) == added.path
    assert painting_file(painting) == painting
    (tmp_path / "mine").write_bytes(painting.read_bytes())
    assert painting_file("mine") == Path("mine")


def test_a_folder_does_not_win_over_a_name(
    painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    added = add_style(painting, "mine")
    for name in ("mine", "other"):
        (tmp_path / name).mkdir()
    assert painting_file("mine") == added.path
    assert painting_file("other") == Path("other")


def test_neither_file_nor_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    expected = r"lantern: there is no such file, and no style of this name; did you mean lanterns\?"
    with pytest.raises(UnreadableImageError, match=expected):
        painting_file("lantern")
