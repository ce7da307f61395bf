"""The resolution in print, from one file to another, as ExifTool and Pillow find it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from styleplug.image.formats import heif
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.exif import corrected
from styleplug.image.metadata.resolution import in_exif, resolution_of, with_resolution
from styleplug.image.metadata.tiff_directories import Tiff
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.turn import Turn
from styleplug.image.write import write_picture

STAYS = Turn(1, (128, 64), (128, 64))
EXTENSIONS = [".jpg", ".png", ".tif", ".webp", ".avif", ".heic", ".jxl"]
PIXELS = np.random.default_rng(0).random((64, 128, 3), np.float32)


def written(path: Path, metadata: Metadata, *, depth: int = 8) -> Picture:
    """A picture of a resolution, written and read again."""
    picture = Picture.from_any((PIXELS * (2**depth - 1)).astype(f"u{depth // 8}"))
    write_picture(picture.with_metadata(metadata), path)
    return read_picture(path)


@pytest.mark.parametrize("resolution", [(300, 300), (72, 72), (204, 98), (299.72, 299.72)])
@pytest.mark.parametrize("extension", EXTENSIONS)
def test_every_format_keeps_it(
    tmp_path: Path, extension: str, resolution: tuple[float, float]
) -> None:
    """299.72 pixels an inch are 118 a centimetre, which JPEG stores as that."""
    first = written(tmp_path / f"a{extension}", Metadata(resolution=resolution))
    again = written(tmp_path / f"b{extension}", first.origin.metadata)
    for picture in (first, again):
        assert picture.origin.metadata.resolution == pytest.approx(resolution)


@pytest.mark.parametrize("extension", [".png", ".tif"])
def test_pictures_of_16_bits_keep_it(tmp_path: Path, extension: str) -> None:
    picture = written(tmp_path / f"a{extension}", Metadata(resolution=(300, 300)), depth=16)
    assert picture.origin.depth == 16
    assert picture.origin.metadata.resolution == (300, 300)


@pytest.mark.parametrize("first", EXTENSIONS)
@pytest.mark.parametrize("second", [".jpg", ".png", ".webp"])
def test_it_survives_a_change_of_format(tmp_path: Path, first: str, second: str) -> None:
    picture = written(tmp_path / f"a{first}", Metadata(resolution=(300, 240)))
    assert written(tmp_path / f"b{second}", picture.origin.metadata).origin.metadata.resolution == (
        300,
        240,
    )


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_picture_without_one_gets_none(tmp_path: Path, extension: str) -> None:
    assert written(tmp_path / f"a{extension}", Metadata()).origin.metadata.resolution is None


@pytest.mark.parametrize("extension", [".jpg", ".png", ".tif", ".bmp"])
def test_other_programs_read_it_and_are_read(tmp_path: Path, extension: str) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / f"a{extension}", dpi=(300, 240))
    picture = read_picture(tmp_path / f"a{extension}")
    assert picture.origin.metadata.resolution == (300, 240)
    for name in ("b.jpg", "b.png", "b.tif"):
        write_picture(picture, tmp_path / name)
        with Image.open(tmp_path / name) as image:
            assert tuple(map(float, image.info["dpi"])) == pytest.approx((300, 240), abs=0.01)


def test_what_only_exif_says_gets_the_place_that_the_format_has(tmp_path: Path) -> None:
    exif = with_resolution(None, (300, 300))
    for name in ("a.png", "a.jpg"):
        written(tmp_path / name, Metadata(exif, resolution=(300, 300)))
        with Image.open(tmp_path / name) as image:
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)


def test_the_formats_own_place_counts_more_than_exif(tmp_path: Path) -> None:
    """Cameras write 72 into EXIF, whatever is set later."""
    exif = with_resolution(None, (72, 72))
    picture = written(tmp_path / "a.png", Metadata(exif, resolution=(300, 300)))
    assert picture.origin.metadata.resolution == (300, 300)
    found = written(tmp_path / "a.webp", picture.origin.metadata).origin.metadata
    assert in_exif(found.exif or b"") == (300, 300)


def test_a_turned_picture_has_it_the_other_way_round(
    tmp_path: Path, camera_exif: Callable[..., bytes]
) -> None:
    exif = with_resolution(camera_exif(), (204, 98))  # of the orientation 6
    with Image.new("RGB", (16, 8)) as image:
        image.save(tmp_path / "fax.jpg", exif=b"Exif\0\0" + exif, dpi=(204, 98))
    picture = read_picture(tmp_path / "fax.jpg")
    assert picture.size == (8, 16)
    for extension in EXTENSIONS:
        write_picture(picture, tmp_path / f"a{extension}")
        found = read_picture(tmp_path / f"a{extension}").origin.metadata
        assert found.resolution == (98, 204)
        assert in_exif(found.exif or b"") == (98, 204)


def test_it_follows_what_turned_the_picture(tmp_path: Path) -> None:
    """The container of a HEIF file, whatever EXIF says; and XMP, where EXIF says nothing."""
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    stored = np.zeros((64, 128, 3), np.uint8)
    exif = with_resolution(turned.tobytes().removeprefix(b"Exif\0\0"), (204, 98))
    file = heif.encoded(stored, None, exif=exif)
    (tmp_path / "a.heic").write_bytes(file.replace(exif, corrected(exif, STAYS, lambda _: None)))
    xmp = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    xmp += b' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF>'
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.decode())
    Image.fromarray(stored).save(tmp_path / "a.png", dpi=(204, 98), pnginfo=info)
    for name in ("a.heic", "a.png"):
        picture = read_picture(tmp_path / name)
        assert (picture.size, picture.origin.metadata.resolution) == ((64, 128), (98, 204))
        write_picture(picture, tmp_path / f"{name}.jpg")
        found = read_picture(tmp_path / f"{name}.jpg")
        assert (found.size, found.origin.metadata.resolution) == ((64, 128), (98, 204))


def test_nothing_moves_in_an_exif_block(camera_exif: Callable[..., bytes]) -> None:
    before = camera_exif(">")
    after = with_resolution(before, (300, 300))
    assert after[8 : len(before)] == before[8:]
    assert Tiff(after).next_directory(Tiff(after).first)  # the thumbnail's
    assert with_resolution(after, (300, 300)) == after


@pytest.mark.parametrize("sides", [(0, 300), (-1, 300), (300, 1e9), (float("nan"), 1)])
def test_numbers_that_cannot_be_meant(sides: tuple[float, float]) -> None:
    assert resolution_of(*sides) is None


def test_exiftool_finds_it(tmp_path: Path, exiftool: Callable[..., Any]) -> None:
    paths = [tmp_path / f"a{extension}" for extension in EXTENSIONS]
    for path in paths:
        written(path, Metadata(resolution=(300, 240)))
    names = ("-XResolution", "-YResolution", "-PixelsPerUnit*")
    for tags in exiftool("-json", "-n", *names, *paths):
        across = tags.get("XResolution") or round(tags["PixelsPerUnitX"] * 0.0254, 2)
        down = tags.get("YResolution") or round(tags["PixelsPerUnitY"] * 0.0254, 2)
        assert (across, down) == (300, 240), tags["SourceFile"]
