"""The table of what survives in docs/pictures.md, by format, is what ExifTool finds.

For each format a picture is read and written twice: once from a camera's JPEG file, once from a
file of the format itself, which ExifTool has put the same metadata into.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms
from programs import exiftool, need

from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.resolution import with_resolution
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture
from styleplug.jobs.job import StylizeJob
from styleplug.jobs.provenance import SourceFile
from styleplug.painting import Painting

PAGE = Path(__file__).parents[3] / "docs/pictures.md"
FORMATS = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "TIFF": ".tif",
    "WebP": ".webp",
    "HEIF": ".heic",
    "AVIF": ".avif",
    "JPEG XL": ".jxl",
}
RESOLUTION = 300
SIZE = (128, 64)  # which HEIF stores without a margin

Tags = Mapping[str, Any]  # values by group and name, as ExifTool prints them

Check = Callable[[Tags, Tags], bool]  # of what the camera wrote, and what is in a file

EXIF_GROUPS = ("IFD0", "ExifIFD", "GPS", "InteropIFD")
CHANGED = ("Orientation", "ImageWidth", "ImageHeight", "ExifImageWidth", "ExifImageHeight")
CHANGED += ("RelatedImageWidth", "RelatedImageHeight")


def same(*groups: str, but: tuple[str, ...] = ()) -> Check:
    """Whether all that the camera wrote in some groups is there."""

    def check(camera: Tags, found: Tags) -> bool:
        names = [name for name in camera if name.split(":")[0] in groups]
        names = [name for name in names if name.split(":")[1] not in but]
        assert names, f"the camera wrote nothing in {groups}"
        return all(found.get(name) == camera[name] for name in names)

    return check


def unmoved(camera: Tags, found: Tags) -> bool:
    """The MakerNote's texts lie at offsets from the beginning of the EXIF block; where it has
    moved, ExifTool doesn't find them, or warns that it had to guess."""
    return same("Canon")(camera, found) and "ExifTool:Warning" not in found


def upright(camera: Tags, found: Tags) -> bool:
    """No orientation but the usual one, in agreement with the size."""
    size = f"{found['ExifIFD:ExifImageWidth']} {found['ExifIFD:ExifImageHeight']}"
    return (
        (camera["IFD0:Orientation"], camera["XMP-tiff:Orientation"]) == (6, 6)
        and (found.get("IFD0:Orientation", 1), found["XMP-tiff:Orientation"]) == (1, 1)
        and found["Composite:ImageSize"] == size
        and found["XMP-exif:ExifImageWidth"] == found["ExifIFD:ExifImageWidth"]
    )


def recipe_noted(camera: Tags, found: Tags) -> bool:
    """The recipe, as far as a program sees it that knows nothing of styleplug."""
    options, paintings = (found.get(f"XMP-styleplug:{x}") for x in ("Options", "Paintings"))
    return bool(options) and options["Size"] == 512 and len(paintings[0]["Sha256"]) == 64


def printed(camera: Tags, found: Tags) -> bool:
    """The resolution in print, in the place that the format has for it, and nothing else."""
    assert camera["JFIF:XResolution"] == camera["IFD0:XResolution"] == RESOLUTION
    places = {"JPEG": "JFIF:XResolution", "PNG": "PNG-pHYs:PixelsPerUnitX"}
    place = places.get(found.get("File:FileType", ""), "IFD0:XResolution")
    scale = 0.0254 if place.startswith("PNG") else 1
    agreed = found.get("IFD0:XResolution", RESOLUTION) == RESOLUTION
    return agreed and round(found.get(place, 0) * scale, 2) == RESOLUTION


def commented(camera: Tags, found: Tags) -> bool:
    """The comment of a JPEG file, where a format has one, or XMP."""
    places = ("File:Comment", "PNG:Comment", "XMP-exif:UserComment")
    return camera["File:Comment"] in [found.get(place) for place in places]


COLUMNS: Mapping[str, Check] = {
    "EXIF": same(*EXIF_GROUPS, but=CHANGED),
    "MakerNote offset": unmoved,
    "XMP": same("XMP-dc"),
    "IPTC": same("IPTC"),
    "ICC": same("ICC-header", "ICC_Profile"),
    "resolution": printed,
    "comment": commented,
    "orientation reset": upright,
    "recipe": recipe_noted,
}
# What there is instead: colours that need no profile.
EXPLAINED = {("JPEG XL", "ICC"): "sRGB"}


