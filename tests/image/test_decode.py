"""What is made of files that hold more than one picture, or damage beside their pixels."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from styleplug.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from styleplug.image.metadata.xmp import Packet
from styleplug.image.read import read_picture

RED, BLUE = Image.new("RGB", (16, 16), "red"), Image.new("RGB", (16, 16), "blue")
SEVERAL = "holds several pictures; only the first is used"


def chunk(kind: bytes, content: bytes, checksum: int | None = None) -> bytes:
    """A PNG chunk, with the right checksum or another."""
    if checksum is None:
        checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


@pytest.fixture
def png_with(tmp_path: Path) -> Callable[[bytes], Path]:
    """Writes a red PNG file with a chunk after its header."""

    def write(extra: bytes) -> Path:
        path = tmp_path / "red.png"
        RED.save(path)
        data = path.read_bytes()
        path.write_bytes(data[:33] + extra + data[33:])
        return path

    return write


@pytest.mark.parametrize(
    ("extension", "format"),
    [
        (".gif", None),
        (".png", None),
        (".tif", None),
        (".webp", None),
        (".avif", None),
        (".jpg", "MPO"),
    ],
)
def test_of_several_pictures_the_first_is_used_and_that_is_said(
    tmp_path: Path, extension: str, format: str | None
) -> None:
    path = tmp_path / f"film{extension}"
    RED.save(path, format, save_all=True, append_images=[BLUE])
    picture = read_picture(path)
    np.testing.assert_allclose(picture.pixels[8, 8], [1, 0, 0], atol=0.02)
    assert picture.origin.warnings == (SEVERAL,)
    RED.save(path)
    assert read_picture(path).origin.warnings == ()


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"iCCP", b"name\0\0" + zlib.compress(b"profile"), checksum=1),
        chunk(b"tEXt", b"key\0value", checksum=1),
        chunk(b"eXIf", b"II*\0", checksum=1),
        chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(2**24))),
    ],
    ids=["profile", "text", "exif", "profile bomb"],
)
def test_a_png_with_a_damaged_chunk_is_read_without_it(
    png_with: Callable[[bytes], Path], extra: bytes
) -> None:
    picture = read_picture(png_with(extra))
    np.testing.assert_array_equal(picture.pixels[0, 0], [1, 0, 0])
    assert "damaged data beside its pixels" in " ".join(picture.origin.warnings)


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"eXIf", b"II*\0", checksum=1),
        chunk(b"tEXt", b"key\0value", checksum=1),
    ],
    ids=["exif", "text"],
)
def test_one_bad_chunk_does_not_cost_the_profile(
    tmp_path: Path, extra: bytes, profiles: dict[str, bytes]
) -> None:
    path = tmp_path / "red.png"
    RED.save(path, icc_profile=profiles["p3"])
    data = path.read_bytes()
    path.write_bytes(data[:33] + extra + data[33:])
    origin = read_picture(path).origin
    assert origin.profile == profiles["p3"]
    assert origin.warnings == ("has damaged data beside its pixels; they were ignored",)


@pytest.mark.parametrize(
    ("texts", "warnings"),
    [
        (chunk(b"zTXt", b"key\0\0" + zlib.compress(b"value" * 300_000)), 0),
        (chunk(b"zTXt", b"key\0\0" + zlib.compress(b"value" * 10**6)), 1),
        (chunk(b"zTXt", b"key\0\0" + zlib.compress(b"value" * 200_000)) * 70, 1),
    ],
    ids=["long", "too long", "many"],
)
def test_a_png_with_long_texts_keeps_all_else(
    png_with: Callable[[bytes], Path], profiles: dict[str, bytes], texts: bytes, warnings: int
) -> None:
    colours = chunk(b"iCCP", b"name\0\0" + zlib.compress(profiles["p3"]))
    packet = chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + Packet.empty().data)
    picture = read_picture(png_with(colours + packet + texts))
    assert picture.origin.profile == profiles["p3"]
    assert picture.origin.metadata.xmp
    assert len(picture.origin.warnings) == warnings


def test_a_png_profile_that_does_not_unpack_is_left_out(png_with: Callable[[bytes], Path]) -> None:
    picture = read_picture(png_with(chunk(b"iCCP", b"name\0\0not compressed")))
    assert picture.origin.profile is None
    assert picture.origin.warnings == ("has a colour profile that is damaged; it was ignored",)


@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp"])
def test_damaged_exif_data_are_told_of(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"photo{extension}"
    RED.save(path, exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff")
    warnings = read_picture(path).origin.warnings
    assert [warning for warning in warnings if "EXIF data that are damaged" in warning]


def test_postscript_is_never_handed_to_ghostscript(tmp_path: Path) -> None:
    path = tmp_path / "drawing.eps"
    RED.save(path, "EPS")
    with pytest.raises(UnsupportedImageError, match="kind PostScript, which isn't read"):
        read_picture(path)


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        ("PDF", b"%PDF-1.7\n"),
        ("GIMP", b"gimp xcf v011"),
        ("OpenEXR", b"v/1\x01\x02\0\0\0"),
        ("video", b"\0\0\0\x14ftypqt  "),
        ("video", b"\0\0\0\x18ftypmp42"),
    ],
)
def test_what_is_not_read_is_not_called_damaged(tmp_path: Path, kind: str, begin: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(begin + bytes(100))
    message = f"a file of the kind {kind}, which isn't read; make a PNG or TIFF of it"
    with pytest.raises(UnsupportedImageError, match=message):
        read_picture(path)


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_a_palette_of_every_depth(tmp_path: Path, depth: int) -> None:
    image = RED.quantize(2)
    image.save(tmp_path / "a.png", bits=depth)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png").pixels, np.asarray(RED) / 255)


def test_a_png_whose_header_lies_about_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    RED.save(path)
    data = bytearray(path.read_bytes())
    data[16:24] = struct.pack(">II", 9000, 9000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    path.write_bytes(data)
    with pytest.raises(UnreadableImageError, match="damaged"):
        read_picture(path)


def test_text_in_a_png_does_no_harm(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "Red", zip=True)
    RED.save(tmp_path / "a.png", pnginfo=info)
    assert read_picture(tmp_path / "a.png").origin.warnings == ()


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_lacks_only_its_end(tmp_path: Path, progressive: bool) -> None:
    path = tmp_path / "a.jpg"
    Image.effect_noise((96, 80), 60).convert("RGB").save(path, progressive=progressive)
    expected, data = read_picture(path), path.read_bytes()
    for end in (1, 2):
        path.write_bytes(data[:-end])
        picture = read_picture(path)
        np.testing.assert_array_equal(picture.pixels, expected.pixels)
        assert picture.origin.warnings == ("lacks the mark of its end, but no pixels",)
    for end in (20, 100, 1000):
        path.write_bytes(data[:-end])
        with pytest.raises(UnreadableImageError, match="damaged or incomplete"):
            read_picture(path)


@pytest.mark.parametrize("scans", [60, 200])
def test_a_large_jpeg_of_many_scans(tmp_path: Path, scans: int) -> None:
    path = tmp_path / "a.jpg"
    Image.new("L", (16, 16)).save(path, progressive=True)
    data = bytearray(path.read_bytes())
    at = data.index(b"\xff\xc2") + 5
    data[at : at + 4] = struct.pack(">HH", 11000, 12000)
    path.write_bytes(data[:-2] + data[data.rindex(b"\xff\xda") : -2] * scans + data[-2:])
    with pytest.raises(ImageTooLargeError, match="scans, which are more than it is safe"):
        read_picture(path)


def test_a_jpeg_that_goes_over_the_picture_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("L", (1000, 1000)).save(path, progressive=True)
    assert read_picture(path).size == (1000, 1000)
    data = path.read_bytes()
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    path.write_bytes(data[:-2] + last_scan * 9000 + data[-2:])
    with pytest.raises(ImageTooLargeError, match=r"a\.jpg.* scans, .*save it anew"):
        read_picture(path)
