"""A sheet of thumbnails: what each filter makes of a photograph."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from PIL import Image

import styleplug
from styleplug.cli.ui.contact_sheet import SHOWN_SIDE, Cell, contact_sheet
from styleplug.errors import StyleplugError
from styleplug.hookspecs import Filter
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted_size
from styleplug.image.transparency import resized_picture

FILTERED_SIDE = 512
"""Longest side, pixels, at which the photograph is filtered: any smaller, strokes would be larger
than in a photograph of usual size."""

_log = logging.getLogger("styleplug")


def sheet(photograph: Picture, filters: Iterable[Filter]) -> Image.Image:
    """The photograph and what each filter makes of it, side by side over their names.

    A filter that fails is named in a warning, and left out.
    """
    height, width = fitted_size(*photograph.size, FILTERED_SIDE)
    given = resized_picture(photograph, height, width)
    cells = [Cell(given.to_pil(), "photograph")]
    for filter in filters:
        try:
            cells.append(Cell(styleplug.apply_filter(given, filter.name).to_pil(), filter.name))
        except StyleplugError as error:
            _log.warning("%s; left out", error)
    height, width = fitted_size(*photograph.size, SHOWN_SIDE)
    return contact_sheet(cells, (width, height))