def tags_of(*paths: Path) -> list[Tags]:
    """The tags of files, one after the other, with numbers as they are stored."""
    found = json.loads(exiftool("-json", "-n", "-G1", "-a", "-struct", *paths))
    return [{name: value for name, value in tags.items() if name != "SourceFile"} for tags in found]


@pytest.fixture(scope="module")
def pictures(
    camera_exif: Callable[..., bytes], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, tuple[Path, Path]]:
    """For each format, a camera's JPEG file and a file of the format, both with all metadata."""
    need("exiftool", "libimage-exiftool-perl")
    folder = tmp_path_factory.mktemp("metadata")
    pixels = np.random.default_rng(0).integers(0, 256, (*SIZE[::-1], 3), np.uint8)
    image = Image.fromarray(pixels)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    camera = folder / "camera.jpg"
    image.save(
        camera,
        exif=b"Exif\0\0" + with_resolution(camera_exif(), (RESOLUTION, RESOLUTION)),
        icc_profile=profile,
        dpi=(RESOLUTION, RESOLUTION),
        comment=b"By the sea",
    )
    exiftool(
        *("-q", "-overwrite_original", "-XMP-dc:Title=Boats", "-XMP-tiff:Orientation=6", "-n"),
        *("-XMP-exif:ExifImageWidth=4000", "-IPTC:Keywords=beach", "-IPTC:City=Arles", camera),
    )
    bare, own = read_picture(camera).with_metadata(Metadata()), []
    for extension in FORMATS.values():
        own.append(folder / f"own{extension}")
        write_picture(bare, own[-1])
    # ExifTool says that IPTC is unusual in PNG files, and where it isn't possible.
    exiftool(
        "-q", "-q", "-overwrite_original", "-tagsFromFile", camera, "-all:all", "-unsafe", *own
    )
    return {name: (camera, path) for name, path in zip(FORMATS, own, strict=True)}


@pytest.fixture(scope="module")
def written(pictures: Mapping[str, tuple[Path, Path]]) -> Mapping[str, list[Path]]:
    """For each format, what became of the two files."""
    found: dict[str, list[Path]] = {}
    for name, sources in pictures.items():
        for index, source in enumerate(sources):
            picture = read_picture(source)
            recipe = StylizeJob((Painting(source),)).provenance(SourceFile.of(source))
            path = source.with_name(f"written{index}{FORMATS[name]}")
            write_picture(picture.with_metadata(recipe.embed_in(picture.origin.metadata)), path)
            found.setdefault(name, []).append(path)
    return found


@pytest.mark.slow
def test_the_table_of_the_readme_is_what_exiftool_finds(
    pictures: Mapping[str, tuple[Path, Path]], written: Mapping[str, list[Path]]
) -> None:
    lines = ["| | " + " | ".join(COLUMNS) + " |", "| --- " * (len(COLUMNS) + 1) + "|"]
    for name, (camera, own) in pictures.items():
        reference, given, *found = tags_of(camera, own, *written[name])
        cells = []
        for column, check in COLUMNS.items():
            # ExifTool has no way to put some of it into some formats.
            lacks = (column == "IPTC" and "IPTC:City" not in given) or (
                column == "comment" and not commented(reference, given)
            )
            possible = found[:1] if lacks else found
            is_kept = all(check(reference, tags) for tags in possible)
            cells.append("yes" if is_kept else EXPLAINED.get((name, column), "no"))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    text = "\n".join(lines)
    assert text in PAGE.read_text(encoding="utf-8"), f"the table of {PAGE.name} should be\n{text}"


@pytest.mark.parametrize("column", COLUMNS)
def test_the_table_can_say_no(
    pictures: Mapping[str, tuple[Path, Path]], written: Mapping[str, list[Path]], column: str
) -> None:
    """What a file without metadata, or one that was not put right, looks like."""
    camera, own, after = tags_of(*pictures["JPEG"], written["JPEG"][0])
    assert COLUMNS[column](camera, after)
    if column in ("orientation reset", "recipe"):
        assert not COLUMNS[column](camera, own)
    else:
        assert not COLUMNS[column](camera, {})


def test_a_maker_note_that_has_moved_would_be_seen(
    pictures: Mapping[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    """Pillow writes EXIF anew, all of it in another place."""
    camera, _ = pictures["JPEG"]
    with Image.open(camera) as image:
        exif = image.getexif()
        exif.get_ifd(0x8769)
        image.save(tmp_path / "moved.jpg", exif=exif)
    before, moved = tags_of(camera, tmp_path / "moved.jpg")
    assert same("ExifIFD")(before, moved)
    assert not unmoved(before, moved)
