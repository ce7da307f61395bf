"""All photographs with all paintings: pictures, scores and contact sheets, to choose presets by.

usage: python tests/benchmarks/sheet.py OUT [--preset NAME] [--size N]
       [--pairs tubingen+starry_night,...] [--option NAME=VALUE ...]

Needs ../shared/images beside the checkout. Pictures that OUT already holds
are kept, so a run that was cut off goes on where it stood. Writes PHOTO+PAINTING.png at the working
size with a .json of its figures, and for each photograph sheet-PHOTO.jpg. Scores are those of
score.py at 128 and 256 pixels, and at 512 where the pictures reach so far. Where another project
has published a picture of the same pair, it is scored beside ours. Exits with 1 where more than one
pair in twelve is outside the preset's range of content errors.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from score import SIZES, errors

import styleplug
from styleplug.image.read import read_picture

SHARED = Path(__file__).parents[3] / "shared"
TILE = 384
RANGES = {"painterly": (0.60, 0.90), "faithful": (0.35, 0.60), "article": (0.0, 2.0)}
"""Content errors that a preset's pictures are to have."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--preset", default="painterly")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--pairs", type=lambda text: [pair.split("+") for pair in text.split(",")])
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    args = parser.parse_args()
    options = {
        name: json.loads(value) for name, _, value in (o.partition("=") for o in args.option)
    }
    config = styleplug.StylizeConfig.from_preset(
        args.preset, size=args.size, output_size="working", **options
    )
    args.out.mkdir(parents=True, exist_ok=True)
    records = [
        record(photo, painting, args.out, config) for photo, painting in args.pairs or all_pairs()
    ]
    for photo in dict.fromkeys(r["photo"] for r in records):
        contact_sheet(args.out, photo, [r for r in records if r["photo"] == photo])
    report(records, args.preset)
    for r in records:
        compare_published(r, args.out, config.size)
    if outside(records, args.preset) * 12 > len(records):
        sys.exit(f"too many pairs are outside {RANGES[args.preset]}")


def all_pairs() -> list[tuple[str, str]]:
    photos = sorted(path.stem for path in (SHARED / "images/content").iterdir())
    paintings = sorted(path.stem for path in (SHARED / "images/style").iterdir())
    return [(photo, painting) for photo in photos for painting in paintings]


def photo_file(photo: str) -> Path:
    return SHARED / f"images/content/{photo}.jpg"


def painting_file(painting: str) -> Path:
    return SHARED / f"images/style/{painting}.jpg"


def record(photo: str, painting: str, out: Path, config: styleplug.StylizeConfig) -> dict[str, Any]:
    """The pair's record, from OUT where it is, made otherwise."""
    known_file = out / f"{photo}+{painting}.json"
    if known_file.exists():
        known: dict[str, Any] = json.loads(known_file.read_text())
        return known
    content, style = photo_file(photo), painting_file(painting)
    picture = out / f"{photo}+{painting}.png"
    started = time.monotonic()
    result = styleplug.stylize(content, style, config)
    result.save(picture, overwrite=True)
    seconds = time.monotonic() - started
    [(content_score, style_score)] = errors(content, style, [picture], sizes(config.size))
    values = {
        "photo": photo,
        "painting": painting,
        "content": content_score,
        "style": style_score,
        "cost": result.cost,
        "seconds": seconds,
        "clipped": clipped(picture),
    }
    known_file.write_text(json.dumps(values))
    print(line(values), flush=True)
    return values


def sizes(size: int) -> list[int]:
    """The sizes that pictures of a working size are scored at."""
    return [scored for scored in SIZES if scored <= size]


def clipped(picture: Path) -> float:
    """Share of channel values that are 0 or 255."""
    histogram = Image.open(picture).convert("RGB").histogram()
    return sum(histogram[c * 256] + histogram[c * 256 + 255] for c in range(3)) / sum(histogram)


def contact_sheet(out: Path, photo: str, records: list[dict[str, Any]]) -> None:
    """The photograph and its pictures, each under its painting's thumbnail and scores."""
    tiles = [(photo_file(photo), None, photo)]
    for r in records:
        caption = f"{r['painting']}  content {r['content']:.2f}  style {r['style']:.3f}"
        painting = painting_file(r["painting"])
        tiles.append((out / f"{photo}+{r['painting']}.png", painting, caption))
    columns = 3
    sheet = Image.new("RGB", (columns * TILE, -(-len(tiles) // columns) * (TILE + 16)))
    for index, (path, painting, caption) in enumerate(tiles):
        x, y = index % columns * TILE, index // columns * (TILE + 16)
        picture = Image.open(path).convert("RGB")
        picture = picture.resize([round(side * TILE / max(picture.size)) for side in picture.size])
        sheet.paste(picture, (x, y + 16))
        if painting is not None:
            thumbnail = read_picture(painting).to_pil()
            thumbnail.thumbnail((TILE // 4, TILE // 4))
            sheet.paste(thumbnail, (x + TILE - thumbnail.width, y + 16))
        ImageDraw.Draw(sheet).text((x + 4, y + 2), caption, fill="white")
    sheet.save(out / f"sheet-{photo}.jpg", quality=92)


def line(r: dict[str, Any]) -> str:
    return (
        f"{r['photo']:>18s} + {r['painting']:16s}"
        f" content {r['content']:.3f}  style {r['style']:.4f}"
        f"  cost {r['cost']:.1f}  {r['seconds']:.0f} s  clipped {r['clipped']:.3f}"
    )


def report(records: list[dict[str, Any]], preset: str) -> None:
    for r in sorted(records, key=lambda r: r["content"]):
        print(line(r))
    contents = [r["content"] for r in records]
    print(
        f"{len(records)} pairs; content {min(contents):.3f} to {max(contents):.3f},"
        f" {outside(records, preset)} outside {RANGES[preset]};"
        f" mean style {statistics.fmean(r['style'] for r in records):.4f};"
        f" median {statistics.median(r['seconds'] for r in records):.0f} s"
    )


def outside(records: list[dict[str, Any]], preset: str) -> int:
    """How many pairs miss the preset's range of content errors."""
    low, high = RANGES[preset]
    return sum(not low <= r["content"] <= high for r in records)


def compare_published(r: dict[str, Any], out: Path, size: int) -> None:
    """Print the scores of pictures of the same pair that other projects have published."""
    name = r["painting"].removeprefix("the_")
    for published in sorted((SHARED / "images/published").glob(f"*_{r['photo']}_*.png")):
        if not name.startswith(published.stem.split(f"{r['photo']}_")[1]):
            continue
        files = photo_file(r["photo"]), painting_file(r["painting"])
        [(content, style)] = errors(*files, [published], sizes(size))
        beaten = r["content"] <= content and r["style"] <= style
        print(f"{published.name}: content {content:.3f}  style {style:.4f}  beaten: {beaten}")


if __name__ == "__main__":
    main()
