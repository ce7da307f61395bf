"""What there is to choose from: everything that a host's dialog is built from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import styleplug
from styleplug.config import FilterConfig, StylizeConfig
from styleplug.painting import CROP, DEPTH, WEIGHT
from styleplug.parts import Part
from styleplug.presets import list_presets
from styleplug.styles import list_styles


def catalogue() -> dict[str, Any]:
    """The fields of the message `catalogue`; PROTOCOL.md says what they mean."""
    return {
        "presets": [
            {"name": preset.name, "help": preset.help, "options": dict(preset.options)}
            for preset in list_presets()
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
            option.describe() | {"jobs": [job]}
            for job, config in (("stylize", StylizeConfig), ("filter", FilterConfig))
            for option in config.options().values()
        ],
        "painting_options": [option.describe() for option in (WEIGHT, DEPTH, CROP)],
        "parts": list(Part),
    }
