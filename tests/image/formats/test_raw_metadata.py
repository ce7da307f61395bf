"""RAW files made here as their makers lay them out: ExifTool finds the same in what is kept."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from crw import crw
from PIL import Image

from styleplug.image.decode import read_metadata
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.exif import is_exif
from styleplug.image.metadata.tiff_directories import Entry, Tiff, TiffReader
from styleplug.image.metadata.xmp import Packet
from styleplug.image.picture import Picture
from styleplug.image.write import write_picture

EXIF, GPS, NOTE, INTEROP = 0x8769, 0x8825, 0x927C, 0xA005
CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
# What is put right, and what isn't of the EXIF block.
CHANGED = ("IFD0:Orientation", "ExifIFD:ExifImageWidth", "ExifIFD:ExifImageHeight")
CHANGED += ("IFD0:PanasonicRawVersion", "IFD0:JpgFromRaw", "Canon:CompressorVersion")
PIXELS = np.zeros((8, 16, 3), np.float32)


def preview(exif: bytes) -> bytes:
    """The JPEG file in a RAW file, with a comment and a resolution that are only its own."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 8)).save(
        buffer, "JPEG", exif=b"Exif\0\0" + exif, comment=b"preview", dpi=(180, 180)
    )
    return buffer.getvalue()


def raf(exif: bytes) -> bytes:
    """Fujifilm's: the header tells where the preview is."""
    jpeg = preview(exif)
    header = b"FUJIFILMCCD-RAW 0201FF383501" + b"X-T5".ljust(32, b"\0") + b"0100" + bytes(20)
    return (header + struct.pack(">II", 148, len(jpeg))).ljust(148, b"\0") + jpeg


def rw2(exif: bytes) -> bytes:
    """Panasonic's: a TIFF structure of another header."""
    jpeg, tiff = preview(exif), Tiff.empty("<")
    entries = [Entry(1, 7, 4, b"0410"), Entry(0x2E, 7, len(jpeg), jpeg)]
    tiff.set_first(tiff.append_directory(entries))
    return b"IIU\0" + bytes(tiff.data[4:])


def orf(exif: bytes) -> bytes:
    """Olympus's: a TIFF structure of another header."""
    return b"IIRO" + exif[4:]


def mrw(exif: bytes) -> bytes:
    """Minolta's: blocks, one of which is a TIFF structure."""
    blocks = b"\0PRD" + struct.pack(">I", 24) + b"27820001" + bytes(16)
    blocks += b"\0TTW" + struct.pack(">I", len(exif)) + exif
    return b"\0MRM" + struct.pack(">I", len(blocks)) + blocks + bytes(100)


def x3f(exif: bytes) -> bytes:
    """Sigma's: sections, and a directory of them at the end."""
    data = b"FOVb" + struct.pack("<HH", 3, 2) + bytes(100)
    places = []
    whole = preview(exif)
    for jpeg in (b"\xff\xd8 no picture", whole[:2] + whole[20:]):  # without a JFIF segment
        section = b"SECi" + struct.pack("<HH5I", 0, 2, 2, 18, 16, 8, 0) + jpeg
        places.append(struct.pack("<II4s", len(data), len(section), b"IMA2"))
        data += section
    directory = b"SECd" + struct.pack("<HHI", 0, 2, len(places)) + b"".join(places)
    return data + directory + struct.pack("<I", len(data))


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def part(source: TiffReader, entries: dict[int, Entry]) -> bytes:
    """A structure with one directory."""
    tiff = Tiff.empty(source.order)
    copies = [Entry(e.tag, e.type, e.count, e.value) for e in entries.values()]
    tiff.set_first(tiff.append_directory(copies))
    return bytes(tiff.data)


def notes(order: str) -> bytes:
    """Canon's notes as CR3 files have them: a structure, whose directory lies before its values."""
    texts = {6: b"Canon EOS 5D\0", 9: b"Anna van Gogh\0"}
    packed, values, at = b"", b"", 8 + 2 + 12 * len(texts) + 4
    for tag, text in texts.items():
        packed += struct.pack(f"{order}HHII", tag, 2, len(text), at + len(values))
        values += text
    header = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}IH", 8, len(texts))
    return header + packed + bytes(4) + values


