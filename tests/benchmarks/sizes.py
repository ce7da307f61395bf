"""Whether a small preview tells what a large render will look like.

usage: python tests/benchmarks/sizes.py OUT [--large N] [--small N]

Needs ../shared/images beside the checkout. Six pairs, each painted with all
defaults, by ONNX Runtime, at 256 and at 1024 pixels. The large picture is reduced to the size of
the small one, and both are scored by score.py. OUT gets the pictures and sheet.jpg, the small one
of each pair beside the large one; what it holds already is kept. Exits with 1 where a large
picture's style error is more than 1.25 times the small one's, or its content error more than 15 %
from it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from score import errors
from sheet import painting_file, photo_file
from solver import PAIRS
from tables import tell

import styleplug

STYLE_RATIO = 1.25
CONTENT_RATIO = 0.15


class Row(NamedTuple):
    """A pair, with its small picture and the reduced large one."""

    pair: str
    content: float
    content_of_large: float
    content_ratio: float
    style: float
    style_of_large: float
    style_ratio: float
    pictures: list[Image.Image]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--small", type=int, default=256)
    parser.add_argument("--large", type=int, default=1024)
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    rows = tell(compared(out, arguments.small, arguments.large))
    sheet([row.pictures for row in rows]).save(out / "sheet.jpg", quality=92)
    missed = sum(
        row.style_ratio > STYLE_RATIO or abs(row.content_ratio - 1) > CONTENT_RATIO for row in rows
    )
    if missed:
        sys.exit(f"{missed} of {len(PAIRS)} pairs look otherwise when large")


def compared(out: Path, small: int, large: int) -> Iterator[Row]:
    for photo, painting in PAIRS:
        pair = f"{photo}+{painting}"
        files = photo_file(photo), painting_file(painting)
        preview, render = (
            painted(*files, out / f"{pair}-{size}.png", size) for size in (small, large)
        )
        with Image.open(preview) as first, Image.open(render) as second:
            pictures = [first.convert("RGB"), second.convert("RGB").resize(first.size)]
        reduced = out / f"{pair}-{large}-reduced.png"
        pictures[1].save(reduced)
        (content, style), (of_render, style_of_render) = errors(
            *files, [preview, reduced], [small // 2, small]
        )
        ratios = of_render / content, style_of_render / style
        yield Row(pair, content, of_render, ratios[0], style, style_of_render, ratios[1], pictures)


def painted(photo: Path, painting: Path, output: Path, size: int) -> Path:
    if not output.exists():
        config = styleplug.StylizeConfig(size=size, output_size="working", engine="onnx")
        styleplug.stylize(photo, painting, config).save(output)
    return output


def sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """Pairs of pictures, two pairs in a row."""
    width, height = (max(row[0].size[axis] for row in rows) for axis in (0, 1))
    whole = Image.new("RGB", (4 * width, -(-len(rows) // 2) * height))
    for index, row in enumerate(rows):
        for column, picture in enumerate(row):
            whole.paste(picture, ((index % 2 * 2 + column) * width, index // 2 * height))
    return whole


if __name__ == "__main__":
    main()
