"""KDE's service menu."""

from __future__ import annotations

import configparser
import os
from pathlib import Path

from styleplug import Filter
from styleplug.hosts.catalogue import install_host
from styleplug.hosts.menu import menu_entries


def test_each_entry_is_an_action(home: Path, filters: list[Filter]) -> None:
    (home / ".local/share/kio").mkdir(parents=True)
    [host] = install_host("kde")
    assert host.adapter == home / ".local/share/kio/servicemenus"
    path = host.adapter / "style-transfer.desktop"
    assert os.access(path, os.X_OK)
    reader = configparser.ConfigParser(interpolation=None)
    reader.read_string(path.read_text("utf-8"))
    menu = reader["Desktop Entry"]
    assert menu["X-KDE-Submenu"] == "Style transfer"
    assert menu["MimeType"] == "image/*;"
    names = [name for name in menu["Actions"].split(";") if name]
    assert names == [entry.name for entry in menu_entries("python")]
    labels = [reader[f"Desktop Action {name}"]["Name"] for name in names]
    assert labels == [entry.label for entry in menu_entries("python")]
    assert reader["Desktop Action filter-ink"]["Exec"].endswith('"--filter" "ink" %F')
