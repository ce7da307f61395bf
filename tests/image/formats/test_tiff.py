"""TIFF files of every kind, as other programs write them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from deep_samples import alpha_of, colours_of, noise
from dng import LONG, SHORT, tiff
from numpy.typing import NDArray
from PIL import ExifTags, Image

from styleplug.errors import ImageTooLargeError, UnsupportedImageError
from styleplug.image.colour import adobe_profile
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.tiff_blocks import embedded
from styleplug.image.read import read_picture


@pytest.mark.parametrize("compression", ["lzw", "deflate", "zstd"])
@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("tile", [None, (16, 16)])
def test_a_tiff_of_every_kind(
    tmp_path: Path, compression: str, byteorder: str, tile: tuple[int, int] | None
) -> None:
    array, path = noise(3, 40, 50), tmp_path / "a.tif"
    options = {"compression": compression, "byteorder": byteorder, "tile": tile}
    data = imagecodecs.tiff_encode(array, photometric="rgb", predictor=True, **options)
    path.write_bytes(data)
    np.testing.assert_array_equal(colours_of(path), array)


def test_a_tiff_in_planes(tmp_path: Path) -> None:
    array, path = noise(3), tmp_path / "a.tif"
    planes = np.ascontiguousarray(np.moveaxis(array, 2, 0))
    path.write_bytes(imagecodecs.tiff_encode(planes, photometric="rgb", planarconfig="separate"))
    np.testing.assert_array_equal(colours_of(path), array)


def test_a_tiff_whose_zero_is_white(tmp_path: Path) -> None:
    array, path = noise(1), tmp_path / "a.tif"
    path.write_bytes(imagecodecs.tiff_encode(array, photometric="miniswhite"))
    np.testing.assert_array_equal(colours_of(path)[..., 0], 65535 - array.astype(int))


def test_a_tiff_with_a_fourth_channel_that_is_no_alpha(tmp_path: Path) -> None:
    array, path = noise(4), tmp_path / "a.tif"
    path.write_bytes(imagecodecs.tiff_encode(array, photometric="rgb", extrasample="unspecified"))
    np.testing.assert_array_equal(colours_of(path), array[..., :3])
    assert read_picture(path).alpha is None


def test_a_tiff_whose_colours_were_multiplied_by_alpha(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    array = np.full((5, 7, 4), [10000, 20000, 30000, 40000], np.uint16)
    array[0, 0] = 0
    path.write_bytes(imagecodecs.tiff_encode(array, photometric="rgb", extrasample="assocalpha"))
    np.testing.assert_array_equal(colours_of(path)[1, 1], [16384, 32768, 49151])
    np.testing.assert_array_equal(colours_of(path)[0, 0], 0)
    np.testing.assert_array_equal(alpha_of(path), array[..., 3])


def test_a_turned_tiff_is_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(noise(1)).save(tmp_path / "a.tif", exif=exif)
    np.testing.assert_array_equal(colours_of(tmp_path / "a.tif")[..., 0], np.rot90(noise(1), -1))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_tiff_of_floats_becomes_one_of_16_bits(
    tmp_path: Path, dtype: type, channels: int, profiles: dict[str, bytes]
) -> None:
    array, path = (noise(channels) / 65535).astype(dtype), tmp_path / "a.tif"
    photometric = "rgb" if channels == 3 else "minisblack"
    path.write_bytes(imagecodecs.tiff_encode(array, photometric=photometric))
    picture = read_picture(path)
    expected = np.broadcast_to(np.atleast_3d(array), (5, 7, 3))
    np.testing.assert_allclose(picture.pixels, expected, atol=1e-5)
    assert picture.origin.depth == 16


def test_a_tiff_of_floats_outside_of_the_usual_range(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(imagecodecs.tiff_encode(np.full((4, 4, 3), 5, np.float32), photometric="rgb"))
    with pytest.raises(UnsupportedImageError, match=r"a\.tif: has floats from 5 to 5"):
        read_picture(path)


def test_a_grey_tiff_with_alpha(tmp_path: Path) -> None:
    array, path = noise(2), tmp_path / "a.tif"
    options = {"photometric": "minisblack", "planarconfig": "contig", "extrasample": "unassalpha"}
    path.write_bytes(imagecodecs.tiff_encode(array, **options))
    np.testing.assert_array_equal(colours_of(path)[..., 1], array[..., 0])
    np.testing.assert_array_equal(alpha_of(path), array[..., 1])


def test_a_tiff_of_several_pages_has_a_profile_and_says_so(
    tmp_path: Path, profiles: dict[str, bytes]
) -> None:
    path = tmp_path / "a.tif"
    first = imagecodecs.tiff_encode(noise(3), photometric="rgb", iccprofile=profiles["p3"])
    path.write_bytes(imagecodecs.tiff_encode(noise(3), photometric="rgb", appendto=first))
    origin = read_picture(path).origin
    assert origin.warnings == ("holds several pictures; only the first is used",)
    assert origin.profile == profiles["p3"]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_tiles_that_would_take_too_much_memory(tmp_path: Path, dtype: type) -> None:
    path = tmp_path / "a.tif"
    array = noise(3, 40, 50).astype(dtype)
    path.write_bytes(
        imagecodecs.tiff_encode(array, photometric="rgb", tile=(16, 16), compression="deflate")
    )
    data = bytearray(path.read_bytes())
    for tag in (322, 323):  # the sides of a tile
        for size in (3, 4):
            entry = data.find(struct.pack("<HHI", tag, size, 1))
            if entry >= 0:
                data[entry : entry + 12] = struct.pack("<HHII", tag, 4, 1, 1 << 20)
    path.write_bytes(data)
    with pytest.raises(ImageTooLargeError, match="tiles far larger than the picture"):
        read_picture(path)


def scaled(array: NDArray[Any], bits: int) -> NDArray[Any]:
    return array / (2**bits - 1)


def as_rgb(cmyk: NDArray[Any]) -> NDArray[Any]:
    """The plain complement of CMYK in 0..1."""
    return (1 - cmyk[..., :3]) * (1 - cmyk[..., 3:])


@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(("photometric", "channels"), [("rgb", 3), ("separated", 4)])
def test_a_tiff_of_every_order(
    tmp_path: Path,
    photometric: str,
    channels: int,
    dtype: type,
    planar: str,
    byteorder: str,
    bigtiff: bool,
) -> None:
    array, path = (noise(channels) >> 16 - 8 * np.dtype(dtype).itemsize).astype(dtype), "a.tif"
    layers = array.copy() if planar == "contig" else np.moveaxis(array, 2, 0).copy()
    (tmp_path / path).write_bytes(
        imagecodecs.tiff_encode(
            layers,
            photometric=photometric,
            planarconfig=planar,
            byteorder=byteorder,
            bigtiff=bigtiff,
        )
    )
    values = array / np.iinfo(dtype).max
    expected = values if channels == 3 else as_rgb(values)
    np.testing.assert_allclose(read_picture(tmp_path / path).pixels, expected, atol=1e-6)


def test_a_tiff_in_cmyk_with_alpha(tmp_path: Path) -> None:
    array, path = noise(5), tmp_path / "a.tif"
    options = {"photometric": "separated", "planarconfig": "contig", "extrasample": "unassalpha"}
    path.write_bytes(imagecodecs.tiff_encode(array, **options))
    np.testing.assert_array_equal(alpha_of(path), array[..., 4])
    expected = as_rgb(array[..., :4] / 65535)
    np.testing.assert_allclose(read_picture(path).pixels, expected, atol=1e-6)


def packed(values: NDArray[Any], bits: int) -> bytes:
    """Rows of samples of so many bits, each padded to a byte."""
    digits = values[..., np.newaxis] >> np.arange(bits)[::-1] & 1
    return np.packbits(digits.reshape(len(values), -1), axis=1).tobytes()


def plain_tiff(values: NDArray[Any], bits: int, **tags: tuple[int, list[int]]) -> bytes:
    """An uncompressed TIFF file of (H, W, C) samples, with further tags, `t` and their numbers."""
    height, width, channels = values.shape
    pixels = packed(values.reshape(height, -1), bits) if bits < 16 else values.tobytes()
    return tiff(
        {
            256: (SHORT, [width]),
            257: (SHORT, [height]),
            258: (SHORT, [bits] * channels),
            259: (SHORT, [1]),
            262: (SHORT, [1 if channels == 1 else 2]),
            273: (LONG, [0]),
            277: (SHORT, [channels]),
            278: (SHORT, [height]),
            279: (LONG, [len(pixels)]),
            **{int(name[1:]): value for name, value in tags.items()},
        },
        pixels,
    )


@pytest.mark.parametrize("bits", [1, 2, 4, 6, 8, 10, 12, 14])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_a_tiff_of_every_depth(
    tmp_path: Path, bits: int, channels: int, white_is_zero: bool
) -> None:
    if white_is_zero and channels == 3:
        return
    values, path = np.atleast_3d(noise(channels)) >> 16 - bits, tmp_path / "a.tif"
    tags = {"t262": (SHORT, [0])} if white_is_zero else {}
    path.write_bytes(plain_tiff(values, bits, **tags))
    expected = np.broadcast_to(scaled(values, bits), (5, 7, 3))
    expected = 1 - expected if white_is_zero else expected
    depth = 8 if bits <= 8 else 16
    picture = read_picture(path)
    assert picture.origin.depth == depth
    np.testing.assert_allclose(picture.pixels, expected, atol=0.51 / (2**depth - 1))


@pytest.mark.parametrize("most", [255, 65280, 65535])
def test_a_tiff_with_a_palette_of_any_scale(tmp_path: Path, most: int) -> None:
    values, path = np.arange(35, dtype=np.uint8).reshape(5, 7, 1), tmp_path / "a.tif"
    levels = np.random.default_rng(0).integers(0, 256, (256, 3))
    levels[0] = 255
    tags = {
        "t262": (SHORT, [3]),
        "t320": (SHORT, (levels * (most // 255)).T.ravel().tolist()),
    }
    path.write_bytes(plain_tiff(values, 8, **tags))
    expected = levels[values[..., 0]] / 255
    np.testing.assert_allclose(read_picture(path).pixels, expected, atol=1e-6)


LAB = [(54.29, 80.80, 69.89), (87.82, -79.27, 80.99), (29.57, 68.29, -112.03), (50, 0, 0)]
"""L*a*b* of sRGB's red, green, blue and a grey, under D50 (Lindbloom)."""


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("photometric", [8, 9])
def test_a_tiff_in_lab(tmp_path: Path, bits: int, photometric: int) -> None:
    lab, path = np.array([LAB]), tmp_path / "a.tif"
    middle = 0 if photometric == 8 else 128
    white = 255 if bits == 8 else 65535 if photometric == 8 else 65280
    values = np.dstack([lab[..., :1] / 100 * white, (lab[..., 1:] + middle) * 2 ** (bits - 8)])
    whole = np.rint(values).astype(np.int64).astype(np.uint8 if bits == 8 else np.uint16)
    path.write_bytes(plain_tiff(whole, bits, t262=(SHORT, [photometric])))
    picture = read_picture(path)
    assert picture.origin.warnings == ("is in L*a*b*; it is written as RGB",)
    expected = [[[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.466] * 3]]
    np.testing.assert_allclose(picture.pixels, expected, atol=0.05 if bits == 8 else 0.005)


