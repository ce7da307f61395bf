"""styleplug: a photograph in the manner of a painting, inside the tools where you already work.

This is the one public door. Names load on first use, so that importing it costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from styleplug.api import extract_features, stylize
    from styleplug.config import PRESETS, StylizeConfig
    from styleplug.errors import StyleplugError
    from styleplug.hookspecs import StylizeRequest, StylizeResult, hookimpl
    from styleplug.plugins import plugin_manager

__version__ = "0.1.0"

_HOMES = {
    "PRESETS": "config",
    "StyleplugError": "errors",
    "StylizeConfig": "config",
    "StylizeRequest": "hookspecs",
    "StylizeResult": "hookspecs",
    "extract_features": "api",
    "hookimpl": "hookspecs",
    "plugin_manager": "plugins",
    "stylize": "api",
}

__all__ = [
    "PRESETS",
    "StyleplugError",
    "StylizeConfig",
    "StylizeRequest",
    "StylizeResult",
    "extract_features",
    "hookimpl",
    "plugin_manager",
    "stylize",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
