"""Nautilus, GNOME's file manager: an extension in Python, and the menu that it shows."""

from __future__ import annotations

import json
from dataclasses import asdict

from styleplug.hosts.bundled import bundled_folder
from styleplug.hosts.menu import TITLE, menu_entries
from styleplug.hosts.programs import Program, data_folder


def _files(interpreter: str) -> dict[str, bytes]:
    menu = {"title": TITLE, "entries": [asdict(entry) for entry in menu_entries(interpreter)]}
    text = json.dumps(menu, ensure_ascii=False, indent=2) + "\n"
    return {
        "style-transfer.py": (bundled_folder("desktop") / "nautilus.py").read_bytes(),
        "style-transfer-menu.json": text.encode(),
    }


ADAPTER = Program(
    "nautilus", "Nautilus", "nautilus", lambda: data_folder() / "nautilus-python"
).adapter(
    target="extensions",
    files=_files,
    next_step=(
        "install your distribution's package nautilus-python or python3-nautilus, run: nautilus -q,"
        " and right-click on photographs"
    ),
    shared=True,
)
