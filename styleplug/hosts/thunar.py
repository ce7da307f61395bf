"""Thunar, Xfce's file manager: custom actions in the file that it keeps all of them in."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from xml.sax.saxutils import escape

from styleplug.hosts.adapter import Edit
from styleplug.hosts.menu import TITLE, MenuEntry, menu_entries
from styleplug.hosts.programs import Program, configuration_folder

_END = "</actions>"
_EMPTY = f'<?xml version="1.0" encoding="UTF-8"?>\n<actions>\n{_END}\n'
_ACTION = re.compile(r"[ \t]*<action>.*?</action>[ \t]*\n?", re.DOTALL)
_OURS = re.compile(r"<unique-id>style-transfer-[^<]*</unique-id>")


def _edits(interpreter: str) -> tuple[Edit, ...]:
    return (Edit("uca.xml", lambda text: _put(text, interpreter), _remove),)


def _put(text: str, interpreter: str) -> str:
    """The file with our actions at its end, or where somebody has moved them in Thunar's dialog.

    Where a user has no file, Thunar shows the actions of the system's: a new file starts as that.
    """
    text = text or _system_file() or _EMPTY
    wanted = [_action(entry) for entry in menu_entries(interpreter)]
    if sorted(_own_actions(text)) == sorted(action.strip() for action in wanted):
        return text
    before, end, after = _others(text).rpartition(_END)
    if not end:
        raise ValueError(f"there is no {_END}; move it away, and start Thunar, which makes it anew")
    return before + "".join(wanted) + end + after


def _remove(text: str) -> str:
    left = _others(text)
    return "" if left in (_EMPTY, _system_file()) else left


def _others(text: str) -> str:
    return _ACTION.sub(lambda action: "" if _OURS.search(action[0]) else action[0], text)


def _own_actions(text: str) -> list[str]:
    return [action.strip() for action in _ACTION.findall(text) if _OURS.search(action)]


def _action(entry: MenuEntry) -> str:
    """An action just as Thunar writes it, which keeps all of them anew when one is changed."""
    command = shlex.join(entry.command).replace("%", "%%")
    fields = {
        "icon": "image-x-generic",
        "name": entry.label,
        "submenu": TITLE,
        "unique-id": f"style-transfer-{entry.name}",
        "command": f"{command} %F",
        "description": "",
        "range": "*",
        "patterns": "*",
    }
    lines = [f"\t<{tag}>{escape(text)}</{tag}>" for tag, text in fields.items()]
    return "\n".join(["<action>", *lines, "\t<image-files/>", "</action>", ""])


def _system_file() -> str:
    folders = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    files = [Path(folder, "Thunar/uca.xml") for folder in folders.split(os.pathsep)]
    return next((file.read_text(encoding="utf-8") for file in files if file.is_file()), "")


ADAPTER = Program("thunar", "Thunar", "thunar", lambda: configuration_folder() / "Thunar").adapter(
    target="",
    files=lambda interpreter: {},
    next_step="run: thunar -q, and right-click on photographs",
    edits=_edits,
    shared=True,
)
