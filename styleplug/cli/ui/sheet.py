"""A sheet of thumbnails: what each filter makes of a photograph."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping

from PIL import Image, ImageDraw, ImageFont

import styleplug
from styleplug.errors import StyleplugError
from styleplug.hookspecs import Filter
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted_size
from styleplug.image.transparency import resized_picture

FILTERED_SIDE, SHOWN_SIDE = 512, 320
"""Longest sides, pixels, at which the photograph is filtered, and is shown: filtered any smaller,
strokes would be larger than in a photograph of usual size."""

GAP, LABEL_HEIGHT, FONT_SIZE = 16, 30, 18
PAPER, INK = "#ffffff", "#333333"
PROPORTIONS = 1.5
"""Width of the sheet for its height, about."""

_log = logging.getLogger("styleplug")


def sheet(photograph: Picture, filters: Iterable[Filter]) -> Image.Image:
    """The photograph and what each filter makes of it, side by side over their names.

    A filter that fails is named in a warning, and left out.
    """
    height, width = fitted_size(*photograph.size, FILTERED_SIDE)
    given = resized_picture(photograph, height, width)
    pictures = {"photograph": given.to_pil()}
    for filter in filters:
        try:
            pictures[filter.name] = styleplug.apply_filter(given, filter.name).to_pil()
        except StyleplugError as error:
            _log.warning("%s; left out", error)
    height, width = fitted_size(*photograph.size, SHOWN_SIDE)
    return _laid_out(pictures, width, height)


def _laid_out(pictures: Mapping[str, Image.Image], width: int, height: int) -> Image.Image:
    """Pictures at one size, in rows, each over its name."""
    across, down = width + GAP, height + LABEL_HEIGHT + GAP
    rows = max(1, round(math.sqrt(len(pictures) * across / down / PROPORTIONS)))
    columns = math.ceil(len(pictures) / rows)
    paper = Image.new("RGB", (columns * across + GAP, rows * down + GAP), PAPER)
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(FONT_SIZE)
    for place, (name, picture) in enumerate(pictures.items()):
        left, top = GAP + place % columns * across, GAP + place // columns * down
        shown = picture.resize((width, height), Image.Resampling.LANCZOS)
        paper.paste(shown, (left, top), shown if shown.mode == "RGBA" else None)
        while draw.textlength(name, font) > width:
            name = f"{name.removesuffix('…')[:-1]}…"
        middle = (left + width // 2, top + height + LABEL_HEIGHT // 2)
        draw.text(middle, name, INK, font, anchor="mm")
    return paper
