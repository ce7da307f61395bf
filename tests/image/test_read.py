"""Picture files, whole, turned, damaged, missing and dangerous."""

from __future__ import annotations

import os
import struct
import subprocess
import threading
import time
import warnings
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image, ImageFile

from styleplug.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from styleplug.image import read
from styleplug.image.read import read_picture
from styleplug.image.samples import Samples

ORIENTATION = 0x0112
FORMATS = (".jpg", ".png", ".tif", ".webp", ".gif", ".bmp")


def save_noise(path: Path, mode: str = "RGB") -> Path:
    values = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    Image.fromarray(values).convert(mode).save(path)
    return path


def png(width: int, height: int, color: int, depth: int, rows: bytes) -> bytes:
    """A PNG file of any depth; Pillow writes only some."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        ]
    )


@pytest.mark.parametrize("extension", FORMATS)
def test_every_usual_format_is_read(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"blue{extension}"
    Image.new("RGB", (5, 3), (0, 0, 255)).save(path)
    picture = read_picture(path)
    assert picture.path == path
    assert picture.size == (5, 3)
    assert picture.alpha is None
    np.testing.assert_allclose(picture.pixels[1, 2], [0, 0, 1], atol=0.02)


def test_the_content_counts_and_not_the_extension(tmp_path: Path) -> None:
    path = tmp_path / "really-a-png.jpg"
    Image.new("RGB", (5, 3)).save(path, "PNG")
    assert read_picture(str(path)).size == (5, 3)


@pytest.mark.parametrize("extension", [".png", ".tif", ".webp"])
def test_transparency_is_kept(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"glass{extension}"
    Image.new("RGBA", (5, 3), (255, 0, 0, 51)).save(path)
    alpha = read_picture(path).alpha
    assert alpha is not None
    np.testing.assert_allclose(alpha, np.full((3, 5), 0.2), atol=1e-6)


def test_a_16_bit_grey_png_keeps_its_depth(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    path.write_bytes(png(2, 1, 0, 16, struct.pack(">xHH", 1000, 1001)))
    np.testing.assert_allclose(read_picture(path).pixels[0, :, 0], np.array([1000, 1001]) / 65535)


def test_a_16_bit_colour_png_is_read(tmp_path: Path) -> None:
    path = tmp_path / "colour.png"
    path.write_bytes(png(1, 1, 2, 16, struct.pack(">xHHH", 65535, 13107, 0)))
    np.testing.assert_allclose(read_picture(path).pixels[0, 0], [1, 0.2, 0])


def test_a_cmyk_jpeg_is_read_in_its_colours(tmp_path: Path) -> None:
    path = tmp_path / "print.jpg"
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(path)
    np.testing.assert_allclose(read_picture(path).pixels[8, 8], [1, 0, 0], atol=0.03)


def test_the_first_of_several_frames_is_read(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    red, blue = Image.new("RGB", (4, 4), "red"), Image.new("RGB", (4, 4), "blue")
    red.save(path, save_all=True, append_images=[blue])
    np.testing.assert_array_equal(read_picture(path).pixels[0, 0], [1, 0, 0])


@pytest.mark.parametrize("exif", [b"Exif\0\0no TIFF header", b"Exif\0\0II*\0\x08\0\0\0\xff\xff"])
@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp"])
def test_damaged_metadata_does_no_harm(tmp_path: Path, extension: str, exif: bytes) -> None:
    path = tmp_path / f"photo{extension}"
    Image.new("RGB", (4, 2)).save(path, exif=exif)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_picture(path).size == (4, 2)


def test_an_orientation_that_does_not_exist_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[ORIENTATION] = 9
    Image.new("RGB", (4, 2)).save(path, exif=exif)
    assert read_picture(path).size == (4, 2)


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="pipes have no names here")
def test_a_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (4, 4), "red").save(path)
    receiver, sender = os.pipe()
    with open(sender, "wb") as pipe:
        pipe.write(path.read_bytes())
    try:
        assert read_picture(f"/dev/fd/{receiver}").size == (4, 4)
    finally:
        os.close(receiver)


def nothing(path: Path) -> None:
    pass


def text(path: Path) -> None:
    path.write_text("Dear diary,\n" * 20)


def truncated(path: Path) -> None:
    save_noise(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def broken_checksum(path: Path) -> None:
    save_noise(path)
    data = bytearray(path.read_bytes())
    data[data.index(b"IDAT") + 40] ^= 0xFF
    path.write_bytes(data)


def dangling_link(path: Path) -> None:
    path.symlink_to("nowhere.png")


@pytest.mark.parametrize(
    ("name", "make", "problem"),
    [
        ("missing.jpg", nothing, "there is no such file; check the path"),
        ("link.png", dangling_link, "there is no such file; check the path"),
        ("folder.png", Path.mkdir, "is a folder; name a picture in it"),
        ("empty.jpg", Path.touch, "is empty"),
        ("text.jpg", text, "is no picture .*; use a JPEG, PNG, TIFF or WebP file"),
        ("half.jpg", truncated, "is damaged or incomplete .*; copy it again"),
        ("half.png", truncated, "is damaged or incomplete .*; copy it again"),
        ("half.gif", truncated, "is damaged or incomplete .*; copy it again"),
        ("half.bmp", truncated, "is damaged or incomplete .*; copy it again"),
        ("half.webp", truncated, "is damaged or incomplete .*; copy it again"),
        ("half.tif", truncated, "damaged"),
        ("bits.png", broken_checksum, "is damaged or incomplete .*; copy it again"),
        ("a" * 300 + ".png", nothing, "can't be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_remedy(
    tmp_path: Path, name: str, make: Callable[[Path], None], problem: str
) -> None:
    path = tmp_path / name
    make(path)
    with pytest.raises(UnreadableImageError, match=problem) as caught:
        read_picture(path)
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match="no file can have this name"):
        read_picture(tmp_path / "a\0b.png")


def test_the_cause_is_kept(tmp_path: Path) -> None:
    truncated(path := tmp_path / "half.jpg")
    with pytest.raises(UnreadableImageError) as caught:
        read_picture(path)
    assert isinstance(caught.value.__cause__, OSError)
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file"
)
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = save_noise(tmp_path / "secret.png")
    path.chmod(0)
    with pytest.raises(UnreadableImageError, match="no permission to read it; change"):
        read_picture(path)


def test_floats_outside_the_usual_range_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "heights.tif"
    Image.new("F", (4, 4), 812.5).save(path)
    with pytest.raises(UnsupportedImageError, match=r"heights\.tif.* from 0 to 1"):
        read_picture(path)


# We refuse the first, and Pillow the second.
@pytest.mark.parametrize("side", [12_000, 20_000])
def test_a_decompression_bomb_is_refused_and_warns_of_nothing(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(side, side, 2, 8, b""))
    limit, filters = Image.MAX_IMAGE_PIXELS, list(warnings.filters)
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        with pytest.raises(
            ImageTooLargeError, match=r"bomb\.png.* safe to open; use a smaller copy"
        ):
            read_picture(path)
    assert not leaked
    assert limit == Image.MAX_IMAGE_PIXELS
    assert filters == warnings.filters


def test_a_picture_that_does_not_fit_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    path = save_noise(tmp_path / "large.png")
    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    with pytest.raises(ImageTooLargeError, match="doesn't fit into memory; use a smaller copy"):
        read_picture(path)


def test_threads_leave_the_warning_filters_alone(tmp_path: Path) -> None:
    path = save_noise(tmp_path / "noise.png")
    filters = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(read_picture, [path] * 24))) == 24
    assert filters == warnings.filters


def test_no_picture_waits_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, begun, go_on = save_noise(tmp_path / "noise.png"), Event(), Event()
    decode = read.decoded

    def wait(data: bytes, path: Path) -> Samples:
        if path.name == "slow.png":
            begun.set()
            go_on.wait(60)
        return decode(data, path)

    monkeypatch.setattr(read, "decoded", wait)
    filters = list(warnings.filters)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(read_picture, save_noise(tmp_path / "slow.png"))
        begun.wait(60)
        assert pool.submit(read_picture, path).result(60).size == (64, 48)
        assert not slow.done()
        go_on.set()
        assert slow.result(60).size == (64, 48)
    assert filters == warnings.filters


def test_a_file_that_is_too_large_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 3 << 20)
    path = tmp_path / "large.png"
    path.write_bytes(bytes((3 << 20) + 1))
    with pytest.raises(ImageTooLargeError, match="more than the 3 MiB that are read"):
        read_picture(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices that are files")
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device(device: str) -> None:
    with pytest.raises(UnreadableImageError, match=f"{device}: is a device; name a picture"):
        read_picture(device)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_waited_for_only_if_somebody_writes(tmp_path: Path) -> None:
    pipe, data = tmp_path / "pipe.png", save_noise(tmp_path / "noise.png").read_bytes()
    os.mkfifo(pipe)
    with pytest.raises(UnreadableImageError, match="is a pipe that nobody writes to"):
        read_picture(pipe)
    writer = os.open(pipe, os.O_RDWR)  # which waits for no reader

    def write() -> None:
        time.sleep(0.1)
        with open(writer, "wb") as file:
            file.write(data)

    thread = threading.Thread(target=write)
    thread.start()
    assert read_picture(pipe).size == (64, 48)
    thread.join()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 3 << 20)
    os.mkfifo(tmp_path / "pipe")
    writer = os.open(tmp_path / "pipe", os.O_RDWR)  # which waits for no reader
    endless = subprocess.Popen(["cat", "/dev/zero"], stdout=writer)
    try:
        with pytest.raises(ImageTooLargeError, match="more than the 3 MiB that are read"):
            read_picture(tmp_path / "pipe")
    finally:
        endless.kill()
        endless.wait()
        os.close(writer)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file that can't be read")
def test_a_disk_that_fails_while_the_file_is_read() -> None:
    with pytest.raises(UnreadableImageError, match=r"mem: can't be read \(Input/output"):
        read_picture("/proc/self/mem")


def test_what_happens_to_the_file_after_it_was_read_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_noise(tmp_path / "noise.png")
    decode = read.decoded

    def vanish(data: bytes, path: Path) -> Samples:
        path.unlink()
        return decode(data, path)

    monkeypatch.setattr(read, "decoded", vanish)
    assert read_picture(path).size == (64, 48)
