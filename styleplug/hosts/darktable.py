"""darktable: its configuration folder, and the line of its luarc that loads our script."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from styleplug.hosts.adapter import Adapter, Edit, HostLocation
from styleplug.hosts.bundled import bundled_files
from styleplug.hosts.programs import Sandboxes, check_named_folder, configuration_folder
from styleplug.runtime.files import home_folder

_BY_HAND = (
    "export the picture, run: styleplug stylize picture.jpg --style lanterns -o painted.jpg, and"
    " import painted.jpg"
)
_SANDBOXES = Sandboxes(
    "darktable",
    {"Flatpak": ".var/app/org.darktable.Darktable", "Snap": "snap/darktable"},
    "a darktable that isn't sandboxed, such as your distribution's package or darktable's AppImage,"
    f" or {_BY_HAND}",
)
_WINDOWS = f"the adapter needs a shell, which Windows has not; {_BY_HAND}"

_TARGET = "lua/styleplug"

_LINE = 'require "styleplug/styleplug"'
_OURS = re.compile(rf"^(\ufeff?)[ \t]*{re.escape(_LINE)}[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_HEAD = re.compile("\ufeff?(#.*\n)?")
"""What Lua skips at the beginning of a file, and only there."""


def _find() -> tuple[HostLocation, ...]:
    own = _configuration()
    return (*([_native(own)] if own.is_dir() else []), *_SANDBOXES.find())


def _classify(folder: Path) -> HostLocation:
    check_named_folder("darktable", "darktable", folder, _TARGET, "~/.config/darktable")
    return _SANDBOXES.around(folder) or _native(folder)


def _native(folder: Path) -> HostLocation:
    if sys.platform == "win32":
        return HostLocation("darktable", folder, "unsupported", _WINDOWS)
    return HostLocation("darktable", folder)


def _configuration() -> Path:
    """darktable's folder; it is of the same name on macOS."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home_folder() / "AppData/Local")
    else:
        base = configuration_folder()
    return base / "darktable"


def _with_line(text: str) -> str:
    """A luarc with our line.

    It comes first, for nothing can follow a `return` with which a luarc may end.
    """
    if _OURS.search(text):
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    head = _HEAD.match(text)
    at = head.end() if head else 0
    return f"{text[:at]}{_LINE}{end}{text[at:]}"


def _without_line(text: str) -> str:
    """A luarc without our line, and otherwise as it is."""
    return _OURS.sub(r"\1", text)


ADAPTER = Adapter(
    host="darktable",
    title="darktable",
    find=_find,
    classify=_classify,
    target=_TARGET,
    files=lambda interpreter: bundled_files("darktable", "*.lua"),
    not_found_hint="no folder of darktable was found; start darktable once, which makes it,"
    " or name it: --folder",
    next_step="restart darktable; in the lighttable's export module, the target storage is"
    " “styleplug”",
    edits=lambda interpreter: (Edit("../../luarc", _with_line, _without_line),),
)