def cr3(exif: bytes) -> bytes:
    """Canon's: the directories of the block in a box each, and XMP."""
    source = TiffReader(exif)
    main = source.directory(source.first)
    details, place = source.pointed(main, EXIF), source.pointed(main, GPS)
    parts = (
        part(source, {tag: entry for tag, entry in main.items() if tag not in (EXIF, GPS)}),
        part(source, {tag: entry for tag, entry in details.items() if tag not in (NOTE, INTEROP)}),
        notes(source.order),
        part(source, place),
    )
    canon = b"".join(box(b"CMT%d" % number, one) for number, one in enumerate(parts, 1))
    moov = box(b"uuid", CANON + box(b"CNCV", b"CanonCR3_001/00.09.00/00.00.00") + canon)
    packet = box(b"uuid", XMP + Packet.empty().data)
    header = box(b"ftyp", b"crx \0\0\0\1crx isom")
    return header + box(b"moov", moov) + packet + box(b"mdat", bytes(100))


FILES: dict[str, Callable[[bytes], bytes]] = {
    "raf": raf,
    "rw2": rw2,
    "orf": orf,
    "mrw": mrw,
    "x3f": x3f,
    "cr3": cr3,
}


@pytest.mark.parametrize("kind", FILES)
def test_exif_of_a_raw_file_is_found_in_the_painted_one(
    tmp_path: Path, camera_exif: Callable[..., bytes], exiftool: Callable[..., Any], kind: str
) -> None:
    path = tmp_path / f"photo.{kind}"
    path.write_bytes(FILES[kind](camera_exif()))
    metadata, warnings = read_metadata(path.read_bytes())
    assert warnings == ()
    write_picture(Picture(PIXELS).with_metadata(metadata), tmp_path / "painted.jpg")
    before, after = exiftool("-json", "-n", "-G1", path, tmp_path / "painted.jpg")
    groups = ("IFD0:", "ExifIFD:", "GPS:", "Canon:")
    expected = [name for name in before if name.startswith(groups) and name not in CHANGED]
    assert {"IFD0:Model", "ExifIFD:ExposureTime", "GPS:GPSLatitudeRef"} <= {*expected}
    assert "Canon:OwnerName" in expected
    assert {name: after.get(name) for name in expected} == {name: before[name] for name in expected}
    assert "ExifTool:Warning" not in after
    assert after["IFD0:Orientation"] == 1
    assert after["ExifIFD:ExifImageWidth"] == 16


@pytest.mark.parametrize("kind", ["raf", "rw2", "x3f"])
def test_what_a_preview_says_of_itself_is_not_taken_along(
    camera_exif: Callable[..., bytes], kind: str
) -> None:
    metadata, _ = read_metadata(FILES[kind](camera_exif()))
    assert (metadata.resolution, metadata.texts) == (None, ())


def test_xmp_of_a_cr3_file(camera_exif: Callable[..., bytes]) -> None:
    assert read_metadata(cr3(camera_exif()))[0].xmp == Packet.empty().data


@pytest.mark.parametrize("kind", FILES)
def test_a_raw_file_cut_short(camera_exif: Callable[..., bytes], kind: str) -> None:
    """Whatever is found then, nothing is raised, and no block is half a one."""
    data = FILES[kind](camera_exif())
    for length in range(20, len(data), 997):
        metadata, _ = read_metadata(data[:length])
        assert metadata.exif is None or is_exif(metadata.exif)


def test_exif_is_made_of_what_a_crw_file_says(tmp_path: Path, exiftool: Callable[..., Any]) -> None:
    (tmp_path / "a.crw").write_bytes(crw())
    metadata, warnings = read_metadata(crw())
    assert warnings == ()
    write_picture(Picture(PIXELS).with_metadata(metadata), tmp_path / "a.jpg")
    names = {
        "Make": "Make",
        "Model": "Model",
        "OwnerName": "OwnerName",
        "DateTimeOriginal": "DateTimeOriginal",
        "ShutterSpeedValue": "ExposureTime",
        "ApertureValue": "FNumber",
    }
    before, after = exiftool("-json", "-n", tmp_path / "a.crw", tmp_path / "a.jpg")
    for theirs, ours in names.items():
        assert after[ours] == before[theirs]


def test_a_crw_file_that_points_to_itself() -> None:
    data = bytearray(crw())
    for length in range(20, len(data), 499):
        read_metadata(bytes(data[:length]))
    at = data.index(struct.pack("<H", 0x300A)) + 2
    data[at : at + 8] = struct.pack("<II", len(data) - 26, 0)
    assert read_metadata(bytes(data)) == (Metadata(), ())


def test_a_sigma_file_of_endless_sections(camera_exif: Callable[..., bytes]) -> None:
    section = b"SECi" + bytes(24) + b"\xff\xd8" + bytes(1000)
    place = struct.pack("<II4s", 104, len(section), b"IMA2")
    directory = b"SECd" + struct.pack("<HHI", 0, 2, 2**32 - 1) + place * 1000
    data = b"FOVb" + bytes(100) + section + directory
    data += struct.pack("<I", len(data) - len(directory))
    assert read_metadata(data) == (Metadata(), ())
