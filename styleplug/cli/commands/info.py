"""`styleplug info`: what a picture file is, and how styleplug made it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from styleplug.cli.ui.terminal import say, say_json
from styleplug.parts import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from styleplug.filter_region import FilterRegion
    from styleplug.image.inspect import Inspection
    from styleplug.image.metadata.blocks import Metadata
    from styleplug.jobs.provenance import FilterProvenance, SourceFile, StylizeProvenance
    from styleplug.painting import Painting


@click.command()
@click.argument("picture", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, sizes of blocks in bytes.")
def info(picture: Path, as_json: bool) -> None:
    """Say what a picture's file holds, and how it was made."""
    from styleplug.image.inspect import inspect_picture
    from styleplug.jobs.provenance import provenance_in

    found = inspect_picture(picture)
    made = provenance_in(found.metadata.xmp)
    if as_json:
        width, height = found.size
        say_json(
            {
                "path": str(picture),
                "width": width,
                "height": height,
                "colours": found.colours,
                "depth": found.depth,
                "alpha": found.has_alpha,
                "profile": found.profile,
                "metadata": _sizes(found.metadata),
                "resolution": found.metadata.resolution,
                "warnings": found.warnings,
                "provenance": made and made.as_json(),
            }
        )
        return
    for line in [*_description(picture, found), *(_story(made) if made else [])]:
        say(line)


def _description(picture: Path, found: Inspection) -> list[str]:
    """What there is to see, as lines."""
    (width, height), resolution = found.size, found.metadata.resolution
    alpha = ", with transparency" if found.has_alpha else ""
    blocks = [
        f"{name.upper()} ({size} bytes)" for name, size in _sizes(found.metadata).items() if size
    ]
    return [
        f"{picture}: {width}×{height} pixels, {found.colours}, {found.depth} bits{alpha}",
        *(f"{picture} {warning}" for warning in found.warnings),
        f"colour profile: {found.profile or 'none'}",
        f"metadata: {', '.join(blocks) or 'none'}",
        *(["resolution: {:g} × {:g} pixels an inch".format(*resolution)] if resolution else []),
    ]


def _sizes(metadata: Metadata) -> dict[str, int]:
    """The bytes of each block; 0 where there is none."""
    blocks = {"exif": metadata.exif, "xmp": metadata.xmp, "iptc": metadata.iptc}
    return {name: len(block or b"") for name, block in blocks.items()}


def _story(made: StylizeProvenance | FilterProvenance) -> list[str]:
    """How the picture was made, as lines."""
    from styleplug.jobs.provenance import FilterProvenance

    how = _filtering(made) if isinstance(made, FilterProvenance) else _painting(made)
    return [*how, *(f"  {name}: {value}" for name, value in made.options.items())]


def _filtering(made: FilterProvenance) -> list[str]:
    return [
        f"made by styleplug {made.version}, {_filters(made.filter)}",
        _source("photograph", made.photograph),
        *([] if isinstance(made.filter, str) else map(_of_region, made.filter)),
        *([_source("mask", made.mask)] if made.mask else []),
        *([_source("in colours of", made.palette)] if made.palette else []),
    ]


def _filters(filter: str | Sequence[FilterRegion[SourceFile]]) -> str:
    return f"filter {filter}" if isinstance(filter, str) else "filters in regions"


def _of_region(region: FilterRegion[SourceFile]) -> str:
    role = f"filter {region.filter}"
    return _source(f"{role}, where", region.region) if region.region else f"{role}, elsewhere"


def _painting(made: StylizeProvenance) -> list[str]:
    return [
        f"made by styleplug {made.version} ({made.stopped}),"
        f" preset {made.preset}, backbone {made.backbone}"
        + (f", engine {made.engine}" if made.engine else ""),
        *([f"a sheet of {len(made.variations)} variations"] if made.variations else []),
        _source("photograph", made.photograph),
        *(line for painting in made.paintings for line in _of_painting(painting)),
        *([_source("mask", made.mask)] if made.mask else []),
        *([_source("begun with", made.initial)] if made.initial else []),
        *([_source("in colours of", made.palette)] if made.palette else []),
    ]


def _of_painting(painting: Painting[SourceFile]) -> list[str]:
    """A painting and what it was for, as lines."""
    purpose = [
        *([f"weight {painting.weight:g}"] if painting.weight != 1 else []),
        *([f"{painting.depth} layers"] if painting.depth != "all" else []),
        *([f"its {painting.crop}"] if painting.crop != "all" else []),
    ]
    kind = "colour map" if painting.by_color else "mask"
    return [
        _source(", ".join(["painting", *purpose]), painting.image),
        *([_source("  where", painting.region)] if painting.region else []),
        *([_source(f"  its {kind}", painting.mask)] if painting.mask else []),
    ]


def _source(role: str, source: SourceFile | Part) -> str:
    if isinstance(source, Part):
        return f"{role}: {source}, as it is found in the photograph"
    return f"{role}: {source.name}  {source.sha256}"
