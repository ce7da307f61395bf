"""darktable: its configuration folder, and the line of its luarc that loads our script."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from styleplug.errors import HostError
from styleplug.hosts.adapter import Adapter, Edit, HostLocation
from styleplug.hosts.bundled import bundled_files
from styleplug.runtime.files import home_folder

_BY_HAND = (
    "export the picture, run: styleplug stylize picture.jpg --style lanterns -o painted.jpg, and"
    " import painted.jpg"
)
_SANDBOXED = (
    "its sandbox can't start styleplug's Python; use a darktable that isn't sandboxed, such as your"
    f" distribution's package or darktable's AppImage, or {_BY_HAND}"
)
_WINDOWS = f"the adapter needs a shell, which Windows has not; {_BY_HAND}"

_LINE = 'require "styleplug/styleplug"'
_OURS = re.compile(rf"^(\ufeff?)[ \t]*{re.escape(_LINE)}[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_HEAD = re.compile("\ufeff?(#.*\n)?")
"""What Lua skips at the beginning of a file, and only there."""


def _find() -> tuple[HostLocation, ...]:
    return tuple(_places())


def _places() -> Iterator[HostLocation]:
    own = _configuration()
    if own.is_dir():
        yield _native(own)
    for kind, folder in _sandboxes().items():
        if folder.is_dir():
            yield HostLocation(f"darktable ({kind})", folder, "sandboxed", _SANDBOXED)


def _judge(folder: Path) -> HostLocation:
    if not folder.is_dir():
        raise HostError(
            "darktable", f"there is no folder {folder}; start darktable once, which makes it"
        )
    if folder.name in ("lua", "styleplug"):
        raise HostError(
            "darktable",
            f"{folder} lies within darktable's folder; name that, such as ~/.config/darktable",
        )
    for kind, sandbox in _sandboxes().items():
        if folder.resolve().is_relative_to(sandbox.resolve()):
            return HostLocation(f"darktable ({kind})", folder, "sandboxed", _SANDBOXED)
    return _native(folder)


def _native(folder: Path) -> HostLocation:
    if sys.platform == "win32":
        return HostLocation("darktable", folder, "unsupported", _WINDOWS)
    return HostLocation("darktable", folder)


def _configuration() -> Path:
    """darktable's folder; it is of the same name on macOS."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home_folder() / "AppData/Local")
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or home_folder() / ".config")
    return base / "darktable"


def _sandboxes() -> dict[str, Path]:
    home = home_folder()
    return {
        "Flatpak": home / ".var/app/org.darktable.Darktable",
        "Snap": home / "snap/darktable",
    }


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
    classify=_judge,
    target="lua/styleplug",
    files=lambda interpreter: bundled_files("darktable", "*.lua"),
    not_found_hint="no folder of darktable was found; start darktable once, which makes it,"
    " or name it: --folder",
    next_step="restart darktable; in the lighttable's export module, the target storage is"
    " “styleplug”",
    edits=lambda interpreter: (Edit("../../luarc", _with_line, _without_line),),
)
