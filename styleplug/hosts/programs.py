"""The folders of host programs, and the sandboxes that keep some from starting styleplug."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from styleplug.errors import HostError
from styleplug.hosts.adapter import Adapter, HostLocation
from styleplug.runtime.files import home_folder


def configuration_folder() -> Path:
    """The folder of all programs' settings on Linux."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or home_folder() / ".config")


def data_folder() -> Path:
    """The folder of all programs' data on Linux."""
    return Path(os.environ.get("XDG_DATA_HOME") or home_folder() / ".local/share")


@dataclass(frozen=True)
class Sandboxes:
    """The sandboxes that a program may run in, from which it can't start styleplug's Python.

    Args:
        title: the program's name for people.
        folders: what it has in the home folder, by the kind of sandbox.
        remedy: what to do instead.
    """

    title: str
    folders: Mapping[str, str]
    remedy: str

    def find(self) -> tuple[HostLocation, ...]:
        """Those that are there."""
        advice = f"its sandbox can't start styleplug's Python; use {self.remedy}"
        folders = ((kind, home_folder() / folder) for kind, folder in self.folders.items())
        return tuple(
            HostLocation(f"{self.title} ({kind})", folder, "sandboxed", advice)
            for kind, folder in folders
            if folder.is_dir()
        )

    def around(self, folder: Path) -> HostLocation | None:
        """The location of a folder that lies in one of them, by links or not."""
        for location in self.find():
            if folder.resolve().is_relative_to(location.folder.resolve()):
                return replace(location, folder=folder)
        return None


def check_named_folder(host: str, title: str, folder: Path, ours: str, example: str) -> None:
    """Make sure that a folder which the user names is the one that a program makes at its start.

    Args:
        host: the program's name as a host.
        title: its name for people.
        folder: what the user names.
        ours: where the adapter goes, below the program's folder.
        example: such a folder, for people.

    Raises:
        HostError: it isn't there, or is one of the folders within.
    """
    if not folder.is_dir():
        raise HostError(host, f"there is no folder {folder}; start {title} once, which makes it")
    if folder.name in Path(ours).parts:
        raise HostError(
            host, f"{folder} lies within {title}'s folder; name that, such as {example}"
        )


@dataclass(frozen=True)
class Program:
    """A program of the Linux desktop, and what an adapter has to say of it.

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

    def adapter(self, **parts: Any) -> Adapter:
        """The adapter for it, of which only the parts that are its own are to be given."""
        hint = f"there is no program {self.command}; install it, or name its folder: --folder"
        return Adapter(
            host=self.host,
            title=self.title,
            find=self._find,
            classify=self._classify,
            not_found_hint=hint,
            **parts,
        )

    def _find(self) -> tuple[HostLocation, ...]:
        """The program's folder, if that or the program is there, and what it has in a sandbox."""
        is_there = shutil.which(self.command) or self.folder().is_dir()
        own = (HostLocation(self.title, self.folder()),) if is_there else ()
        flatpak = {"Flatpak": f".var/app/{self.flatpak}"} if self.flatpak else {}
        return own + Sandboxes(self.title, flatpak, "the package of your distribution").find()

    def _classify(self, folder: Path) -> HostLocation:
        """Any folder that is there will do."""
        if not folder.is_dir():
            raise HostError(self.host, f"there is no folder {folder}; make it, or name another")
        return HostLocation(self.title, folder)
