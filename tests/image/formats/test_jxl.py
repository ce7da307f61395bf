"""JPEG XL files of libjxl's own encoder, in all its ways to say which colours they have."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import ExifTags, Image

from styleplug.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from styleplug.image import samples
from styleplug.image.decode import read_metadata
from styleplug.image.formats import jxl
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.samples import upright
from styleplug.image.write import write_picture

EXIF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
PACKET = b"<x/>"


@pytest.fixture
def pillow_jxl():
    return pytest.importorskip("pillow_jxl", reason="the extra jxl isn't installed")


@pytest.fixture
def cjxl():
    path = shutil.which("cjxl")
    if path is None:
        pytest.skip("libjxl's tools aren't installed")

    def encode(source: Path, *options: str) -> Path:
        target = source.with_suffix(".jxl")
        subprocess.run([path, source, target, *options], check=True, capture_output=True)
        return target

    return encode


def ramp(channels: int = 3) -> NDArray[np.uint8]:
    """Smooth colours, 48 by 64."""
    y, x = np.mgrid[:48, :64] / [[[48]], [[64]]]
    layers = np.stack([x, y, 1 - x, 0.5 + y / 2], axis=2)[..., :channels]
    return np.rint(layers * 255).astype(np.uint8)


@pytest.mark.parametrize("channels", [3, 4])
def test_what_is_written_is_read(tmp_path: Path, pillow_jxl, channels: int) -> None:
    picture = Picture.from_any(ramp(channels))
    write_picture(picture, tmp_path / "a.jxl")
    read = read_picture(tmp_path / "a.jxl")
    assert np.abs(read.pixels - picture.pixels).mean() < 0.01
    assert (read.alpha is None) == (channels == 3)
    if channels == 4:
        np.testing.assert_allclose(read.alpha, picture.alpha, atol=0.005)


@pytest.mark.parametrize("orientation", [1, 5, 8])
def test_files_turn_by_themselves(tmp_path: Path, pillow_jxl, cjxl, orientation: int) -> None:
    """By their header; cjxl resets what EXIF says."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    Image.fromarray(ramp()).save(tmp_path / "a.png", exif=exif)
    picture = read_picture(cjxl(tmp_path / "a.png"))
    assert np.abs(picture.pixels * 255 - upright(ramp(), orientation)).mean() < 3
    assert picture.turn.orientation == orientation


def test_a_picture_in_another_profile_is_written_in_srgb(
    tmp_path: Path, pillow_jxl, profiles: dict[str, bytes]
) -> None:
    image = Image.fromarray(ramp())
    image.info["icc_profile"] = profiles["adobe"]
    picture = Picture.from_any(image)
    write_picture(picture, tmp_path / "a.jxl")
    assert np.abs(read_picture(tmp_path / "a.jxl").pixels - picture.pixels).mean() < 0.01


@pytest.mark.parametrize("distance", ["0", "1"])
@pytest.mark.parametrize("name", ["srgb", "p3", "adobe", "prophoto"])
def test_colours_are_those_that_the_file_means(
    tmp_path: Path, pillow_jxl, cjxl, profiles: dict[str, bytes], name: str, distance: str
) -> None:
    Image.fromarray(ramp()).save(tmp_path / "a.png", icc_profile=profiles[name])
    expected = read_picture(tmp_path / "a.png").pixels
    read = read_picture(cjxl(tmp_path / "a.png", "-d", distance))
    assert np.abs(read.pixels - expected).mean() < (0.004 if distance == "0" else 0.02)


def test_the_jpeg_file_that_is_packed_in_one_is_read(tmp_path: Path, pillow_jxl, cjxl) -> None:
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(ramp()).save(tmp_path / "a.jpg", exif=exif)
    read = read_picture(cjxl(tmp_path / "a.jpg"))
    np.testing.assert_array_equal(read.pixels, read_picture(tmp_path / "a.jpg").pixels)
    assert read.size == (48, 64)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey(tmp_path: Path, pillow_jxl, channels: int, dtype: type) -> None:
    values = ramp().astype(dtype)[..., :channels].squeeze()
    (tmp_path / "a.jxl").write_bytes(imagecodecs.jpegxl_encode(values, lossless=True))
    read = read_picture(tmp_path / "a.jxl")
    assert read.size == (64, 48)
    assert np.ptp(read.pixels, axis=2).max() < 1e-3
    assert (read.alpha is None) == (channels == 1)


def premultiplied(values: NDArray[np.uint8]) -> bytes:
    """A file of (48, 64, 4) samples that says that their colours are multiplied by alpha.

    No encoder at hand writes one: what the header leaves out as usual is spelled out instead, in so
    many bits that the rest moves by whole bytes.
    """
    data = imagecodecs.jpegxl_encode(values, lossless=True, usecontainer=False)
    bits = "".join(f"{byte:08b}"[::-1] for byte in data[2:])
    start = 9 + 5  # behind the size and the depth
    assert bits[start : start + 4] == "1101", "16 bits do, one channel more, and that is alpha"
    kept, rest = bits[: start + 1], bits[start + 4 :]
    channels = "11" + f"{0:012b}"  # 1 and no more
    alpha = "0" + "00" + "0" + "11" + f"{7:06b}"[::-1] + "00" + "10" + "0000" + "1"
    bits = kept + channels + alpha + rest
    packed = [int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8)]
    return data[:2] + bytes(packed)


