"""Colours by ICC profiles, into sRGB and back; Pillow's own, of 8 bits, is the witness."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from styleplug.image import png_chunks
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture

RGB = ("srgb", "p3", "adobe", "prophoto")
# By extension, how far colours may be off.
FORMATS = {".png": 0.6, ".tif": 0.6, ".jpg": 3, ".webp": 4, ".avif": 4}


def as_srgb(image: Image.Image, profile: bytes) -> NDArray[np.uint8]:
    converted = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted is not None
    return np.asarray(converted)


def patches(channels: int, low: int = 0, high: int = 256) -> NDArray[np.uint8]:
    """Flat squares, which survive lossy formats."""
    values = np.random.default_rng(0).integers(low, high, (4, 6, channels), np.uint8)
    return values.repeat(16, axis=0).repeat(16, axis=1)


@pytest.mark.parametrize(
    ("name", "mode"), [*((name, "RGB") for name in RGB), ("grey", "L"), ("cmyk", "CMYK")]
)
def test_colours_are_those_of_the_profile(profiles: dict[str, bytes], name: str, mode: str) -> None:
    values = patches(len(Image.new(mode, (1, 1)).getbands()))
    image = Image.fromarray(values.squeeze(), mode=mode)
    expected = as_srgb(image, profiles[name])
    image.info["icc_profile"] = profiles[name]
    np.testing.assert_allclose(Picture.from_any(image).pixels * 255, expected, atol=2)


def test_the_red_of_srgb_is_known_in_display_p3(profiles: dict[str, bytes]) -> None:
    image = Image.new("RGB", (2, 2), (234, 51, 35))
    image.info["icc_profile"] = profiles["p3"]
    np.testing.assert_allclose(Picture.from_any(image).pixels[0, 0], [1, 0, 0], atol=0.01)


def test_colours_outside_of_srgb_are_clipped(profiles: dict[str, bytes]) -> None:
    image = Image.new("RGB", (2, 2), (0, 255, 0))
    image.info["icc_profile"] = profiles["prophoto"]
    np.testing.assert_array_equal(Picture.from_any(image).pixels[0, 0], [0, 1, 0])


@pytest.mark.parametrize("name", RGB)
@pytest.mark.parametrize("extension", FORMATS)
def test_a_picture_is_written_in_the_profile_that_it_came_with(
    tmp_path: Path, profiles: dict[str, bytes], name: str, extension: str
) -> None:
    Image.fromarray(patches(3)).save(tmp_path / "photo.png", icc_profile=profiles[name])
    photograph = read_picture(tmp_path / "photo.png")
    painted = photograph.pixels[::-1].copy()
    write_picture(replace(photograph, pixels=painted), tmp_path / f"out{extension}")
    with Image.open(tmp_path / f"out{extension}") as image:
        assert image.info["icc_profile"] == profiles[name]
        seen = as_srgb(image.convert("RGB"), profiles[name])
    read = read_picture(tmp_path / f"out{extension}").pixels * 255
    # The median, since lossy formats blur where squares meet.
    assert np.median(np.abs(seen - painted * 255)) <= FORMATS[extension]
    assert np.median(np.abs(read - painted * 255)) <= FORMATS[extension]


@pytest.mark.parametrize("name", RGB)
@pytest.mark.parametrize("extension", [".png", ".tif"])
def test_a_gradient_of_16_bits_keeps_its_levels(
    tmp_path: Path, profiles: dict[str, bytes], name: str, extension: str
) -> None:
    ramp = np.linspace(0, 1, 4096, dtype=np.float32)[np.newaxis, :, np.newaxis].repeat(3, axis=2)
    array = np.rint(ramp * 65535).astype(np.uint16)
    first = Picture.from_any(array)
    assert first.origin.depth == 16
    write_picture(first, tmp_path / f"a{extension}")
    photograph = read_picture(tmp_path / f"a{extension}")
    np.testing.assert_array_equal(np.rint(photograph.pixels * 65535), array)
    # Now through the profile, and back.
    origin = replace(photograph.origin, profile=profiles[name])
    deep = Picture(photograph.pixels, origin=origin)
    write_picture(deep, tmp_path / f"b{extension}")
    again = read_picture(tmp_path / f"b{extension}")
    assert again.origin == deep.origin
    assert len(np.unique(again.pixels[..., 1])) > 4000
    # A quarter of an 8-bit level, and only in the darkest: there sRGB is finer than other curves.
    np.testing.assert_allclose(again.pixels, ramp, atol=1e-3)
    np.testing.assert_allclose(again.pixels[:, 256:], ramp[:, 256:], atol=2.5e-4)


def test_a_camera_may_say_adobe_rgb_in_its_exif_data(
    tmp_path: Path, profiles: dict[str, bytes]
) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] = 65535
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R03"}
    image = Image.new("RGB", (16, 16), (200, 100, 50))
    image.save(tmp_path / "camera.jpg", exif=exif)
    picture = read_picture(tmp_path / "camera.jpg")
    np.testing.assert_allclose(
        picture.pixels[8, 8] * 255, as_srgb(image, profiles["adobe"])[0, 0], atol=3
    )
    write_picture(picture, tmp_path / "out.jpg")
    with Image.open(tmp_path / "out.jpg") as written:
        seen = as_srgb(written, written.info["icc_profile"])
    np.testing.assert_allclose(seen[8, 8], as_srgb(image, profiles["adobe"])[0, 0], atol=3)


def test_grey_becomes_srgb(tmp_path: Path, profiles: dict[str, bytes]) -> None:
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    Image.fromarray(values).save(tmp_path / "grey.png", icc_profile=profiles["grey"])
    picture = read_picture(tmp_path / "grey.png")
    assert np.ptp(picture.pixels, axis=2).max() < 1e-4
    assert picture.origin.warnings == ()
    write_picture(picture, tmp_path / "out.png")
    with Image.open(tmp_path / "out.png") as image:
        assert b"RGB " in image.info["icc_profile"][:20]
    np.testing.assert_allclose(
        read_picture(tmp_path / "out.png").pixels, picture.pixels, atol=0.003
    )


def test_grey_may_have_a_profile_of_rgb(profiles: dict[str, bytes]) -> None:
    image = Image.new("L", (2, 2), 100)
    image.info["icc_profile"] = profiles["prophoto"]
    expected = as_srgb(image.convert("RGB"), profiles["prophoto"])
    picture = Picture.from_any(image)
    np.testing.assert_allclose(picture.pixels * 255, expected, atol=1)
    assert picture.origin.profile == profiles["prophoto"]


@pytest.mark.parametrize("profile", ["cmyk", None])
def test_cmyk_is_written_as_rgb_and_said_so(
    tmp_path: Path, profiles: dict[str, bytes], profile: str | None
) -> None:
    icc = profiles[profile] if profile else None
    Image.new("CMYK", (16, 16), (255, 0, 0, 0)).save(tmp_path / "print.jpg", icc_profile=icc)
    picture = read_picture(tmp_path / "print.jpg")
    expected = [0, 0.63, 0.9] if profile else [0, 1, 1]
    np.testing.assert_allclose(picture.pixels[8, 8], expected, atol=0.06)
    (warning,) = picture.origin.warnings
    assert warning.startswith("is in CMYK")
    assert warning.endswith("; it is written as RGB")
    assert ("a guess" in warning) == (profile is None)
    write_picture(picture, tmp_path / "out.jpg")
    with Image.open(tmp_path / "out.jpg") as image:
        assert image.mode == "RGB"
        assert image.info["icc_profile"]


def test_a_profile_that_only_leads_out_gives_way_to_srgb(
    tmp_path: Path, profiles: dict[str, bytes]
) -> None:
    image = Image.fromarray(patches(3))
    image.save(tmp_path / "scan.png", icc_profile=profiles["scanner"])
    picture = read_picture(tmp_path / "scan.png")
    expected = as_srgb(image, profiles["scanner"])
    np.testing.assert_allclose(picture.pixels * 255, expected, atol=3)
    assert "sRGB is written instead" in picture.origin.warnings[0]
    write_picture(picture, tmp_path / "out.png")
    np.testing.assert_allclose(
        read_picture(tmp_path / "out.png").pixels, picture.pixels, atol=0.003
    )


@pytest.mark.parametrize(("dtype", "kept"), [(np.uint8, False), (np.uint16, True)])
def test_linear_light_is_written_with_16_bits_only(
    tmp_path: Path, profiles: dict[str, bytes], dtype: type, kept: bool
) -> None:
    values = np.full((4, 4, 3), np.iinfo(dtype).max // 5, dtype)
    data = png_chunks.with_profile(imagecodecs.png_encode(values), profiles["linear"])
    (tmp_path / "a.png").write_bytes(data)
    picture = read_picture(tmp_path / "a.png")
    np.testing.assert_allclose(picture.pixels, 0.484, atol=0.002)
    assert (picture.origin.profile == profiles["linear"]) is kept
    assert bool(picture.origin.warnings) is not kept


@pytest.mark.parametrize("extension", [".jpg", ".png", ".tif", ".webp", ".avif"])
@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda profile: b"no profile at all", "is damaged"),
        (lambda profile: profile[:200], "is damaged"),
        (lambda profile: profile[:128] + bytes(len(profile) - 128), "is damaged"),
        (lambda profile: profile[:16] + b"CMYK" + profile[20:], "isn't for RGB"),
    ],
)
def test_a_damaged_profile_is_left_out_and_said_so(
    tmp_path: Path, profiles: dict[str, bytes], extension: str, damage, problem: str
) -> None:
    path = tmp_path / f"photo{extension}"
    Image.new("RGB", (16, 16), (200, 100, 50)).save(path, icc_profile=damage(profiles["p3"]))
    picture = read_picture(path)
    np.testing.assert_allclose(picture.pixels[8, 8] * 255, [200, 100, 50], atol=4)
    assert picture.origin.profile is None
    assert [warning for warning in picture.origin.warnings if problem in warning]
