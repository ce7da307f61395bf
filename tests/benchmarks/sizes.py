"""Whether a small preview tells what a large render will look like.

usage: python tests/benchmarks/sizes.py OUT [--large N] [--small N]

Needs ../shared/images and ../shared/score.py beside the checkout. Six pairs, each painted with all
defaults at 256 and at 1024 pixels. The large picture is reduced to the size of the small one, and
both are scored by score.py. OUT gets the pictures and sheet.jpg, the small one of each pair beside
the large one; what it holds already is kept. Exits with 1 where a large picture's style error is
more than 1.25 times the small one's, or its content error more than 15 % from it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image
from sheet import SHARED, score
from solver import PAIRS

import styleplug

STYLE_RATIO = 1.25
CONTENT_RATIO = 0.15


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
    missed, rows = 0, []
    for photo, painting in PAIRS:
        files = [
            SHARED / f"images/{kind}.jpg" for kind in (f"content/{photo}", f"style/{painting}")
        ]
        small, large = (
            painted(*files, out / f"{photo}+{painting}-{size}.png", size)
            for size in (arguments.small, arguments.large)
        )
        with Image.open(small) as first, Image.open(large) as second:
            row = [first.convert("RGB"), second.convert("RGB").resize(first.size)]
        reduced = out / f"{photo}+{painting}-{arguments.large}-reduced.png"
        row[1].save(reduced)
        sizes = [arguments.small // 2, arguments.small]
        (content, style), (of_large, style_of_large) = (
            score(*files, picture, sizes) for picture in (small, reduced)
        )
        ratios = style_of_large / style, of_large / content
        missed += ratios[0] > STYLE_RATIO or abs(ratios[1] - 1) > CONTENT_RATIO
        print(
            f"{photo:>17} + {painting:15} content {content:.3f} {of_large:.3f} ({ratios[1]:.2f})"
            f"   style {style:.4f} {style_of_large:.4f} ({ratios[0]:.2f})",
            flush=True,
        )
        rows.append(row)
        sheet(rows).save(out / "sheet.jpg", quality=92)
    if missed:
        sys.exit(f"{missed} of {len(PAIRS)} pairs look otherwise when large")


def painted(photo: Path, painting: Path, output: Path, size: int) -> Path:
    if not output.exists():
        config = styleplug.StylizeConfig(size=size, output_size="working")
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