def test_colours_that_were_multiplied_by_alpha(tmp_path: Path, pillow_jxl) -> None:
    straight = ramp(4)
    values = straight.copy()
    values[..., :3] = np.rint(straight[..., :3] * (straight[..., 3:] / 255))
    (tmp_path / "a.jxl").write_bytes(premultiplied(values))
    assert jxl.size((tmp_path / "a.jxl").read_bytes()) == (64, 48)
    read = read_picture(tmp_path / "a.jxl")
    np.testing.assert_allclose(read.alpha, straight[..., 3] / 255, atol=1e-6)
    np.testing.assert_allclose(read.pixels, straight[..., :3] / 255, atol=1.1 / 255)
    (tmp_path / "b.jxl").write_bytes(imagecodecs.jpegxl_encode(values, lossless=True))
    read = read_picture(tmp_path / "b.jxl")
    np.testing.assert_allclose(read.pixels, values[..., :3] / 255, atol=1e-6)


sides = st.one_of(st.integers(1, 300), st.integers(1, 32).map(lambda side: 8 * side))


@given(width=sides, height=sides, container=st.booleans(), times=st.sampled_from([0, 1, 2]))
def test_the_size_is_known_before_decoding(
    width: int, height: int, container: bool, times: int
) -> None:
    width = width if times == 0 else times * height
    data = imagecodecs.jpegxl_encode(np.zeros((height, width), np.uint8), usecontainer=container)
    assert jxl.size(data) == (width, height)


@pytest.mark.parametrize(("width", "height"), [(16, 9), (4, 3), (3, 2), (5, 4), (12, 10)])
def test_the_size_of_usual_shapes(width: int, height: int) -> None:
    data = imagecodecs.jpegxl_encode(np.zeros((20 * height, 20 * width), np.uint8))
    assert jxl.size(data) == (20 * width, 20 * height)


@pytest.mark.parametrize("kept", [1, 5, 12, 30, 60, 200])
def test_a_file_cut_short(tmp_path: Path, pillow_jxl, kept: int) -> None:
    path = tmp_path / "a.jxl"
    write_picture(Picture.from_any(ramp()), path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UnreadableImageError):
        read_picture(path)


def test_many_further_channels_of_a_large_picture(
    tmp_path: Path, pillow_jxl, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = imagecodecs.jpegxl_encode(ramp(4), lossless=True)
    assert jxl.channels(data) == (1, False)
    assert jxl.channels(premultiplied(ramp(4))) == (1, True)
    assert jxl.channels(imagecodecs.jpegxl_encode(ramp())) == (0, False)
    monkeypatch.setattr(jxl, "channels", lambda data: (3000, False))
    (tmp_path / "a.jxl").write_bytes(data)
    monkeypatch.setattr(samples, "MAX_PIXELS", 48 * 64)
    with pytest.raises(ImageTooLargeError, match="takes 12000 bytes a pixel"):
        read_picture(tmp_path / "a.jxl")


def test_too_many_pixels(tmp_path: Path, pillow_jxl, monkeypatch: pytest.MonkeyPatch) -> None:
    write_picture(Picture.from_any(ramp()), tmp_path / "a.jxl")
    monkeypatch.setattr(samples, "MAX_PIXELS", 1000)
    with pytest.raises(ImageTooLargeError, match="safe to open"):
        read_picture(tmp_path / "a.jxl")


def test_without_its_decoder_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_jxl", None)
    write_picture(Picture.from_any(ramp()), tmp_path / "a.jxl")
    with pytest.raises(UnsupportedImageError, match=r"a\.jxl.*pip install 'styleplug\[jxl\]'"):
        read_picture(tmp_path / "a.jxl")


# Metadata


def box(kind: bytes, content: bytes, length: int | None = None) -> bytes:
    return struct.pack(">I", len(content) + 8 if length is None else length) + kind + content


@pytest.fixture(scope="module")
def file() -> bytes:
    return bytes(imagecodecs.jpegxl_encode(np.zeros((8, 8, 3), np.uint8), usecontainer=True))


def test_what_is_written_is_found(file: bytes) -> None:
    written = jxl.embedded(file, Metadata(EXIF, PACKET))
    assert jxl.blocks_of(written) == Metadata(EXIF, PACKET)
    assert not imagecodecs.jpegxl_decode(written).any()


@pytest.mark.parametrize(
    "boxes",
    [
        box(b"Exif", bytes(4) + EXIF) + box(b"xml ", PACKET),
        box(b"xml ", PACKET) + box(b"Exif", b"\0\0\0\6Exif\0\0" + EXIF),
        box(b"brob", b"xml " + imagecodecs.brotli_encode(PACKET))
        + box(b"brob", b"Exif" + imagecodecs.brotli_encode(bytes(4) + EXIF)),
        box(b"xml ", struct.pack(">Q", 16 + len(PACKET)) + PACKET, length=1)
        + box(b"Exif", bytes(4) + EXIF, length=0),
    ],
    ids=["plain", "with a beginning of JPEG's", "compressed", "other lengths"],
)
def test_boxes_of_other_programs(file: bytes, boxes: bytes) -> None:
    assert jxl.blocks_of(file + boxes) == Metadata(EXIF, PACKET)


def test_a_file_without_a_container_has_none() -> None:
    bare = bytes(imagecodecs.jpegxl_encode(np.zeros((8, 8, 3), np.uint8), usecontainer=False))
    assert jxl.blocks_of(bare) == Metadata()


def test_a_box_that_would_fill_the_memory_is_told_and_costs_no_other(file: bytes) -> None:
    bomb = box(b"brob", b"xml " + imagecodecs.brotli_encode(bytes(20_000_000)))
    exif = EXIF[:8] + b"\0\0" + bytes(4)
    metadata, warnings = read_metadata(file + bomb + box(b"Exif", bytes(4) + exif))
    assert metadata == Metadata(exif)
    assert warnings == ("has XMP data that are damaged; they were left out",)
