"""GIMP: its configuration folders on each system, and those that no adapter can go to."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from styleplug.hosts.adapter import Adapter, HostLocation
from styleplug.hosts.bundled import bundled_files
from styleplug.hosts.programs import Sandboxes, check_named_folder, configuration_folder
from styleplug.runtime.files import home_folder

_VERSION = re.compile(r"(\d+)\.(\d+)")

_BY_HAND = (
    "export the picture, run: styleplug stylize picture.png --style lanterns -o painted.png,"
    " and open painted.png with File ▸ Open as Layers"
)
_OLD = f"GIMP 2 can't run it; update to GIMP 3, or {_BY_HAND}"
_SANDBOXES = Sandboxes(
    "GIMP",
    {"Flatpak": ".var/app/org.gimp.GIMP", "Snap": "snap/gimp"},
    "a GIMP that isn't sandboxed, such as your distribution's package or GIMP's AppImage, or"
    f" {_BY_HAND}",
)
_TARGET = "plug-ins/style-transfer"


def _find() -> tuple[HostLocation, ...]:
    return (*_native(), *_SANDBOXES.find())


def _native() -> Iterator[HostLocation]:
    own = os.environ.get("GIMP3_DIRECTORY")
    if own:  # GIMP 3 then looks nowhere else; a relative path is meant from the home folder
        folder = home_folder() / own
        if folder.is_dir():
            yield HostLocation("GIMP 3", folder)
        return
    base = _configuration() / "GIMP"
    folders = [path for path in base.glob("*") if _VERSION.fullmatch(path.name) and path.is_dir()]
    for folder in sorted(folders, key=lambda path: [int(part) for part in path.name.split(".")]):
        yield _versioned(folder)


def _classify(folder: Path) -> HostLocation:
    check_named_folder("gimp", "GIMP", folder, _TARGET, "GIMP/3.0")
    return _SANDBOXES.around(folder) or _versioned(folder)


def _versioned(folder: Path) -> HostLocation:
    """The place of a folder that may be named after GIMP's version."""
    version = _VERSION.fullmatch(folder.name)
    title = f"GIMP {folder.name}" if version else "GIMP 3"
    if version and int(version[1]) < 3:
        return HostLocation(title, folder, "unsupported", _OLD)
    return HostLocation(title, folder)


def _configuration() -> Path:
    """The folder of all programs' settings."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or home_folder() / "AppData/Roaming")
    if sys.platform == "darwin":
        return home_folder() / "Library/Application Support"
    return configuration_folder()


ADAPTER = Adapter(
    host="gimp",
    title="GIMP",
    find=_find,
    classify=_classify,
    target=_TARGET,
    files=lambda interpreter: bundled_files("gimp", "*.py"),
    not_found_hint="no folder of GIMP 3 was found; start GIMP once, which makes it, or name it:"
    " --gimp-dir",
    next_step="restart GIMP, open a picture, and choose Filters ▸ Artistic ▸ Style Transfer…",
    script="style-transfer.py",
)