def test_the_photograph_is_used_where_the_first_page_is_its_thumbnail(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    for dtype in (np.uint8, np.uint16):
        photograph = (noise(3) >> 16 - 8 * np.dtype(dtype).itemsize).astype(dtype)
        small = np.zeros((3, 4, 3), dtype)
        first = imagecodecs.tiff_encode(small, photometric="rgb", subfiletype=1)
        path.write_bytes(imagecodecs.tiff_encode(photograph, photometric="rgb", appendto=first))
        picture = read_picture(path)
        expected = photograph / np.iinfo(dtype).max
        np.testing.assert_allclose(picture.pixels, expected, atol=1e-6)
        assert picture.origin.warnings == ()


def test_a_thumbnail_in_jpeg_is_left_aside_too(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    red, blue = (Image.new("RGB", (16, 16), colour) for colour in ("red", "blue"))
    exif = Image.Exif()
    exif[254] = 1
    red.save(path, compression="jpeg", exif=exif)
    data = path.read_bytes()
    blue.save(path, compression="jpeg", save_all=True, append_images=[blue])
    assert read_picture(path).origin.warnings == ("holds several pictures; only the first is used",)
    path.write_bytes(data)
    np.testing.assert_allclose(read_picture(path).pixels[8, 8], [1, 0, 0], atol=0.02)


def test_adobe_rgb_may_be_said_in_exif_data(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R03"}
    block = exif.tobytes().removeprefix(b"Exif\0\0")
    for dtype, factor in ((np.uint8, 1), (np.uint16, 257)):
        colours = np.full((8, 8, 3), [60 * factor, 200 * factor, 60 * factor], dtype)
        plain = imagecodecs.tiff_encode(colours, photometric="rgb")
        path.write_bytes(embedded(plain, Metadata(exif=block)))
        picture = read_picture(path)
        assert picture.origin.profile == adobe_profile()
        np.testing.assert_allclose(picture.pixels[4, 4] * 255, [0, 201, 37], atol=1)


@pytest.mark.parametrize(
    "tags",
    [
        {"t262": (SHORT, [32844])},
        {"t259": (SHORT, [34676])},
        {"t339": (SHORT, [2] * 3)},
        {"t262": (SHORT, [5]), "t332": (SHORT, [2])},
    ],
    ids=["CIE Log", "SGI Log", "signed", "other inks"],
)
def test_a_kind_that_is_not_read_is_not_called_damaged(
    tmp_path: Path, tags: dict[str, tuple[int, list[int]]]
) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(plain_tiff(noise(3), 16, **tags))
    with pytest.raises(UnsupportedImageError, match="of a kind that isn't read; save it as RGB"):
        read_picture(path)


@pytest.mark.parametrize("bits", [8, 16])
def test_many_channels_of_a_large_picture(tmp_path: Path, bits: int) -> None:
    path = tmp_path / "a.tif"
    sides = {"t256": (LONG, [11500]), "t257": (LONG, [11500])}
    data = plain_tiff(np.zeros((1, 1, 16), np.uint16), bits, t259=(SHORT, [5]), **sides)
    path.write_bytes(data)
    with pytest.raises(ImageTooLargeError, match=rf"takes {2 * bits} bytes a pixel"):
        read_picture(path)
