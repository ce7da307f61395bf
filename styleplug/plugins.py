"""Plug-ins: found by entry point, loaded one by one, and kept by one manager per process.

A module `plugin_manager` would hide the function `styleplug.plugin_manager` once imported.

STYLEPLUG_PLUGINS, where it is set, holds the names of those to load, by commas; empty, none.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import Distribution, EntryPoint, distributions

import pluggy

from styleplug import hookspecs
from styleplug.guard import OWN_OBSERVERS, OWN_PLUGIN, GuardedManager
from styleplug.observers import Observers
from styleplug.options import split_list

GROUP = "styleplug"
VARIABLE = "STYLEPLUG_PLUGINS"

_log = logging.getLogger("styleplug")
_lock = threading.Lock()


@dataclass(frozen=True)
class Plugin:
    """A plug-in that was found, and what became of it.

    `name` is that of its entry point; `distribution` and `version` are the package that it comes
    from; `hooks` are those that it answers; `problem` says why it isn't loaded, None where it is;
    `broken` is whether that is its own fault.
    """

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...] = ()
    problem: str | None = None
    broken: bool = False


def plugin_manager() -> pluggy.PluginManager:
    """The manager that every way into styleplug calls its hooks through.

    Plug-ins of others are asked before styleplug's own, and one that is registered later before
    those that were there. A plug-in that can't be loaded is named in a warning and left out.
    """
    return _loaded()[0]


def found_plugins() -> tuple[Plugin, ...]:
    """Every plug-in that is installed, styleplug's own first, then by name."""
    return _loaded()[1]


def _loaded() -> tuple[pluggy.PluginManager, tuple[Plugin, ...]]:
    with _lock:  # two threads of a host may come first at once
        return _load()


@functools.cache
def _load() -> tuple[pluggy.PluginManager, tuple[Plugin, ...]]:
    manager = GuardedManager(GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(Observers(manager), OWN_OBSERVERS)
    own = import_module("styleplug.builtin")
    manager.register(own, OWN_PLUGIN)
    manager.check_pending()
    version = import_module("styleplug").__version__
    found = [Plugin(OWN_PLUGIN, "styleplug", version, _hooks(manager, own))]
    wanted = _wanted()
    for entry in sorted(_entry_points(), key=lambda entry: entry.name):
        found.append(_register(manager, entry, wanted))
    for name in sorted(wanted or ()):
        if name not in {plugin.name for plugin in found}:
            _log.warning("%s names %s, but there is no such plug-in", VARIABLE, name)
    return manager, tuple(found)


def _entry_points() -> Iterator[EntryPoint]:
    """Those of each package by itself, for one whose metadata is in disorder would hide all others.

    Of a package that is on the path twice the first counts, as when it is imported.
    """
    seen = set()
    for package in distributions():
        try:
            entries = package.entry_points.select(group=GROUP)
        except Exception as error:
            _log.warning(
                "entry points of package %s can't be read (%r)",
                _metadata_field(package, "name"),
                error,
            )
            continue
        # To ask for a name is slow: only of the few packages that have such entries.
        if entries and (name := _metadata_field(package, "name")) not in seen:
            seen.add(name)
            yield from entries


def _metadata_field(package: Distribution, field: str) -> str:
    """A package's name or version; "" where its metadata is in disorder.

    That is None of the standard library's, and an error of the backport's, which takes its place
    once a package such as Dask imports it.
    """
    try:
        return getattr(package, field) or ""
    except Exception:
        return ""


def _wanted() -> set[str] | None:
    """The names that STYLEPLUG_PLUGINS holds; None where it isn't set."""
    value = os.environ.get(VARIABLE)
    return None if value is None else set(split_list(value))


def _register(manager: pluggy.PluginManager, entry: EntryPoint, wanted: set[str] | None) -> Plugin:
    """Load a plug-in, all of it or nothing, whatever it does."""
    package = entry.dist
    assert package is not None, "it was found by its package"
    plugin = Plugin(
        entry.name, _metadata_field(package, "name"), _metadata_field(package, "version")
    )
    if wanted is not None and entry.name not in wanted:
        return replace(plugin, problem=f"left out by {VARIABLE}")
    module = None
    try:
        with redirect_stdout(sys.stderr):  # what the user asked for goes to standard output
            module = entry.load()
        if manager.has_plugin(entry.name):
            raise ValueError("another plug-in has this name")
        manager.register(module, entry.name)
        for hook in _hooks(manager, module):
            if not getattr(manager.hook, hook).has_spec():  # misspelt, it would never be called
                raise ValueError(f"there is no hook {hook}")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit, and the panics of libraries in Rust, too
        if manager.is_registered(module):
            manager.unregister(module)
        problem = " ".join(f"{type(error).__name__}: {error}".split())
        _log.warning(
            "plug-in %s of %s %s can't be loaded (%s); left out",
            *(plugin.name, plugin.distribution, plugin.version, problem),
        )
        return replace(plugin, problem=problem, broken=True)
    return replace(plugin, hooks=_hooks(manager, module))


def _hooks(manager: pluggy.PluginManager, plugin: object) -> tuple[str, ...]:
    return tuple(sorted(caller.name for caller in manager.get_hookcallers(plugin) or ()))
