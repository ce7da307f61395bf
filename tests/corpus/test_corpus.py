"""What is read is what another decoder reads; what is written has what ExifTool found before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from programs import need

from styleplug.image.formats import FORMATS
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture

from . import jpeg, modern, others, png, tiff
from .kinds import Kind, Profiles
from .references import Tags, pixels_of, seen_by_imagemagick, stamp, tags_of

FAMILIES: Mapping[str, Callable[[Profiles], Iterator[Kind]]] = {
    "JPEG": jpeg.made,
    "PNG": png.made,
    "TIFF": tiff.made,
    "WebP, AVIF, HEIF, JPEG XL": modern.made,
    "others": others.made,
}
WRITTEN = {extension for format in FORMATS for extension in format.writes}
UNWRITABLE = (".bmp", ".tga", ".pbm", ".pgm", ".ppm", ".j2k", "-big.tif", "-big-tiled.tif")
"""How names end of files into which ExifTool can't write."""
NEAREST = {".psd": ".tif", ".psb": ".tif"}  # of formats that aren't written; PNG else

pytestmark = pytest.mark.slow


class Corpus:
    """The files of a family, and the pictures in them."""

    def __init__(self, folder: Path, kinds: list[Kind]) -> None:
        self.folder = folder
        self.kinds = kinds
        self.pictures: dict[str, Picture] = {}
        self.refused: dict[str, Exception] = {}
        for kind in kinds:
            try:
                self.pictures[kind.name] = read_picture(folder / kind.name)
            except Exception as error:  # to be told with the name of the file, and all of them
                self.refused[kind.name] = error


@pytest.fixture(scope="module", params=FAMILIES)
def corpus(
    request: pytest.FixtureRequest,
    profiles: Profiles,
    tmp_path_factory: pytest.TempPathFactory,
) -> Corpus:
    need("exiftool", "libimage-exiftool-perl")
    need("exiv2", "exiv2")
    need("convert", "imagemagick")
    need("cjxl", "libjxl-tools")
    need("heif-convert", "libheif-examples")
    folder = tmp_path_factory.mktemp("corpus")
    kinds = list(FAMILIES[request.param](profiles))
    stems = [Path(kind.name).stem for kind in kinds]
    assert len({*stems}) == len(stems)
    for kind in kinds:
        (folder / kind.name).write_bytes(kind.data)
    for name, profile in profiles.items():
        (folder / f"{name}.icc").write_bytes(profile)
    stamp(folder, kinds)
    seen_by_imagemagick(folder, kinds)
    return Corpus(folder, kinds)


def listed(faults: Mapping[str, object]) -> str:
    return "\n".join(f"{name}: {fault}" for name, fault in faults.items())


def test_every_kind_is_read(corpus: Corpus) -> None:
    assert not corpus.refused, listed(corpus.refused)


def test_pixels_are_those_that_another_decoder_sees(corpus: Corpus) -> None:
    wrong, known = {}, {}
    for kind in corpus.kinds:
        if (picture := corpus.pictures.get(kind.name)) is None:
            continue
        problem = difference(kind, picture, corpus.folder)
        if kind.fault:
            known[kind.name] = problem
        elif problem:
            wrong[kind.name] = problem
    assert not wrong, listed(wrong)
    assert all(known.values()), f"a known fault is mended:\n{listed(known)}"


def difference(kind: Kind, picture: Picture, folder: Path) -> str:
    """What is wrong with a picture; hidden colours don't count."""
    alpha = np.ones(picture.size[::-1]) if picture.alpha is None else picture.alpha
    try:
        expected = pixels_of(kind, folder, picture.size)
        furthest = np.abs(alpha - expected[..., 3]).max()
        seen = picture.pixels * alpha[..., np.newaxis] - expected[..., :3] * expected[..., 3:]
    except (OSError, ValueError) as error:
        return f"can't be compared ({error})"
    furthest = max(furthest, np.abs(seen).max())
    return f"differs by {255 * furthest:.1f} of 255" if furthest > kind.tolerance + 1e-6 else ""


