"""How paintings, filters and regions are given on a command line, and options for them.

A painting is FILE or NAME, then perhaps a weight, a depth and a part: `a.jpg:0.7`, `b.jpg@fine`,
`c.jpg@left`. What a file is called as a whole comes first, so that a name may hold any of these
signs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from styleplug.cli.ui.options import parsed_by
from styleplug.filter_region import FilterRegion
from styleplug.painting import CROP, DEPTH, WEIGHT, Painting
from styleplug.parts import path_or_part

_WEIGHT = re.compile(r"(.+):([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)", re.DOTALL)
_DEPTH = re.compile(rf"(.+)@({'|'.join(DEPTH.choices)})", re.DOTALL)
_CROP = re.compile(rf"(.+)@({'|'.join(CROP.choices[1:])})", re.DOTALL)  # of "all", DEPTH has one


def parse_painting(text: str) -> Painting[Path]:
    """The painting of `PAINTING[:WEIGHT][@DEPTH][@PART]`.

    Raises:
        ValueError: a weight that can't be.
    """
    image, weight, depth, crop = _without_suffixes(text)
    return Painting(Path(image), weight, depth, crop=crop)


def parse_region(text: str) -> Painting[Path]:
    """The painting and its region of `MASK=PAINTING[:MASK][:WEIGHT][@DEPTH][@PART]`.

    Raises:
        ValueError: there is no "=", or a weight can't be.
    """
    region, painting = _divided(text)
    image, weight, depth, crop = _without_suffixes(painting)
    image, mask = _without_mask(image)
    return Painting(Path(image), weight, depth, path_or_part(region), mask, crop=crop)


def parse_region_map(text: str) -> Painting[Path]:
    """The painting and the colour maps of `MAP=PAINTING:MAP[:WEIGHT][@DEPTH][@PART]`.

    Raises:
        ValueError: a map is missing, or a weight can't be.
    """
    one = parse_region(text)
    if one.mask is None:
        raise ValueError(
            f"{text!r} is no MAP=PAINTING:MAP, with the painting's map, a file, at its end"
        )
    return replace(one, region=Path(one.region or ""), by_color=True)


def parse_filter(text: str) -> FilterRegion[Path]:
    """The filter, and perhaps its region, of `[MASK=]NAME`."""
    if "=" not in text:
        return FilterRegion(text)
    region, name = _divided(text)
    return FilterRegion(name, path_or_part(region))


def as_text(painting: Painting[Path]) -> str:
    """The text that the parser of its option makes the painting of."""
    text = f"{painting.image}"
    if painting.region:
        text = f"{painting.region}={text}"
    if painting.mask:
        text += f":{painting.mask}"
    if painting.weight != WEIGHT.default:
        text += f":{painting.weight!r}"
    for kind, value in ((DEPTH, painting.depth), (CROP, painting.crop)):
        if value != kind.default:
            text += f"@{value}"
    return text


mask_option = click.option(
    "--mask",
    type=path_or_part,
    metavar="FILE",
    help="Where to act, and how strongly: a grey picture, white for fully; what is black stays as"
    " it is. Of a folder, the picture in it that is called as PHOTO is. Or what to find in PHOTO:"
    " person, background (all but persons), or sky; a file of such a name comes first.",
)


def filter_option(required: bool, more: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--filter`, which is for `filter_of`; `more` ends the help text."""
    return click.option(
        "--filter",
        "filters",
        type=parsed_by(parse_filter),
        metavar="[MASK=]NAME",
        multiple=True,
        required=required,
        help="The filter, one that `styleplug filters` lists, or a blend of styles, such as"
        " starry-night:0.6,the-wave:0.4. With a MASK, as of --mask, it acts there alone; give"
        f" several for as many regions. What they leave is for the one without a MASK{more}",
    )


