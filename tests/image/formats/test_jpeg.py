"""Segments of JPEG files, and what doesn't fit into one."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from programs import need

from styleplug.errors import UnreadableImageError
from styleplug.image.decode import read_metadata
from styleplug.image.formats import jpeg
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.exif import with_iptc
from styleplug.image.metadata.extended_xmp import split
from styleplug.image.metadata.photoshop import IPTC, resources_of
from styleplug.image.metadata.xmp import RDF, Packet
from styleplug.image.read import read_picture

LIMIT = 65_502
DEPTH = "http://ns.google.com/photos/1.0/depthmap/"


@pytest.fixture(scope="module")
def file() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").save(buffer, "JPEG")
    return buffer.getvalue()


def segment(content: bytes) -> bytes:
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content


def packet(*contents: bytes) -> bytes:
    """A packet with a description of each content; their long values are attributes."""
    described = b"".join(
        b'<rdf:Description rdf:about="" xmlns:G="%b" G:Mime="image/jpeg" G:Data="%b"/>'
        % (DEPTH.encode(), content)
        for content in contents
    )
    start = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'.encode()
    return start + described + b"</rdf:RDF></x:xmpmeta>"


def values(data: bytes) -> dict[str, str | None]:
    return {element.tag: element.text for element in Packet(data).elements(DEPTH)}


def test_xmp_longer_than_a_segment_is_whole_again(file: bytes) -> None:
    long = packet(b"Aa0/" * 50_000)
    found = jpeg.blocks_of(jpeg.embedded(file, Metadata(xmp=long))).xmp
    assert found is not None
    assert values(found) == values(long)
    assert "HasExtendedXMP" not in found.decode()


def test_xmp_longer_than_a_segment_is_stored_as_the_standard_says() -> None:
    main, extension, name = split(packet(b"A" * 200_000), LIMIT)
    assert len(main) <= LIMIT
    assert extension is not None
    assert hashlib.md5(extension).hexdigest().upper() == name
    assert f'HasExtendedXMP="{name}"' in main.decode()
    assert list(values(main)) == [f"{{{DEPTH}}}Mime"]


def test_xmp_that_fits_is_left_as_it_is() -> None:
    short = packet(b"A" * 60_000)
    assert split(short, LIMIT) == (short, None, "")


def test_padding_is_given_up_first() -> None:
    padded = packet(b"A") + b" " * 70_000 + b'<?xpacket end="w"?>'
    main, extension, _ = split(b'<?xpacket begin=""?>' + padded, LIMIT)
    assert len(main) < 1000
    assert extension is None


def test_an_extension_of_another_packet_is_left_out(file: bytes) -> None:
    written = jpeg.embedded(file, Metadata(xmp=packet(b"A" * 100_000)))
    name = written.index(b"HasExtendedXMP=") + len('HasExtendedXMP="')
    written = written[:name] + b"?" + written[name + 1 :]
    found = jpeg.blocks_of(written).xmp
    assert found is not None
    assert list(values(found)) == [f"{{{DEPTH}}}Mime"]


def test_exif_longer_than_a_segment_goes_on_in_the_next(
    file: bytes, camera_exif: Callable[..., bytes]
) -> None:
    exif = camera_exif() + bytes(range(256)) * 600
    written = jpeg.embedded(file, Metadata(exif))
    assert jpeg.blocks_of(written).exif == exif
    with Image.open(io.BytesIO(written)) as image:
        assert image.info["exif"] == b"Exif\0\0" + exif


def test_iptc_longer_than_a_segment_goes_on_in_the_next(file: bytes) -> None:
    records = b"\x1c\x02\x19\x00\x05beach" * 10_000
    written = jpeg.embedded(file, Metadata(iptc=records))
    assert jpeg.blocks_of(written).iptc == records


def test_iptc_among_other_resources_of_photoshop() -> None:
    others = b"8BIM\x04\x25\x03abc\0\0\0\x03xyz\0"
    records = b"8BIM\x04\x04\0\0\0\0\0\x05\x1c\x02\x19ab\0"
    assert resources_of(others + records + others)[IPTC] == b"\x1c\x02\x19ab"
    assert IPTC not in resources_of(others)
    assert IPTC not in resources_of(others[:-9])


def test_any_number_of_bytes_may_come_before_a_marker(
    file: bytes, camera_exif: Callable[..., bytes]
) -> None:
    written = jpeg.embedded(file, Metadata(camera_exif()))
    filled = written[:2] + b"\xff" * 30_000_000 + written[2:]
    assert jpeg.blocks_of(filled).exif == camera_exif()


@pytest.mark.parametrize("name", ["exif", "iptc"])
def test_blocks_of_an_absurd_length_are_left_out_and_told(
    file: bytes, camera_exif: Callable[..., bytes], name: str
) -> None:
    beginning = camera_exif() if name == "exif" else b"\x1c"
    long = Metadata(**{name: beginning + bytes(17_000_000)})
    metadata, warnings = read_metadata(jpeg.embedded(file, long))
    assert metadata == Metadata()
    assert warnings == (f"has {name.upper()} data that are too large; they were left out",)


def test_segments_without_end(file: bytes) -> None:
    empty = b"\xff\xe5\0\2" * 5_000_000
    assert jpeg.blocks_of(file[:20] + empty + file[20:]) == Metadata()


@pytest.mark.parametrize(
    "bulk",
    [b"\xff" * 2**20, segment(b"Exif\0\0II*\0" + bytes(65_000)) * 300],
    ids=["filling", "EXIF"],
)
def test_no_decoder_gets_what_would_take_it_long(file: bytes, bulk: bytes, tmp_path: Path) -> None:
    """Each takes Pillow seconds: it goes over filling byte by byte, and copies EXIF each time."""
    bomb = file[:2] + bulk + file[2:]
    assert jpeg.without_bulk(bomb) == file
    assert jpeg.without_bulk(file) == file
    (tmp_path / "a.jpg").write_bytes(bomb)
    assert read_picture(tmp_path / "a.jpg").size == (256, 256)


def test_segments_without_number(file: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(file[:2] + b"\xff\xfe\0\2" * 10_000 + file[2:])
    with pytest.raises(UnreadableImageError, match="too many segments"):
        read_picture(tmp_path / "a.jpg")


def test_the_jfif_segment_stays_the_first(file: bytes) -> None:
    written = jpeg.embedded(file, Metadata(xmp=packet(b"A")))
    assert written[:4] == file[:4] == b"\xff\xd8\xff\xe0"
    with Image.open(io.BytesIO(written)) as image:
        assert image.info["xmp"] == packet(b"A")


def test_a_file_that_breaks_off_is_no_trouble(
    file: bytes, camera_exif: Callable[..., bytes]
) -> None:
    written = jpeg.embedded(file, Metadata(camera_exif(), packet(b"A" * 70_000), b"\x1c"))
    for length in (*range(50), *range(50, len(written), 777)):
        jpeg.blocks_of(written[:length])


def test_exiftool_reads_what_is_longer_than_a_segment(
    file: bytes, camera_exif: Callable[..., bytes], tmp_path: Path
) -> None:
    need("exiftool", "libimage-exiftool-perl")
    exif = with_iptc(camera_exif() + bytes(100_000), b"")
    long = packet(b"Aa0/" * 50_000)
    path = tmp_path / "long.jpg"
    records = b"\x1c\x02\x19\x00\x05beach" * 9000
    path.write_bytes(jpeg.embedded(file, Metadata(exif, long, records)))
    command = ["exiftool", "-json", "-a", "-G1", path]
    [tags] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    assert tags["IFD0:Make"] == "Canon"
    assert "150000 bytes" in tags["XMP-GDepth:DepthImage"]  # of base64 that is a third longer
    assert len(tags["IPTC:Keywords"]) == 9000
    assert tags["ExifTool:Warning"] == "[minor] File contains multi-segment EXIF"
