"""PNG and TIFF files of 16 bits, as other programs write them, and what other programs see."""

from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path
from shutil import which

import imagecodecs
import numpy as np
import pytest
from deep_samples import alpha_of, colours_of, noise

from styleplug.errors import UnreadableImageError
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture


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


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_jpeg_2000_of_16_bits(tmp_path: Path, channels: int) -> None:
    array, path = noise(channels, 64, 48), tmp_path / "a.jp2"
    array[:2] = 65535
    path.write_bytes(imagecodecs.jpeg2k_encode(array, reversible=True, level=0))
    layers = np.atleast_3d(array)
    np.testing.assert_array_equal(
        colours_of(path), np.broadcast_to(layers[..., : min(channels, 3)], (64, 48, 3))
    )
    assert read_picture(path).origin.depth == 16


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
