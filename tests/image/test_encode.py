"""What each format makes of a picture: transparency, compression, depth, limits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, JpegImagePlugin

from styleplug.errors import UnwritableImageError
from styleplug.image.formats import jxl
from styleplug.image.picture import FileInfo, Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture


@pytest.fixture
def noise() -> Picture:
    values = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    return Picture.from_any(values)


@pytest.fixture
def glass() -> Picture:
    """Red, with an alpha of 0.2."""
    return Picture.from_any(np.full((48, 64, 4), [255, 0, 0, 51], np.uint8))


@pytest.mark.parametrize(
    ("extension", "format"), [(".jpe", "JPEG"), (".jfif", "JPEG"), (".JPG", "JPEG")]
)
def test_a_format_by_all_its_names(
    tmp_path: Path, noise: Picture, extension: str, format: str
) -> None:
    write_picture(noise, tmp_path / f"a{extension}")
    with Image.open(tmp_path / f"a{extension}") as image:
        assert image.format == format


@pytest.mark.parametrize("extension", [".png", ".tif", ".webp", ".avif"])
def test_transparency_is_kept(tmp_path: Path, glass: Picture, extension: str) -> None:
    write_picture(glass, tmp_path / f"a{extension}")
    picture = read_picture(tmp_path / f"a{extension}")
    assert picture.alpha is not None
    np.testing.assert_allclose(picture.alpha, 0.2, atol=1e-6)
    np.testing.assert_allclose(picture.pixels[0, 0], [1, 0, 0], atol=0.02)


def test_a_jpeg_is_laid_on_white(tmp_path: Path, glass: Picture) -> None:
    write_picture(glass, tmp_path / "a.jpg")
    picture = read_picture(tmp_path / "a.jpg")
    assert picture.alpha is None
    np.testing.assert_allclose(picture.pixels[0, 0], [1, 0.8, 0.8], atol=0.01)


def test_a_jpeg_keeps_the_full_resolution_of_colour(tmp_path: Path, noise: Picture) -> None:
    write_picture(noise, tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as image:
        assert JpegImagePlugin.get_sampling(image) == 0


def test_a_tiff_is_compressed(tmp_path: Path, glass: Picture) -> None:
    write_picture(glass, tmp_path / "a.tif")
    with Image.open(tmp_path / "a.tif") as image:
        assert image.info["compression"] == "tiff_adobe_deflate"


@pytest.mark.parametrize("extension", [".jpg", ".webp"])
def test_a_picture_that_the_format_cannot_hold(tmp_path: Path, extension: str) -> None:
    picture = Picture(np.zeros((1, 65501, 3), np.float32))
    with pytest.raises(UnwritableImageError, match=r"the picture has 65501; use \.png or \.tif"):
        write_picture(picture, tmp_path / f"a{extension}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("extension", [".jpg", ".png", ".tif", ".webp", ".avif"])
def test_a_picture_without_a_profile_gets_none(
    tmp_path: Path, noise: Picture, extension: str
) -> None:
    write_picture(noise, tmp_path / f"a{extension}")
    with Image.open(tmp_path / f"a{extension}") as image:
        assert "icc_profile" not in image.info


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("profile", [None, "adobe"])
@pytest.mark.parametrize("extension", [".png", ".tif"])
def test_how_the_pixels_lie_in_memory_does_not_matter(
    tmp_path: Path, profiles: dict[str, bytes], extension: str, profile: str | None, depth: int
) -> None:
    origin = FileInfo(profiles[profile] if profile else None, depth)
    pixels = np.random.default_rng(0).random((3, 1, 64), np.float32).T.swapaxes(0, 1)
    write_picture(Picture(pixels, pixels[..., 0], origin=origin), tmp_path / f"a{extension}")
    read = read_picture(tmp_path / f"a{extension}")
    np.testing.assert_allclose(read.pixels, pixels, atol=0.05)
    np.testing.assert_allclose(read.alpha, pixels[..., 0], atol=0.01)


def test_a_profile_that_cannot_be_written_with_is_an_error(
    tmp_path: Path, noise: Picture, profiles: dict[str, bytes]
) -> None:
    picture = Picture(noise.pixels, origin=FileInfo(profiles["scanner"]))
    with pytest.raises(UnwritableImageError, match="can't be stored as PNG"):
        write_picture(picture, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


def test_what_is_written_in_srgb_says_so(tmp_path: Path) -> None:
    """JPEG XL is, whatever the camera was set to."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] = 65535
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R03"}
    Image.new("RGB", (16, 16), (60, 200, 60)).save(tmp_path / "a.jpg", exif=exif)
    write_picture(read_picture(tmp_path / "a.jpg"), tmp_path / "b.jxl")
    block = jxl.blocks_of((tmp_path / "b.jxl").read_bytes()).exif
    assert block is not None
    written = Image.Exif()
    written.load(block)
    assert written.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] == 1
    assert written.get_ifd(ExifTags.IFD.Interop)[1] == "R98"