def filter_of(filters: Sequence[FilterRegion[Path]]) -> str | tuple[FilterRegion[Path], ...]:
    """What the values of `--filter` come to: one filter, or several in regions."""
    match filters:
        case [FilterRegion(filter=name, region=None)]:
            return name
    return tuple(filters)


PARSERS: dict[str, Callable[[str], Painting[Path]]] = {
    "paintings": parse_painting,
    "regions": parse_region,
    "region_maps": parse_region_map,
}
"""What makes a painting of a value of each option, by the name of the command's parameter."""


def parameter_of(painting: Painting[Path]) -> str:
    """The name of the command's parameter that a painting is given by."""
    if painting.by_color:
        return "region_maps"
    return "regions" if painting.region else "paintings"


def painting_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--style`, `--region` and `--region-map`, which are for `paintings_of`, and
    `--mask`."""
    command = mask_option(command)
    for option, name, metavar, text in (
        (
            "--region-map",
            "region_maps",
            "MAP=PAINTING:MAP",
            "Two colour maps, of PHOTO and of the painting: where they have the same colour, the"
            " one is painted as the other.",
        ),
        (
            "--region",
            "regions",
            "MASK=PAINTING[:MASK]",
            "Paint in the manner of PAINTING where MASK is white; give one for each region. A"
            " second MASK is the painting's, of what to learn from. What no region covers is"
            " painted as --style says, and without it stays as it is. A region's MASK may be a"
            " folder, or person, background or sky, as of --mask; weights and depths are as of"
            " --style.",
        ),
        (
            "--style",
            "paintings",
            "PAINTING[:WEIGHT][@DEPTH][@PART]",
            "The painting, a file or a name that `styleplug styles list` knows; give several to mix"
            " them, by their weights (1 unless given). DEPTH is fine, for the brush and the canvas"
            " alone, or coarse, for the shapes; PART is left, right, top, bottom or center, to"
            " learn from that part alone.",
        ),
    ):
        kind = parsed_by(PARSERS[name])
        command = click.option(option, name, type=kind, metavar=metavar, multiple=True, help=text)(
            command
        )
    return command


def paintings_of(options: dict[str, Any]) -> list[Painting[Path]]:
    """Takes all paintings from a command's options."""
    return [painting for name in PARSERS for painting in options.pop(name)]


def with_files(paintings: Iterable[Painting[Path]], files: Iterator[Path]) -> list[Painting[Path]]:
    """The paintings with other files in the place of all of theirs, in their order."""
    return [painting.with_images(lambda _: next(files)) for painting in paintings]


def _without_suffixes(text: str) -> tuple[str, float, str, str]:
    """A painting's text without weight, depth and part; the weight; the depth; the part."""
    found: dict[re.Pattern[str], str] = {}
    while not os.path.lexists(text):
        pattern = next(
            (one for one in (_WEIGHT, _DEPTH, _CROP) if one not in found and one.fullmatch(text)),
            None,
        )
        if pattern is None:
            break
        match = pattern.fullmatch(text)
        assert match
        text, found[pattern] = match.groups()
    return (
        text,
        float(found.get(_WEIGHT, WEIGHT.default)),
        found.get(_DEPTH, DEPTH.default),
        found.get(_CROP, CROP.default),
    )


def _without_mask(text: str) -> tuple[str, Path | None]:
    """A painting's text without the mask at its end; the mask, which is a file."""
    if not os.path.lexists(text):
        for place in (match.start() for match in re.finditer(":", text)):
            if place and os.path.isfile(text[place + 1 :]):
                return text[:place], Path(text[place + 1 :])
    return text, None


def _divided(text: str) -> tuple[str, str]:
    """The texts before and after the "=" that comes after a mask's name."""
    places = [match.start() for match in re.finditer("=", text)]
    if not places:
        raise ValueError(f"{text!r} is no MASK=PAINTING")
    place = next((one for one in places if os.path.lexists(text[:one])), places[0])
    return text[:place], text[place + 1 :]
