"""KDE's file managers, Dolphin above all: a service menu."""

from __future__ import annotations

from styleplug.hosts.desktop_entry import desktop_entry, exec_value
from styleplug.hosts.menu import TITLE, menu_entries
from styleplug.hosts.programs import Program, data_folder

_FILE = "style-transfer.desktop"


def _files(interpreter: str) -> dict[str, bytes]:
    entries = menu_entries(interpreter)
    menu = {
        "Type": "Service",
        "Name": TITLE,
        "X-KDE-ServiceTypes": "KonqPopupMenu/Plugin",  # for Plasma 5, which doesn't do without
        "MimeType": "image/*;",
        "Actions": "".join(f"{entry.name};" for entry in entries),
        "X-KDE-Submenu": TITLE,
        "X-KDE-Priority": "TopLevel",
    }
    actions = {
        f"Desktop Action {entry.name}": {"Name": entry.label, "Exec": exec_value(entry.command)}
        for entry in entries
    }
    return {_FILE: desktop_entry({"Desktop Entry": menu, **actions})}


ADAPTER = Program("kde", "KDE", "dolphin", lambda: data_folder() / "kio").adapter(
    target="servicemenus",
    files=_files,
    next_step="right-click on photographs in Dolphin, and choose Style transfer",
    script=_FILE,  # KDE trusts a service menu of the user's own by its run bit
    shared=True,
)
