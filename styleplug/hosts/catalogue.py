"""The hosts that styleplug has adapters for, and what is installed where."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from styleplug import __version__
from styleplug.errors import ConfigError, HostError
from styleplug.hosts import darktable, digikam, geeqie, gimp, kde, nautilus, thunar
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
        places = adapter.find()
        hosts += [_host(adapter, place) for place in places]
        if not places:
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
    places = _places(adapter, folder)
    for place in places:
        with _errors(name, place.folder):
            install(adapter, place.folder / adapter.target)
    return tuple(_host(adapter, place, adapter.next_step) for place in places)


def uninstall_host(name: str, folder: str | os.PathLike[str] | None = None) -> tuple[Host, ...]:
    """Remove what `install_host` put there, and nothing else.

    Returns:
        The hosts that it was removed from.

    Raises:
        ConfigError: there is no adapter of this name.
        HostError: it isn't installed, or can't be removed.
    """
    adapter = _adapter(name)
    places = [place for place in _places(adapter, folder) if _record(adapter, place)]
    if not places:
        raise HostError(name, "the adapter isn't installed; see: styleplug hosts list")
    for place in places:
        with _errors(name, place.folder):
            uninstall(adapter, place.folder / adapter.target)
    return tuple(_host(adapter, place) for place in places)


def _adapter(name: str) -> Adapter:
    if name not in ADAPTERS:
        raise ConfigError("host", name, f"one of {', '.join(ADAPTERS)}")
    return ADAPTERS[name]


def _places(adapter: Adapter, folder: str | os.PathLike[str] | None) -> list[HostLocation]:
    """The places where the adapter can go."""
    if folder == "":  # a shell's variable that isn't set
        raise HostError(adapter.host, "the name of its folder is empty; name one that is there")
    places = adapter.find() if folder is None else (adapter.classify(Path(folder).absolute()),)
    usable = [place for place in places if place.state == "found"]
    if not usable:
        reasons = [f"{place.title} in {place.folder}: {place.advice}" for place in places]
        raise HostError(adapter.host, "; ".join(reasons) or adapter.not_found_hint)
    return usable


def _host(adapter: Adapter, place: HostLocation, advice: str = "") -> Host:
    """What there is to say of a place; `advice` is for where all is well."""
    record = _record(adapter, place)
    state = place.state
    if state == "found" and record is not None:
        state = _state(adapter, place, record)
    install_it = f"run: styleplug hosts install {adapter.host}"
    return Host(
        name=adapter.host,
        title=place.title,
        state=state,
        advice=place.advice or (advice if state == "installed" else install_it),
        folder=place.folder,
        adapter=place.folder / adapter.target if place.state == "found" else None,
        styleplug=record.styleplug if record else None,
        interpreter=record.interpreter if record else None,
    )


def _state(adapter: Adapter, place: HostLocation, record: Installation) -> str:
    if record.state != "complete":
        return "incomplete"
    with _errors(adapter.host, place.folder):
        current = (
            record.styleplug == __version__
            and os.path.exists(record.interpreter)
            and is_current(adapter, place.folder / adapter.target, record.interpreter)
        )
    return "installed" if current else "outdated"


def _record(adapter: Adapter, place: HostLocation) -> Installation | None:
    with _errors(adapter.host, place.folder):
        return read_record(adapter, place.folder / adapter.target)


@contextmanager
def _errors(name: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HostError(name, f"{folder} can't be read or written ({error.strerror})") from error
