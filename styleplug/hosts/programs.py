"""Where the programs of a Linux desktop have their folders."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from styleplug.errors import HostError
from styleplug.hosts.adapter import Place

_SANDBOXED = (
    "its sandbox can't start styleplug's Python; use the package of your distribution instead"
)


def configuration_folder() -> Path:
    """The folder of all programs' settings."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def data_folder() -> Path:
    """The folder of all programs' data."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")


def finder(
    title: str, program: str, folder: Callable[[], Path], flatpak: str = ""
) -> Callable[[], tuple[Place, ...]]:
    """Makes a `find` of an adapter.

    Args:
        title: the program's name for people.
        program: its name on PATH.
        folder: its own folder, which needn't be there yet where the program is.
        flatpak: its name as a Flatpak; empty where there is none.
    """

    def find() -> tuple[Place, ...]:
        places = []
        if shutil.which(program) or folder().is_dir():
            places.append(Place(title, folder()))
        sandbox = Path.home() / ".var/app" / flatpak
        if flatpak and sandbox.is_dir():
            places.append(Place(f"{title} (Flatpak)", sandbox, "sandboxed", _SANDBOXED))
        return tuple(places)

    return find


def judge_of(host: str, title: str) -> Callable[[Path], Place]:
    """Makes a `judge` of an adapter: any folder that is there will do."""

    def judge(folder: Path) -> Place:
        if not folder.is_dir():
            raise HostError(host, f"there is no folder {folder}; make it, or name another")
        return Place(title, folder)

    return judge
