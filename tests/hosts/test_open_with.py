"""The entry for "Open with"."""

from __future__ import annotations

import configparser
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from styleplug.errors import HostError
from styleplug.hosts.catalogue import find_hosts, install_host, uninstall_host


@pytest.fixture
def folder(home: Path) -> Path:
    """Where the desktop has a user's own entries, with one of another program."""
    path = home / ".local/share/applications"
    path.mkdir(parents=True)
    (path / "mine.desktop").touch()
    return path


def test_one_entry_opens_the_studio_on_what_it_reads(folder: Path) -> None:
    [host] = install_host("open-with")
    assert (host.state, host.adapter) == ("installed", folder)
    reader = configparser.ConfigParser(interpolation=None)
    reader.read_string((folder / "styleplug-studio.desktop").read_text("utf-8"))
    entry = reader["Desktop Entry"]
    assert entry["Name"] == "Edit in styleplug"
    assert Path(entry["Icon"]).is_file()
    types = entry["MimeType"].split(";")
    assert {"image/jpeg", "image/heif", "image/x-adobe-dng"} < {*types}
    command = shlex.split(entry["Exec"])
    assert command[0] == sys.executable
    assert command[1:5] == ["-P", "-m", "styleplug", "studio"]
    assert command[-1] == "%F"
    uninstall_host("open-with")
    assert [path.name for path in folder.iterdir()] == ["mine.desktop"]


def test_the_desktop_is_told(folder: Path, program: Callable[[str], Path]) -> None:
    indexer = program("update-desktop-database")
    indexer.write_text(f'#!/bin/sh\n[ "$2" = "{folder}" ] && : > "$2/index"\n')
    install_host("open-with")
    assert (folder / "index").exists()
    (folder / "index").unlink()
    uninstall_host("open-with")
    assert (folder / "index").exists()


def test_without_the_studio_it_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("styleplug.hosts.open_with.find_spec", lambda name: None)
    with pytest.raises(HostError, match=r"pip install 'styleplug\[studio\]'"):
        install_host("open-with")
    assert [path.name for path in folder.iterdir()] == ["mine.desktop"]


def test_a_desktop_without_entries_has_it_found_by_its_indexer(
    home: Path, program: Callable[[str], Path]
) -> None:
    program("update-desktop-database").write_text("#!/bin/sh\n")
    [host] = [host for host in find_hosts() if host.name == "open-with"]
    assert (host.state, host.folder) == ("found", home / ".local/share/applications")
