"""Contact sheets: pictures side by side, each over its label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

SHOWN_SIDE = 320
"""Longest side of a picture, pixels."""
GAP, LABEL_HEIGHT, LINE_HEIGHT, FONT_SIZE = 16, 30, 22, 18
PAPER, INK = "#ffffff", "#333333"
PROPORTIONS = 1.5
"""Width of the sheet for its height, about."""
INSET = 0.28
"""Longest side of a picture within another, for that one's."""


@dataclass(frozen=True, eq=False)
class Cell:
    """A place on a sheet.

    Args:
        picture: of any size; all of a sheet have the same shape.
        label: what it is called, in a line or several; what is too long for it is cut.
        inset: a small picture to show in its lower left corner.
    """

    picture: Image.Image
    label: str
    inset: Image.Image | None = None


def contact_sheet(
    cells: Sequence[Cell],
    size: tuple[int, int],
    columns: int | None = None,
    label_width: int = 0,
) -> Image.Image:
    """Cells in rows, from left to right.

    Args:
        cells: one or more.
        size: width and height of a picture on the sheet.
        columns: how many a row has; by default as many as make a sheet of usual proportions.
        label_width: the least width of a label, for pictures that are narrower.
    """
    (width, height), lines = size, max(cell.label.count("\n") for cell in cells)
    below = LABEL_HEIGHT + LINE_HEIGHT * lines
    across, down = max(width, label_width) + GAP, height + below + GAP
    if columns is None:
        rows = max(1, round(math.sqrt(len(cells) * across / down / PROPORTIONS)))
        columns = math.ceil(len(cells) / rows)
    rows = math.ceil(len(cells) / columns)
    paper = Image.new("RGB", (columns * across + GAP, rows * down + GAP), PAPER)
    draw, font = ImageDraw.Draw(paper), ImageFont.load_default(FONT_SIZE)
    for place, cell in enumerate(cells):
        left, top = GAP + place % columns * across, GAP + place // columns * down
        middle = left + (across - GAP) // 2
        _paste(paper, cell, (middle - width // 2, top), size)
        for number, line in enumerate(cell.label.split("\n")):
            y = top + height + LABEL_HEIGHT // 2 + number * LINE_HEIGHT
            draw.text((middle, y), _cut(line, across - GAP, draw, font), INK, font, anchor="mm")
    return paper


def _paste(paper: Image.Image, cell: Cell, place: tuple[int, int], size: tuple[int, int]) -> None:
    shown = cell.picture.resize(size, Image.Resampling.LANCZOS)
    paper.paste(shown, place, shown if shown.mode == "RGBA" else None)
    if cell.inset:
        inset = cell.inset.convert("RGB")
        inset.thumbnail((round(size[0] * INSET), round(size[1] * INSET)))
        framed = Image.new("RGB", (inset.width + 4, inset.height + 4), PAPER)
        framed.paste(inset, (2, 2))
        paper.paste(framed, (place[0], place[1] + size[1] - framed.height))


def _cut(
    text: str,
    width: int,
    draw: ImageDraw.ImageDraw,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
) -> str:
    """As much of a text as a width has room for."""
    while draw.textlength(text, font) > width:
        text = f"{text.removesuffix('…')[:-1]}…"
    return text
