"""The plug-in manager: one per process, with styleplug's own plug-in registered."""

from __future__ import annotations

import functools
from importlib import import_module

import pluggy

from styleplug import hookspecs


@functools.cache
def plugin_manager() -> pluggy.PluginManager:
    """The manager that every way into styleplug calls its hooks through.

    Plug-ins that are registered later are asked before styleplug's own.
    """
    manager = pluggy.PluginManager("styleplug")
    manager.add_hookspecs(hookspecs)
    manager.register(import_module("styleplug.builtin"))
    manager.check_pending()
    return manager
