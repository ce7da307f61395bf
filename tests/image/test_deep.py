"""PNG and TIFF files of 16 bits, as other programs write them, and what other programs see."""

from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path
from shutil import which
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from styleplug.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture


def noise(channels: int, height: int = 5, width: int = 7) -> NDArray[np.uint16]:
    shape = (height, width, channels)[: 2 + (channels > 1)]
    return np.random.default_rng(0).integers(0, 65536, shape, np.uint16)


def colours_of(path: Path) -> NDArray[Any]:
    return np.rint(read_picture(path).pixels * 65535)


def alpha_of(path: Path) -> NDArray[Any]:
    alpha = read_picture(path).alpha
    assert alpha is not None
    return np.rint(alpha * 65535)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_png_of_every_kind(tmp_path: Path, channels: int) -> None:
    array, path = noise(channels), tmp_path / "a.png"
    path.write_bytes(imagecodecs.png_encode(array))
    layers = np.atleast_3d(array)
    np.testing.assert_array_equal(
        colours_of(path),
        np.broadcast_to(layers[..., :3] if channels > 2 else layers[..., :1], (5, 7, 3)),
    )
    assert read_picture(path).origin.depth == 16
    if channels in (2, 4):
        np.testing.assert_array_equal(alpha_of(path), layers[..., -1])


def test_a_png_with_one_transparent_colour(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(imagecodecs.png_encode(noise(3)))
    data = path.read_bytes()
    key = b"tRNS" + noise(3)[0, 0].astype(">u2").tobytes()
    chunk = struct.pack(">I", 6) + key + struct.pack(">I", zlib.crc32(key))
    path.write_bytes(data[:33] + chunk + data[33:])
    expected = np.full((5, 7), 65535)
    expected[0, 0] = 0
    np.testing.assert_array_equal(alpha_of(path), expected)


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
    assert origin.remarks == ("holds several pictures; only the first is used",)
    assert origin.profile == profiles["p3"]


@pytest.mark.parametrize("extension", [".png", ".tif"])
def test_alpha_keeps_its_depth(tmp_path: Path, extension: str) -> None:
    array, path = noise(4), tmp_path / f"a{extension}"
    write_picture(Picture.from_any(array), path)
    np.testing.assert_array_equal(colours_of(path), array[..., :3])
    np.testing.assert_array_equal(alpha_of(path), array[..., 3])


@pytest.mark.parametrize("extension", [".jpg", ".webp", ".avif"])
def test_formats_of_8_bits_take_pictures_of_16(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"a{extension}"
    write_picture(Picture.from_any(np.full((8, 8, 3), 25700, np.uint16)), path)
    np.testing.assert_allclose(read_picture(path).pixels * 255, 100, atol=2)
    assert read_picture(path).origin.depth == 8


@pytest.mark.skipif(which("identify") is None, reason="ImageMagick isn't installed")
@pytest.mark.parametrize("extension", [".png", ".tif"])
def test_imagemagick_sees_the_same(
    tmp_path: Path, profiles: dict[str, bytes], extension: str
) -> None:
    path = tmp_path / f"a{extension}"
    write_picture(Picture.from_any(noise(4)), path)
    raw = subprocess.run(
        ["convert", path, "-depth", "16", "-endian", "LSB", "rgba:-"],
        check=True,
        capture_output=True,
    ).stdout
    np.testing.assert_array_equal(np.frombuffer(raw, "<u2").reshape(5, 7, 4), noise(4))


@pytest.mark.parametrize("extension", [".png", ".tif"])
def test_a_file_cut_short(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"a{extension}"
    write_picture(Picture.from_any(noise(3, 100, 100)), path)
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(UnreadableImageError, match="damaged"):
        read_picture(path)


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
    with pytest.raises(ImageTooLargeError if dtype is np.uint16 else UnreadableImageError):
        read_picture(path)
