"""Files of formats that are only read: what they say besides their pixels is kept."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from styleplug.image.decode import read_metadata
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture


def psd(*resources: tuple[int, bytes]) -> bytes:
    """A Photoshop file of 16 × 8 pixels, uncompressed."""
    packed = b"".join(
        struct.pack(">4sHHI", b"8BIM", number, 0, len(content)) + content + bytes(len(content) % 2)
        for number, content in resources
    )
    header = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, 8, 16, 8, 3)
    return header + bytes(4) + struct.pack(">I", len(packed)) + packed + bytes(6) + bytes(384)


def jp2() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 8)).save(buffer, "JPEG2000")
    return buffer.getvalue()


def gif() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 8)).save(buffer, "GIF", comment=b"Boats" * 100)
    return buffer.getvalue()


def bmp(profile: bytes) -> bytes:
    """A BMP file of 16 × 8 pixels of the value 200, with 300 × 300 pixels an inch."""
    pixels = bytes([200]) * 384
    header = struct.pack("<IiiHHIIiiII", 124, 16, 8, 1, 24, 0, 384, 11811, 11811, 0, 0)
    header += bytes(16) + b"DEBM" + bytes(48) + struct.pack("<III", 4, 124 + 384, len(profile))
    header = header.ljust(124, b"\0")
    size = 14 + len(header) + len(pixels) + len(profile)
    return struct.pack("<2sIII", b"BM", size, 0, 138) + header + pixels + profile


FILES: dict[str, Callable[[], bytes]] = {".psd": psd, ".jp2": jp2, ".gif": gif}


@pytest.fixture
def camera(tmp_path: Path, camera_exif: Callable[..., bytes], exiftool: Callable[..., Any]) -> Path:
    """A camera's JPEG file with all blocks."""
    path = tmp_path / "camera.jpg"
    Image.new("RGB", (16, 8)).save(path, exif=b"Exif\0\0" + camera_exif())
    settings = ("-XMP-dc:Title=Boats", "-IPTC:City=Arles", "-IFD0:XResolution=300")
    exiftool("-q", "-overwrite_original", *settings, "-IFD0:YResolution=300", path)
    return path


@pytest.mark.parametrize("extension", FILES)
def test_what_exiftool_puts_into_a_file_is_found_in_the_painted_one(
    tmp_path: Path, camera: Path, exiftool: Callable[..., Any], extension: str
) -> None:
    path = tmp_path / f"photo{extension}"
    path.write_bytes(FILES[extension]())
    picture = read_picture(path)
    assert picture.origin.warnings == ()
    options = ("-q", "-q", "-overwrite_original")
    exiftool(*options, "-tagsFromFile", camera, "-all:all", "-unsafe", path)
    picture = read_picture(path)
    assert picture.origin.warnings == ()
    write_picture(picture, tmp_path / "painted.jpg")
    before, after = exiftool("-json", "-n", "-G1", path, tmp_path / "painted.jpg")
    expected = [name for name in before if name.startswith(("XMP-dc:", "IPTC:", "IFD0:", "GPS:"))]
    expected = [name for name in expected if name != "IFD0:Orientation"]
    assert "XMP-dc:Title" in expected
    if extension != ".gif":
        assert {"IPTC:City", "IFD0:Model", "GPS:GPSLatitudeRef", "IFD0:XResolution"} <= {*expected}
    assert {name: after.get(name) for name in expected} == {name: before[name] for name in expected}


@pytest.mark.parametrize("extension", [".psd", ".jp2"])
def test_an_orientation_is_heeded_and_not_only_reset(
    tmp_path: Path, camera: Path, exiftool: Callable[..., Any], extension: str
) -> None:
    path = tmp_path / f"photo{extension}"
    path.write_bytes(FILES[extension]())
    exiftool("-q", "-q", "-overwrite_original", "-tagsFromFile", camera, "-EXIF:all", path)
    assert exiftool("-json", "-n", "-Orientation", path)[0]["Orientation"] == 6
    assert read_picture(path).size == (8, 16)
    picture = read_picture(path)
    assert (picture.size, picture.turn.orientation) == ((8, 16), 6)


