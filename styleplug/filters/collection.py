"""The user's own filters: styles that were learned, each in a file of its name."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from styleplug.errors import FilterError
from styleplug.filters.style import SUFFIX, FilterStyle, read_style
from styleplug.runtime.files import user_data_folder
from styleplug.runtime.names import is_name

_log = logging.getLogger(__name__)


def style_file(name: str) -> Path:
    """Where the user's style of this name is kept, if there is one; STYLEPLUG_DATA_DIR moves it."""
    return user_data_folder() / "filters" / f"{name}{SUFFIX}"


def user_styles() -> tuple[FilterStyle, ...]:
    """The user's styles by name; a damaged file is named in a warning, and left out."""
    found = []
    for path in sorted(style_file("any").parent.glob(f"*{SUFFIX}")):
        if is_name(path.stem):
            try:
                found.append(replace(read_style(path), name=path.stem))
            except FilterError as error:
                _log.warning("%s; left out", error)
    return tuple(found)
