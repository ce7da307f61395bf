"""The hosts that styleplug has adapters for, and what is installed where."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from styleplug import __version__
from styleplug.errors import ConfigError, HostError
from styleplug.hosts import darktable, digikam, geeqie, gimp, kde, nautilus, open_with, thunar
from styleplug.hosts.adapter import Adapter, HostLocation
from styleplug.hosts.installation import (
    Installation,
    install,
    is_current,
    read_record,
    uninstall,
)

ADAPTERS = {
    adapter.host: adapter
    for adapter in (
        gimp.ADAPTER,
        darktable.ADAPTER,
        digikam.ADAPTER,
        geeqie.ADAPTER,
        kde.ADAPTER,
        nautilus.ADAPTER,
        open_with.ADAPTER,
        thunar.ADAPTER,
    )
}
"""Every adapter, by the name of its host; another one is a module beside `gimp.py` and its name
here."""


@dataclass(frozen=True)
class Host:
    """A host program on this machine, or that there is none.

    `folder` is its configuration folder, `adapter` the folder in it that is or would be ours; None
    where there is none. `state` is one of "not found", "found" (nothing installed yet),
    "installed", "outdated", "incomplete" (an install that was cut short), "sandboxed" and
    "unsupported"; `advice` is what to do about it, empty where all is well. `styleplug` and
    `interpreter` are the version and the Python that the installed adapter starts.
    """

    name: str
    title: str
    state: str
    advice: str
    folder: Path | None = None
    adapter: Path | None = None
    styleplug: str | None = None
    interpreter: str | None = None


def find_hosts() -> tuple[Host, ...]:
    """Every place of every host, and one entry for a host that wasn't found."""
    hosts: list[Host] = []
    for adapter in ADAPTERS.values():
        locations = adapter.find()
        hosts += [_host(adapter, location) for location in locations]
        if not locations:
            hosts.append(Host(adapter.host, adapter.title, "not found", adapter.not_found_hint))
    return tuple(hosts)


def install_host(name: str, folder: str | os.PathLike[str] | None = None) -> tuple[Host, ...]:
    """Install an adapter in every place of a host, or in the one that is named; also to update it.

    Args:
        name: one of `ADAPTERS`.
        folder: the host's configuration folder, such as ~/.config/GIMP/3.0.

    Returns:
        The hosts that have it now; `advice` is what to do next.

    Raises:
        ConfigError: there is no adapter of this name.
        HostError: there is no place where it can go, or something is in the way.
    """
    adapter = _adapter(name)
    locations = _locations(adapter, folder)
    for location in locations:
        with _errors(name, location.folder):
            install(adapter, location.folder / adapter.target)
    return tuple(_host(adapter, location, adapter.next_step) for location in locations)


def uninstall_host(name: str, folder: str | os.PathLike[str] | None = None) -> tuple[Host, ...]:
    """Remove what `install_host` put there, and nothing else.

    Returns:
        The hosts that it was removed from.

    Raises:
        ConfigError: there is no adapter of this name.
        HostError: it isn't installed, or can't be removed.
    """
    adapter = _adapter(name)
    locations = [location for location in _locations(adapter, folder) if _record(adapter, location)]
    if not locations:
        raise HostError(name, "the adapter isn't installed; see: styleplug hosts list")
    for location in locations:
        with _errors(name, location.folder):
            uninstall(adapter, location.folder / adapter.target)
    return tuple(_host(adapter, location) for location in locations)


def _adapter(name: str) -> Adapter:
    if name not in ADAPTERS:
        raise ConfigError("host", name, f"one of {', '.join(ADAPTERS)}")
    return ADAPTERS[name]


def _locations(adapter: Adapter, folder: str | os.PathLike[str] | None) -> list[HostLocation]:
    """The places where the adapter can go."""
    if folder == "":  # a shell's variable that isn't set
        raise HostError(adapter.host, "the name of its folder is empty; name one that is there")
    locations = adapter.find() if folder is None else (adapter.classify(Path(folder).absolute()),)
    usable = [location for location in locations if location.state == "found"]
    if not usable:
        reasons = [
            f"{location.title} in {location.folder}: {location.advice}" for location in locations
        ]
        raise HostError(adapter.host, "; ".join(reasons) or adapter.not_found_hint)
    return usable


def _host(adapter: Adapter, location: HostLocation, advice: str = "") -> Host:
    """What there is to say of a place; `advice` is for where all is well."""
    record = _record(adapter, location)
    state = location.state
    if state == "found" and record is not None:
        state = _state(adapter, location, record)
    install_it = f"run: styleplug hosts install {adapter.host}"
    return Host(
        name=adapter.host,
        title=location.title,
        state=state,
        advice=location.advice or (advice if state == "installed" else install_it),
        folder=location.folder,
        adapter=location.folder / adapter.target if location.state == "found" else None,
        styleplug=record.styleplug if record else None,
        interpreter=record.interpreter if record else None,
    )


def _state(adapter: Adapter, location: HostLocation, record: Installation) -> str:
    if record.state != "complete":
        return "incomplete"
    with _errors(adapter.host, location.folder):
        current = (
            record.styleplug == __version__
            and os.path.exists(record.interpreter)
            and is_current(adapter, location.folder / adapter.target, record.interpreter)
        )
    return "installed" if current else "outdated"


def _record(adapter: Adapter, location: HostLocation) -> Installation | None:
    with _errors(adapter.host, location.folder):
        return read_record(adapter, location.folder / adapter.target)


@contextmanager
def _errors(name: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HostError(name, f"{folder} can't be read or written ({error.strerror})") from error