def test_the_resolution_of_a_photoshop_file(tmp_path: Path) -> None:
    numbers = struct.pack(">IHHIHH", 300 << 16, 1, 1, 240 << 16, 1, 1)
    metadata, _ = read_metadata(psd((1005, numbers)))
    assert metadata.resolution == (300, 240)
    assert read_metadata(psd((1005, b"short")))[0].resolution is None


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


@pytest.mark.parametrize("kind", [b"resc", b"resd"])
def test_the_resolution_of_a_jpeg_2000_file(kind: bytes) -> None:
    ratios = struct.pack(">HHHHbb", 9449, 1, 11811, 10, 0, 1)  # a metre, down and across
    data = jp2()
    at = data.index(b"ihdr") - 4
    header = data[at : data.index(b"jp2c") - 4] + box(b"res ", box(kind, ratios))
    data = data[: at - 8] + box(b"jp2h", header) + data[data.index(b"jp2c") - 4 :]
    assert read_metadata(data)[0].resolution == (300, 240)
    with Image.open(io.BytesIO(data)) as image:
        image.load()


def test_the_profile_of_a_jpeg_2000_file(tmp_path: Path, profiles: dict[str, bytes]) -> None:
    data = jp2()
    start, end = data.index(b"jp2h") - 4, data.index(b"jp2c") - 4
    size = data[data.index(b"ihdr") - 4 :][:22]
    header = size + box(b"colr", b"\2\0\0" + profiles["adobe"])
    (tmp_path / "a.jp2").write_bytes(data[:start] + box(b"jp2h", header) + data[end:])
    assert read_picture(tmp_path / "a.jp2").origin.profile == profiles["adobe"]


def test_a_bmp_file_with_a_profile_and_a_resolution(
    tmp_path: Path, profiles: dict[str, bytes], exiftool: Callable[..., Any]
) -> None:
    path = tmp_path / "a.bmp"
    path.write_bytes(bmp(profiles["adobe"]))
    picture = read_picture(path)
    assert picture.origin.profile == profiles["adobe"]
    assert picture.origin.metadata.resolution == (300, 300)
    [found] = exiftool("-json", "-n", "-ProfileDataOffset", "-ProfileSize", path)
    assert (found["ProfileDataOffset"], found["ProfileSize"]) == (508, len(profiles["adobe"]))


def test_the_comments_of_a_gif(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(gif())
    assert read_picture(tmp_path / "a.gif").origin.metadata.texts == (("Comment", "Boats" * 100),)


def test_xmp_of_a_gif_behind_its_pictures(tmp_path: Path, camera: Path) -> None:
    packet = read_picture(camera).origin.metadata.xmp
    assert packet is not None
    path = tmp_path / "film.gif"
    frames = [Image.new("RGB", (16, 8), colour) for colour in ("red", "blue", "green")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    trailer = bytes([1, *range(255, -1, -1), 0])
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"\x21\xff\x0bXMP DataXMP" + packet + trailer + data[-1:])
    assert read_picture(path).origin.metadata.xmp == packet


@pytest.mark.parametrize(
    "data",
    [
        gif()[:-1] + b"\x21\xfe" + b"\1a" * 3_000_000,
        gif()[:-1] + b"\x21\xff\0" * 3_000_000,
        b"8BPS" + bytes(26) + struct.pack(">I", 2**31) + b"8BIM\4\5\0\0\0\0\0\0" * 1_000_000,
        b"\0\0\0\x0cjP  \r\n\x87\n" + box(b"uuid", b"") * 1_000_000,
    ],
    ids=["blocks", "extensions", "resources", "boxes"],
)
def test_parts_without_end(data: bytes) -> None:
    metadata, _ = read_metadata(data)
    assert (metadata.exif, metadata.xmp, metadata.iptc) == (None, None, None)


@pytest.mark.parametrize(
    "data",
    [
        psd((1058, b"II*\0"), (1060, b"<x"), (1028, b"x")),
        psd()[:30],
        jp2() + box(b"uuid", b"JpgTiffExif->JP2II*\0") + box(b"uuid", b"short"),
        jp2()[:40],
        gif()[:20],
        gif()[:-30] + b"\x21\xff\x0bXMP DataXMP",
        bmp(b"profile")[:140],
    ],
)
def test_damage_is_no_trouble(data: bytes) -> None:
    metadata, _ = read_metadata(data)
    assert (metadata.exif, metadata.xmp, metadata.iptc) == (None, None, None)
