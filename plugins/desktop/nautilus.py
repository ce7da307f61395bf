"""Adds styleplug's menu to Nautilus; it runs in Nautilus's own Python, which has `gi` only.

`style-transfer-menu.json` beside it has the entries, as `styleplug hosts install nautilus` wrote
them down. Nautilus shows what it gets here each time that somebody clicks, so that nothing is done
but looking: each entry starts a process of its own.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from gi.repository import GObject, Nautilus

MENU = Path(__file__).with_name("style-transfer-menu.json")


class StyleTransferMenu(GObject.GObject, Nautilus.MenuProvider):
    """The menu on pictures in folders of this machine."""

    def get_file_items(self, *arguments: Any) -> list[Nautilus.MenuItem]:
        """The menu for the chosen files: nautilus-python 4 gives these alone, 3 a window first."""
        files = arguments[-1]
        paths = [file.get_location().get_path() for file in files]
        pictures = all(file.get_mime_type().startswith("image/") for file in files)
        if not files or not pictures or None in paths:
            return []
        menu = json.loads(MENU.read_text(encoding="utf-8"))
        top = Nautilus.MenuItem(name="StyleTransfer", label=menu["title"])
        submenu = Nautilus.Menu()
        top.set_submenu(submenu)
        for entry in menu["entries"]:
            item = Nautilus.MenuItem(name=f"StyleTransfer::{entry['name']}", label=entry["label"])
            item.connect("activate", start, [*entry["command"], *paths])
            submenu.append_item(item)
        return [top]


def start(item: Nautilus.MenuItem, command: list[str]) -> None:
    """Start what an entry stands for; it outlives Nautilus, and says itself how it went."""
    subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)
