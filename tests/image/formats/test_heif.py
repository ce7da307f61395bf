"""HEIF files, written and read; and what is said where pillow-heif isn't installed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from styleplug.api import check_output
from styleplug.errors import (
    ImageTooLargeError,
    UnreadableImageError,
    UnsupportedImageError,
    UnwritableImageError,
)
from styleplug.image import samples
from styleplug.image.colour import adobe_profile
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture


@pytest.fixture
def pillow_heif():
    return pytest.importorskip("pillow_heif", reason="the extra heif isn't installed")


@pytest.fixture
def ramp() -> Picture:
    """Smooth, of 16 bits, with alpha."""
    y, x = np.mgrid[:32, :1024] / [[[32]], [[1024]]]
    layers = np.stack([x, 1 - x, (x + y) / 2, 0.5 + y / 2], axis=2)
    return Picture.from_any(np.rint(layers * 65535).astype(np.uint16))


def test_a_picture_survives_with_profile_alpha_and_10_bits(
    tmp_path: Path, pillow_heif, ramp: Picture, profiles: dict[str, bytes]
) -> None:
    image = Image.new("RGB", (8, 8))
    image.info["icc_profile"] = profiles["p3"]
    origin = Picture.from_any(image).origin
    path = tmp_path / "a.heic"
    write_picture(Picture(ramp.pixels, ramp.alpha, origin=replace(origin, depth=16)), path)
    read = read_picture(path)
    assert read.origin.profile == profiles["p3"]
    assert read.origin.depth == 16
    assert len(np.unique(np.rint(read.pixels[..., 0] * 1023))) > 600
    assert np.abs(read.pixels - ramp.pixels).mean() < 0.005
    assert read.alpha is not None
    np.testing.assert_allclose(read.alpha, ramp.alpha, atol=0.02)


def test_white_stays_white(tmp_path: Path, pillow_heif) -> None:
    for dtype, extension in ((np.uint8, ".hif"), (np.uint16, ".heif")):
        path = tmp_path / f"a{extension}"
        array = np.zeros((64, 64, 3), dtype)
        array[:32] = np.iinfo(dtype).max
        write_picture(Picture.from_any(array), path)
        np.testing.assert_allclose(read_picture(path).pixels[8, 8], 1, atol=0.001)


def test_grey_and_the_main_one_of_several(tmp_path: Path, pillow_heif) -> None:
    file = pillow_heif.from_pillow(Image.new("L", (64, 64), 51))
    file.add_from_pillow(Image.new("RGB", (32, 32), "red"))
    file.save(tmp_path / "a.heic", quality=-1)
    picture = read_picture(tmp_path / "a.heic")
    np.testing.assert_allclose(picture.pixels[5, 5], 0.2, atol=0.01)
    assert picture.size == (64, 64)
    assert picture.origin.warnings == ("holds several pictures; only the first is used",)


def test_a_turned_photograph_is_upright(tmp_path: Path, pillow_heif) -> None:
    exif = Image.Exif()
    exif[274] = 6
    image = Image.new("RGB", (64, 32), "red")
    image.paste("blue", (0, 0, 32, 32))
    pillow_heif.from_pillow(image).save(tmp_path / "a.heic", exif=exif.tobytes(), quality=-1)
    picture = read_picture(tmp_path / "a.heic")
    assert picture.size == (32, 64)
    np.testing.assert_allclose(picture.pixels[8, 8], [0, 0, 1], atol=0.02)


def test_a_camera_may_say_adobe_rgb(tmp_path: Path, pillow_heif) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R03"}
    file = pillow_heif.from_pillow(Image.new("RGB", (64, 64), (60, 200, 60)))
    file.save(tmp_path / "a.heic", exif=exif.tobytes(), quality=-1, chroma=444)
    picture = read_picture(tmp_path / "a.heic")
    np.testing.assert_allclose(picture.pixels[8, 8] * 255, [0, 201, 37], atol=2)
    assert picture.origin.profile == adobe_profile()


def test_colours_that_were_multiplied_by_alpha(tmp_path: Path, pillow_heif) -> None:
    data = np.full((64, 64, 4), [100, 50, 25, 128], np.uint8).tobytes()
    file = pillow_heif.from_bytes("RGBa", (64, 64), data)
    file.save(tmp_path / "a.heic", quality=-1, chroma=444)
    picture = read_picture(tmp_path / "a.heic")
    np.testing.assert_allclose(picture.pixels[8, 8] * 255, [199, 100, 50], atol=3)
    np.testing.assert_allclose(picture.alpha, 0.5, atol=0.01)


def test_its_reader_is_not_put_into_pillow(tmp_path: Path, pillow_heif) -> None:
    write_picture(Picture.from_any(np.zeros((64, 64, 3))), tmp_path / "a.heic")
    read_picture(tmp_path / "a.heic")
    assert "HEIF" not in Image.OPEN


@pytest.mark.parametrize("kept", [40, 0.5, 0.95])
def test_a_file_cut_short(tmp_path: Path, pillow_heif, ramp: Picture, kept: float) -> None:
    path = tmp_path / "a.heic"
    write_picture(ramp, path)
    data = path.read_bytes()
    path.write_bytes(data[: int(kept if kept > 1 else kept * len(data))])
    with pytest.raises(UnreadableImageError, match="damaged or incomplete"):
        read_picture(path)


def test_too_many_pixels(
    tmp_path: Path, pillow_heif, ramp: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_picture(ramp, tmp_path / "a.heic")
    monkeypatch.setattr(samples, "MAX_PIXELS", 1000)
    with pytest.raises(ImageTooLargeError, match="safe to open"):
        read_picture(tmp_path / "a.heic")


def test_without_pillow_heif_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    path = tmp_path / "a.heic"
    with pytest.raises(UnwritableImageError, match=r"a\.heic.*pip install 'styleplug\[heif\]'"):
        check_output(path, inputs=(), overwrite=False)
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    with pytest.raises(UnsupportedImageError, match=r"a\.heic.*pip install 'styleplug\[heif\]'"):
        read_picture(path)
