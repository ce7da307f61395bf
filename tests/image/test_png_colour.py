"""Colours of PNG files by their chunks sRGB, gAMA and cHRM, and which of them counts."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from styleplug.image.colour import adobe_profile
from styleplug.image.png_chunks import chunk, with_chunks
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture

SRGB = chunk(b"sRGB", b"\0")
P3_CORNERS = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
SRGB_CORNERS = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)


def gamma(value: int) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", value))


def corners(values: tuple[int, ...]) -> bytes:
    return chunk(b"cHRM", struct.pack(">8I", *values))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.png"


def save(path: Path, more: bytes, colour: tuple[int, int, int] | int = (200, 60, 60)) -> None:
    """A PNG file of one colour with further chunks."""
    mode = "L" if isinstance(colour, int) else "RGB"
    Image.new(mode, (8, 8), colour).save(path)
    path.write_bytes(with_chunks(path.read_bytes(), more))


@pytest.mark.parametrize(
    "more",
    [
        SRGB,
        gamma(45455),
        gamma(45455) + corners(SRGB_CORNERS),
        gamma(100_000) + SRGB + corners(P3_CORNERS),
        gamma(45000),
    ],
)
def test_what_means_srgb_is_srgb(path: Path, more: bytes) -> None:
    save(path, more)
    picture = read_picture(path)
    np.testing.assert_allclose(picture.pixels[0, 0] * 255, (200, 60, 60), atol=0.01)
    assert picture.origin.profile is None
    assert picture.origin.warnings == ()


@pytest.mark.parametrize("value", [250_000, 100_000, 55_556, 35_000])
def test_gamma_is_honoured(path: Path, value: int) -> None:
    light = (128 / 255) ** (100_000 / value)
    expected = (1.055 * light ** (1 / 2.4) - 0.055) * 255
    for colour in ((128, 128, 128), 128):
        save(path, gamma(value), colour)
        np.testing.assert_allclose(read_picture(path).pixels[0, 0] * 255, expected, atol=1)


def test_primaries_are_honoured_and_written(path: Path) -> None:
    save(path, gamma(45455) + corners(P3_CORNERS))
    picture = read_picture(path)
    np.testing.assert_allclose(picture.pixels[0, 0] * 255, (217, 42, 52), atol=1)
    write_picture(picture, path, overwrite=True)
    np.testing.assert_allclose(read_picture(path).pixels, picture.pixels, atol=0.003)
    with Image.open(path) as image:
        assert image.getpixel((0, 0)) == (200, 60, 60)
        assert image.info["icc_profile"]


@pytest.mark.parametrize(("value", "expected"), [(45455, 0.0030), (45471, 0.0008)])
def test_a_gamma_that_is_not_srgbs_counts_with_other_primaries(
    path: Path, value: int, expected: float
) -> None:
    """Adobe RGB's, which is darker near black than what is written for sRGB's curve."""
    save(path, gamma(value) + corners((*SRGB_CORNERS[:4], 21000, 71000, 15000, 6000)), (10, 10, 10))
    light = read_picture(path).pixels[0, 0] / 12.92
    np.testing.assert_allclose(light, expected, atol=0.0001)


def test_16_bits_have_a_gamma_too(path: Path) -> None:
    Image.fromarray(np.full((4, 4), 32896, np.uint16)).save(path)
    path.write_bytes(with_chunks(path.read_bytes(), gamma(100_000)))
    picture = read_picture(path)
    np.testing.assert_allclose(picture.pixels[0, 0] * 255, 188, atol=0.5)
    assert picture.origin.depth == 16


def test_a_profile_counts_more(path: Path, profiles: dict[str, bytes]) -> None:
    Image.new("RGB", (8, 8), (200, 60, 60)).save(path, icc_profile=profiles["adobe"])
    path.write_bytes(with_chunks(path.read_bytes(), gamma(100_000)))
    assert read_picture(path).origin.profile == profiles["adobe"]


def test_a_camera_knows_better_than_what_is_written_by_default(path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R03"}
    Image.new("RGB", (8, 8), (60, 200, 60)).save(path, exif=exif)
    path.write_bytes(with_chunks(path.read_bytes(), SRGB + gamma(45455)))
    assert read_picture(path).origin.profile == adobe_profile()


@pytest.mark.parametrize("more", [gamma(0), gamma(1), corners((31270, 0, *SRGB_CORNERS[2:]))])
def test_nonsense_is_ignored_and_told_of(path: Path, more: bytes) -> None:
    save(path, more)
    picture = read_picture(path)
    np.testing.assert_allclose(picture.pixels[0, 0] * 255, (200, 60, 60), atol=0.01)
    assert [warning for warning in picture.origin.warnings if "ignored" in warning]


@pytest.mark.parametrize(
    "more", [gamma(100_000)[:-1] + b"?", chunk(b"gAMA", b"\1"), chunk(b"cHRM", b"")]
)
def test_damaged_chunks_do_no_harm(path: Path, more: bytes) -> None:
    save(path, more)
    np.testing.assert_allclose(read_picture(path).pixels[0, 0] * 255, (200, 60, 60), atol=0.01)
