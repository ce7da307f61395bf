"""The filters that plug-ins offer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pluggy

from styleplug.hookspecs import Filter
from styleplug.names import is_name

_LONGEST = 1000
"""Characters of a description: dialogs show it in a line, and many go into one message."""

_log = logging.getLogger("styleplug")


def offered_filters(manager: pluggy.PluginManager) -> tuple[Filter, ...]:
    """All filters by name, each with its `source`.

    A plug-in that fails is named in a warning and left out, and so is a filter whose name is none,
    or is taken by a plug-in that is asked before, or whose description is no line for people.
    """
    found: dict[str, Filter] = {}
    for filter in _registered(manager):
        if not isinstance(filter.name, str) or not is_name(filter.name):
            problem = "is no name of lower-case words joined by hyphens"
        elif not isinstance(filter.description, str) or len(filter.description) > _LONGEST:
            problem = f"has a description that is no text of at most {_LONGEST} characters"
        elif filter.name in found:
            problem = f"is the name of a filter of plug-in {found[filter.name].source}"
        else:
            found[filter.name] = filter
            continue
        _log.warning("plug-in %s: %.80r %s; left out", filter.source, filter.name, problem)
    return tuple(found[name] for name in sorted(found))


def _registered(manager: pluggy.PluginManager) -> Iterator[Filter]:
    # Called one by one, for a hook call as a whole would end with the first plug-in that fails.
    for plugin in reversed(manager.hook.styleplug_register_filters.get_hookimpls()):
        try:
            offered: Any = plugin.function()
            filters = [_of(plugin.plugin_name, each) for each in offered]
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit, and the panics of libraries in Rust, too
            _log.warning(
                "plug-in %s can't say which filters it has (%r); left out",
                *(plugin.plugin_name, error),
            )
        else:
            yield from filters


def _of(plugin: str, filter: Any) -> Filter:
    if not isinstance(filter, Filter):
        raise TypeError(f"{type(filter).__name__} is no Filter")
    return replace(filter, source=plugin)
