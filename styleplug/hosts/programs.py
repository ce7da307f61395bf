"""Where the programs of a Linux desktop have their folders."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from styleplug.errors import HostError
from styleplug.hosts.adapter import HostLocation
from styleplug.runtime.files import home_folder

_SANDBOXED = (
    "its sandbox can't start styleplug's Python; use the package of your distribution instead"
)


def configuration_folder() -> Path:
    """The folder of all programs' settings."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or home_folder() / ".config")


def data_folder() -> Path:
    """The folder of all programs' data."""
    return Path(os.environ.get("XDG_DATA_HOME") or home_folder() / ".local/share")


@dataclass(frozen=True)
class Program:
    """A program of the desktop, and what an adapter has to say of it.

    Args:
        host: its name as a host.
        title: its name for people.
        command: its name on PATH.
        folder: says where its own folder is, which needn't be there yet where the program is.
        flatpak: its name as a Flatpak; empty where there is none.
    """

    host: str
    title: str
    command: str
    folder: Callable[[], Path]
    flatpak: str = ""

    @property
    def not_found_hint(self) -> str:
        """What to do where it isn't found."""
        return f"there is no program {self.command}; install it, or name its folder: --folder"

    def find(self) -> tuple[HostLocation, ...]:
        """Its folder, where it is there or the program is, and what it has in a sandbox."""
        places = []
        if shutil.which(self.command) or self.folder().is_dir():
            places.append(HostLocation(self.title, self.folder()))
        sandbox = home_folder() / ".var/app" / self.flatpak
        if self.flatpak and sandbox.is_dir():
            places.append(HostLocation(f"{self.title} (Flatpak)", sandbox, "sandboxed", _SANDBOXED))
        return tuple(places)

    def classify(self, folder: Path) -> HostLocation:
        """Any folder that is there will do; raises a HostError where it isn't."""
        if not folder.is_dir():
            raise HostError(self.host, f"there is no folder {folder}; make it, or name another")
        return HostLocation(self.title, folder)
