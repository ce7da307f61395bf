"""Where GIMP's configuration folders are, on each system, and which won't do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from styleplug.errors import HostError
from styleplug.hosts.gimp import ADAPTER


def titles() -> list[str]:
    return [place.title for place in ADAPTER.find()]


def test_no_gimp(home: Path) -> None:
    assert ADAPTER.find() == ()


@pytest.mark.parametrize(
    ("platform", "variable", "base"),
    [
        ("linux", None, ".config"),
        ("linux", "XDG_CONFIG_HOME", "elsewhere"),
        ("darwin", None, "Library/Application Support"),
        ("win32", None, "AppData/Roaming"),
        ("win32", "APPDATA", "elsewhere"),
    ],
)
def test_native_folders(
    home: Path, monkeypatch: pytest.MonkeyPatch, platform: str, variable: str | None, base: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    if variable is not None:
        monkeypatch.setenv(variable, str(home / base))
    (home / base / "GIMP/3.0").mkdir(parents=True)
    [place] = ADAPTER.find()
    assert (place.title, place.folder) == ("GIMP 3.0", home / base / "GIMP/3.0")
    assert (place.state, place.advice) == ("found", "")


def test_several_versions_in_their_order(home: Path, gimp: Callable[..., Path]) -> None:
    for version in ("3.10", "3.2", "3.0", "2.10"):
        gimp(version)
    (home / ".config/GIMP/3.4").touch()
    (home / ".config/GIMP/backup of 3.0").mkdir()
    assert titles() == ["GIMP 2.10", "GIMP 3.0", "GIMP 3.2", "GIMP 3.10"]


def test_gimp_2_is_told_what_to_do_instead(gimp: Callable[..., Path]) -> None:
    gimp("2.10")
    [place] = ADAPTER.find()
    assert place.state == "unsupported"
    assert "update to GIMP 3" in place.advice
    assert "styleplug stylize" in place.advice


@pytest.mark.parametrize("value", ["{home}/own", "own"])
def test_gimps_variable_wins(
    home: Path, gimp: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    gimp("3.0")
    monkeypatch.setenv("GIMP3_DIRECTORY", value.format(home=home))
    assert ADAPTER.find() == ()
    (home / "own").mkdir()
    [place] = ADAPTER.find()
    assert (place.title, place.folder) == ("GIMP 3", home / "own")


@pytest.mark.parametrize(
    ("kind", "folder"),
    [("Flatpak", ".var/app/org.gimp.GIMP/config/GIMP/3.0"), ("Snap", "snap/gimp/42/.config/GIMP")],
)
def test_sandboxes_are_explained(
    home: Path, gimp: Callable[..., Path], kind: str, folder: str
) -> None:
    gimp("3.0")
    (home / folder).mkdir(parents=True)
    native, sandboxed = ADAPTER.find()
    assert native.state == "found"
    assert (sandboxed.title, sandboxed.state) == (f"GIMP ({kind})", "sandboxed")
    for text in ("can't start styleplug's Python", "AppImage", "styleplug stylize"):
        assert text in sandboxed.advice
    assert ADAPTER.classify(home / folder).state == "sandboxed"


def test_a_link_into_a_sandbox_is_seen_through(home: Path) -> None:
    inside = home / ".var/app/org.gimp.GIMP/config/GIMP/3.0"
    inside.mkdir(parents=True)
    (home / "link").symlink_to(inside)
    assert ADAPTER.classify(home / "link").state == "sandboxed"


def test_a_folder_that_is_named(home: Path, gimp: Callable[..., Path]) -> None:
    assert ADAPTER.classify(home).title == "GIMP 3"
    assert ADAPTER.classify(gimp("3.2")).title == "GIMP 3.2"
    assert ADAPTER.classify(gimp("2.10")).state == "unsupported"
    with pytest.raises(HostError, match=r"there is no folder .*; start GIMP once"):
        ADAPTER.classify(home / "missing")
    (home / "plug-ins").mkdir()
    with pytest.raises(HostError, match="lies within GIMP's folder"):
        ADAPTER.classify(home / "plug-ins")
