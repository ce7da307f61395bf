"""styleplug: a photograph in the manner of a painting, inside the tools where you already work.

This is the one public API. Names load on first use, so that importing it costs next to nothing.
It also sets ORT_DISABLE_TELEMETRY and GOMP_SPINCOUNT, which hold for ONNX Runtime and PyTorch where
they are loaded afterwards (`styleplug.native`).
"""

from __future__ import annotations

from importlib import import_module

from styleplug.native import prepare

TYPE_CHECKING = False  # as type checkers know it; loading `typing` takes longer than all the rest
if TYPE_CHECKING:
    from styleplug.api import (
        apply_filter,
        extract_features,
        find_part,
        list_filters,
        list_formats,
        read_image,
        stylize,
        write_image,
    )
    from styleplug.config import PRESETS, FilterConfig, StylizeConfig
    from styleplug.errors import StyleplugError
    from styleplug.filter_region import FilterRegion
    from styleplug.hookspecs import (
        Checkpoint,
        Filter,
        FilterRequest,
        FilterResult,
        StylizeRequest,
        StylizeResult,
        hookimpl,
    )
    from styleplug.image.formats import Format
    from styleplug.image.picture import Picture
    from styleplug.painting import Painting
    from styleplug.parts import Part
    from styleplug.plugins import plugin_manager

__version__ = "0.1.0"

_HOMES = {
    "PRESETS": "config",
    "Checkpoint": "hookspecs",
    "Filter": "hookspecs",
    "FilterConfig": "config",
    "FilterRegion": "filter_region",
    "FilterRequest": "hookspecs",
    "FilterResult": "hookspecs",
    "Format": "image.formats",
    "Painting": "painting",
    "Part": "parts",
    "Picture": "image.picture",
    "StyleplugError": "errors",
    "StylizeConfig": "config",
    "StylizeRequest": "hookspecs",
    "StylizeResult": "hookspecs",
    "apply_filter": "api",
    "extract_features": "api",
    "find_part": "api",
    "hookimpl": "hookspecs",
    "list_filters": "api",
    "list_formats": "api",
    "plugin_manager": "plugins",
    "read_image": "api",
    "stylize": "api",
    "write_image": "api",
}

__all__ = [
    "PRESETS",
    "Checkpoint",
    "Filter",
    "FilterConfig",
    "FilterRegion",
    "FilterRequest",
    "FilterResult",
    "Format",
    "Painting",
    "Part",
    "Picture",
    "StyleplugError",
    "StylizeConfig",
    "StylizeRequest",
    "StylizeResult",
    "apply_filter",
    "extract_features",
    "find_part",
    "hookimpl",
    "list_filters",
    "list_formats",
    "plugin_manager",
    "read_image",
    "stylize",
    "write_image",
]

prepare()


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
