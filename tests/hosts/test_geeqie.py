"""Geeqie's entries: a file each."""

from __future__ import annotations

import configparser
from pathlib import Path

from styleplug import Filter
from styleplug.hosts.catalogue import install_host, uninstall_host
from styleplug.hosts.menu import menu_entries


def test_each_entry_is_a_file_and_those_of_others_stay(home: Path, filters: list[Filter]) -> None:
    folder = home / ".config/geeqie/applications"
    folder.mkdir(parents=True)
    (folder / "mine.desktop").touch()
    install_host("geeqie")
    assert len(list(folder.glob("style-transfer-*.desktop"))) == len(menu_entries("python"))
    reader = configparser.ConfigParser(interpolation=None)
    reader.read_string((folder / "style-transfer-filter-ink.desktop").read_text("utf-8"))
    entry = reader["Desktop Entry"]
    assert entry["Name"] == "Style transfer: Ink & water, 100% (filter)"
    assert entry["OnlyShowIn"] == "X-Geeqie;"
    assert entry["Exec"].endswith('"--filter" "ink" %F')
    filters.clear()
    install_host("geeqie")
    assert not (folder / "style-transfer-filter-ink.desktop").exists()
    uninstall_host("geeqie")
    assert [path.name for path in folder.iterdir()] == ["mine.desktop"]
