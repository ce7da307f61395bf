"""What there is to choose from: everything that a host's dialog is built from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import Field, asdict, fields
from typing import Any

import styleplug
from styleplug.config import PRESET_HELP, PRESETS, FilterConfig, StylizeConfig
from styleplug.styles import list_styles

_TYPES = {"int": "int", "float": "float", "bool": "bool"}
"""The protocol's names for types of fields; any other is a text."""


def catalogue() -> dict[str, Any]:
    """The fields of the message `catalogue`; PROTOCOL.md says what they mean."""
    return {
        "presets": [
            {"name": name, "help": PRESET_HELP[name], "options": _plain(dict(options))}
            for name, options in PRESETS.items()
        ],
        "styles": [
            asdict(style) | {"path": str(style.path), "thumbnail": str(style.thumbnail)}
            for style in list_styles()
        ],
        "filters": [asdict(filter) for filter in styleplug.list_filters()],
        "formats": [
            asdict(format) | {"reads": [*format.reads], "writes": [*format.writes]}
            for format in styleplug.list_formats()
        ],
        "options": [
            _option(field, job)
            for job, config in (("stylize", StylizeConfig), ("filter", FilterConfig))
            for field in fields(config)
        ],
    }


def _option(field: Field[Any], job: str) -> dict[str, Any]:
    kind, _, rest = str(field.type).partition(" | ")
    facts = field.metadata
    option = {
        "name": field.name,
        "label": facts.get("label", field.name.replace("_", " ").capitalize()),
        "help": facts["help"],
        "type": "choice" if "choices" in facts else _TYPES.get(kind, "text"),
        "default": _plain(field.default),
        "optional": rest == "None",
        "jobs": [job],
        "basic": facts.get("basic", False),
    }
    if "choices" in facts:
        option["choices"] = list(facts["choices"])
    return option | {
        name: facts[name] for name in ("low", "high") if math.isfinite(facts.get(name, math.inf))
    }


def _plain(value: Any) -> Any:
    """A value as JSON has it; names of layers become the text that stands for them."""
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return value
