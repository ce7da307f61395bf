"""What plug-ins offer: filters, and formats of pictures.

A plug-in that fails is named in a warning and left out, and so is an offer that makes no sense.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pluggy

from styleplug.guard import OWN_PLUGIN
from styleplug.hookspecs import Filter
from styleplug.image.formats import Format
from styleplug.names import is_name

_EXTENSION = re.compile(r"\.[a-z0-9_+-]+")
_LONGEST = 1000
"""Characters of a text for people: dialogs show it in a line, and many go into one message."""

_Offer = TypeVar("_Offer", Filter, Format)

_log = logging.getLogger("styleplug")


def offered_filters(manager: pluggy.PluginManager) -> tuple[Filter, ...]:
    """All filters by name, each with its `source`; of two with one name, that of the plug-in that
    is asked first."""
    offers = _registered(manager.hook.styleplug_register_filters, Filter)
    filters = _sensible(offers, Filter, _flaw_of_filter)
    return tuple(sorted(filters, key=lambda filter: filter.name))


def offered_formats(manager: pluggy.PluginManager) -> tuple[Format, ...]:
    """All formats, styleplug's own first, each with its `source`; a plug-in that offers one of the
    same name takes nothing away from it."""
    offers = _registered(manager.hook.styleplug_register_formats, Format)
    own_first = sorted(offers, key=lambda format: format.source != OWN_PLUGIN)
    return tuple(_sensible(own_first, Format, _flaw_of_format))


def _sensible(
    offers: Iterable[_Offer], kind: type[_Offer], flaw_of: Callable[[_Offer], str | None]
) -> Iterable[_Offer]:
    noun = kind.__name__.lower()
    found: dict[str, _Offer] = {}
    for offer in offers:
        if not isinstance(offer.name, str) or not is_name(offer.name):
            flaw: str | None = "is no name of lower-case words joined by hyphens"
        elif (flaw := flaw_of(offer)) is None and offer.name in found:
            flaw = f"is the name of a {noun} of plug-in {found[offer.name].source}"
        if flaw is None:
            found[offer.name] = offer
        else:
            _log.warning("plug-in %s: %.80r %s; left out", offer.source, offer.name, flaw)
    return found.values()


def _registered(hook: pluggy.HookCaller, kind: type[_Offer]) -> Iterator[_Offer]:
    # Called one by one, for a hook call as a whole would end with the first plug-in that fails.
    for plugin in reversed(hook.get_hookimpls()):
        try:
            offered: Any = plugin.function()
            offers = [_checked(each, kind, plugin.plugin_name) for each in offered]
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit, and the panics of libraries in Rust, too
            _log.warning(
                "plug-in %s can't say which %ss it has (%r); left out",
                *(plugin.plugin_name, kind.__name__.lower(), error),
            )
        else:
            yield from offers


def _checked(offer: Any, kind: type[_Offer], plugin: str) -> _Offer:
    if not isinstance(offer, kind):
        raise TypeError(f"{type(offer).__name__} is no {kind.__name__}")
    return replace(offer, source=plugin)


def _flaw_of_filter(filter: Filter) -> str | None:
    return _flaw_of_text("description", filter.description)


def _flaw_of_format(format: Format) -> str | None:
    for name in ("reads", "writes"):
        extensions: Any = getattr(format, name)
        if not isinstance(extensions, tuple) or not all(map(_is_extension, extensions)):
            return f"{name} what is no tuple of extensions in lower case, such as ('.png',)"
    return _flaw_of_text("label", format.label)


def _is_extension(value: Any) -> bool:
    return isinstance(value, str) and _EXTENSION.fullmatch(value) is not None


def _flaw_of_text(name: str, text: Any) -> str | None:
    if isinstance(text, str) and len(text) <= _LONGEST:
        return None
    return f"has a {name} that is no text of at most {_LONGEST} characters"