GROUPS = ("IFD0", "ExifIFD", "GPS", "InteropIFD", "IPTC", "XMP-dc")
TEXTS = ("PNG:Author", "PNG:Title", "PNG:Description", "PNG:Copyright")
# What describes the stored picture, and not what it shows.
STRUCTURE = {
    *("ImageWidth", "ImageHeight", "BitsPerSample", "Compression", "PhotometricInterpretation"),
    *("FillOrder", "StripOffsets", "Orientation", "SamplesPerPixel", "RowsPerStrip"),
    *("StripByteCounts", "PlanarConfiguration", "Predictor", "ExtraSamples", "SampleFormat"),
    *("TileWidth", "TileLength", "TileOffsets", "TileByteCounts", "ColorMap", "InkSet"),
    *("YCbCrSubSampling", "YCbCrPositioning", "ReferenceBlackWhite", "JPEGTables", "PageNumber"),
    *("SubfileType", "OldSubfileType", "T4Options", "T6Options", "ExifImageWidth"),
    *("ExifImageHeight", "XResolution", "YResolution", "ResolutionUnit", "NumberofInks"),
    *("SubjectArea", "WhitePoint", "PrimaryChromaticities"),
    *("PreviewImage", "PreviewImageStart", "PreviewImageLength", "ThumbnailTIFF"),
    *("ApplicationNotes", "IPTC-NAA"),  # which hold XMP and IPTC
}
# Where the resolution stands, and its unit, if that may differ, with what an inch has of it.
RESOLUTIONS: tuple[tuple[str, str, dict[int | None, float]], ...] = (
    ("JFIF:{}Resolution", "JFIF:ResolutionUnit", {1: 1, 2: 2.54}),
    ("PNG-pHYs:PixelsPerUnit{}", "PNG-pHYs:PixelUnits", {1: 0.0254}),
    ("File:PixelsPerMeter{}", "", {None: 0.0254}),
    ("IFD0:{}Resolution", "IFD0:ResolutionUnit", {2: 1, 3: 2.54}),
)
COMMENTS = ("File:Comment", "PNG:Comment", "GIF:Comment")


def test_metadata_are_those_that_exiftool_found_before(corpus: Corpus) -> None:
    before, after = [], []
    for name, picture in corpus.pictures.items():
        path = Path(name)
        extension = path.suffix if path.suffix in WRITTEN else NEAREST.get(path.suffix, ".png")
        before.append(corpus.folder / name)
        after.append(corpus.folder / f"{path.stem}-written{extension}")
        write_picture(picture, after[-1])
    found = tags_of([*before, *after])
    stamped = {kind.name for kind in corpus.kinds if kind.tags}
    lost = {}
    for path, own, written in zip(before, found, found[len(before) :], strict=False):
        if path.name in stamped and not path.name.endswith(UNWRITABLE):
            assert own.get("XMP-dc:Title") == "Boats", f"{path.name} was given no metadata"
        if gone := lost_between(own, written):
            lost[path.name] = gone
    assert not lost, listed(lost)


def lost_between(before: Tags, after: Tags) -> dict[str, Any]:
    """What a file says that another doesn't."""
    lost = {}
    for place, value in before.items():
        name = place.replace("IPTC2:", "IPTC:")  # where the first of two blocks is empty
        group, _, tag = name.partition(":")
        is_kept = name in TEXTS or (group in GROUPS and tag not in STRUCTURE)
        if is_kept and after.get(name) != value:
            lost[name] = (value, after.get(name))
    for part in (profile, resolution, comment):
        if part(before) not in (None, part(after)):
            lost[part.__name__] = (part(before), part(after))
    return lost


def profile(tags: Tags) -> str | None:
    """What tells profiles of RGB from one another; others aren't written."""
    return tags.get("ICC_Profile:RedMatrixColumn")


def resolution(tags: Tags) -> list[int] | None:
    """Pixels an inch, rounded, across and down."""
    for name, unit, scales in RESOLUTIONS:
        sides = [tags.get(name.format(axis)) for axis in "XY"]
        scale = scales.get(tags.get(unit))
        if all(sides) and scale:
            return [round(side * scale) for side in sides]
    return None


def comment(tags: Tags) -> str | None:
    """That of a format whose comments are read: in others, programs put their own names there."""
    if tags.get("File:FileType") in ("J2C", "PGM", "PPM"):
        return None
    return next((tags[name] for name in COMMENTS if name in tags), None)
