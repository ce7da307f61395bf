"""Geeqie: an entry of its Plugins menu for each painting and filter."""

from __future__ import annotations

from styleplug.hosts.desktop_entry import desktop_entry, exec_value
from styleplug.hosts.menu import TITLE, menu_entries
from styleplug.hosts.programs import Program, configuration_folder


def _files(interpreter: str) -> dict[str, bytes]:
    # One file is one entry, and a menu of our own can't be had.
    return {
        f"style-transfer-{entry.name}.desktop": desktop_entry(
            {
                "Desktop Entry": {
                    "Type": "Application",
                    "Name": f"{TITLE}: {entry.label}",
                    "Exec": exec_value(entry.command),
                    "Categories": "Graphics;X-Geeqie;",
                    "OnlyShowIn": "X-Geeqie;",
                }
            }
        )
        for entry in menu_entries(interpreter)
    }


ADAPTER = Program(
    host="geeqie",
    title="Geeqie",
    command="geeqie",
    folder=lambda: configuration_folder() / "geeqie",
    flatpak="org.geeqie.Geeqie",
).adapter(
    target="applications",
    files=_files,
    next_step="restart Geeqie, choose photographs, and open its menu Plugins",
    shared=True,
)
