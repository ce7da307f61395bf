"""XMP tells of no part that a painted picture doesn't have."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from styleplug.image.metadata.xmp import RDF, Packet
from styleplug.image.metadata.xmp_correction import corrected_xmp, warnings_on
from styleplug.image.read import read_picture
from styleplug.image.turn import Turn
from styleplug.image.write import write_picture

STAYS = Turn(1, (160, 80), (160, 80))
GOOGLE = "http://ns.google.com/photos/1.0"


def packet(namespace: str, xml: str) -> bytes:
    """A packet with attributes or elements of a namespace, whose prefix is "p", and a title."""
    start = (
        f'<r:RDF xmlns:r="{RDF}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xmlns:p="{namespace}"><r:Description r:about=""'
    )
    attributes, _, elements = xml.partition("<")
    elements = f"<{elements}" if elements else ""
    end = f" {attributes} dc:title='kept'>{elements}</r:Description></r:RDF>"
    return (start + end).encode()


def names_in(data: bytes) -> set[str]:
    return {prop.name.rpartition(" ")[2] for prop in Packet(data).properties}


@pytest.mark.parametrize(
    ("namespace", "xml", "part"),
    [
        ("http://ns.adobe.com/hdr-gain-map/1.0/", "p:Version='1.0'", "a gain map"),
        ("http://ns.apple.com/HDRGainMap/1.0/", "p:HDRGainMapVersion='65536'", "a gain map"),
        (f"{GOOGLE}/camera/", "p:MicroVideo='1' p:MicroVideoOffset='1032'", "a motion photo"),
        (f"{GOOGLE}/camera/", "p:MotionPhoto='1' p:MotionPhotoVersion='1'", "a motion photo"),
        (
            f"{GOOGLE}/container/",
            "<p:Directory><r:Seq><r:li r:parseType='Resource'><p:Item>1</p:Item></r:li></r:Seq>"
            "</p:Directory>",
            "further pictures",
        ),
        (f"{GOOGLE}/image/", "p:Mime='image/jpeg' p:Data='c2VjcmV0'", "further pictures"),
        (f"{GOOGLE}/depthmap/", "p:Format='RangeInverse' p:Data='c2VjcmV0'", "a depth map"),
        (f"{GOOGLE}/audio/", "p:Mime='audio/mp4' p:Data='c2VjcmV0'", "a sound recording"),
        ("http://ns.adobe.com/xmp/note/", "p:HasExtendedXMP='0123'", "an extension"),
        ("http://ns.google.com/photos/dd/1.0/device/", "<p:Profiles/>", "a depth map"),
        ("http://purl.org/dc/terms/", "p:provenance='self#jumbf=/c2pa/a'", "content credentials"),
    ],
)
def test_what_is_said_of_a_part_goes_and_is_told(namespace: str, xml: str, part: str) -> None:
    data = packet(namespace, xml)
    assert names_in(corrected_xmp(data, STAYS, is_own=True)) == {"title"}
    [warning] = warnings_on(data)
    assert f"of {part}" in warning


@pytest.mark.parametrize(
    ("namespace", "xml"),
    [
        (f"{GOOGLE}/camera/", "p:BurstID='1'"),
        ("http://purl.org/dc/terms/", "p:provenance='bought at an auction'"),
        (f"{GOOGLE}/panorama/", "p:ProjectionType='equirectangular'"),
    ],
)
def test_what_is_still_true_stays(namespace: str, xml: str) -> None:
    data = packet(namespace, xml)
    assert corrected_xmp(data, STAYS, is_own=True) == data
    assert warnings_on(data) == []


@pytest.mark.parametrize("turn", [Turn(6, (160, 80), (80, 160)), Turn(1, (160, 80), (80, 40))])
def test_a_panorama_that_was_turned_or_resized_is_a_plain_picture(
    turn: Turn, caplog: pytest.LogCaptureFixture
) -> None:
    data = packet(f"{GOOGLE}/panorama/", "p:FullPanoWidthPixels='160'")
    assert names_in(corrected_xmp(data, turn, is_own=True)) == {"title"}
    assert "panorama" in caplog.text


@pytest.mark.parametrize("extension", [".jpg", ".png", ".tif", ".webp", ".avif", ".heic", ".jxl"])
def test_the_photograph_is_in_no_result(tmp_path: Path, extension: str) -> None:
    """As `exiftool -XMP-GImage:ImageData<=secret.jpg` puts it there."""
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 60).save(buffer, "JPEG")
    secret = base64.b64encode(buffer.getvalue()).decode()
    data = packet(f"{GOOGLE}/image/", f"<p:Data>{secret}</p:Data>")
    with Image.new("RGB", (16, 8)) as image:
        image.save(tmp_path / "photo.jpg", xmp=data)
    picture = read_picture(tmp_path / "photo.jpg")
    assert any("further pictures" in warning for warning in picture.origin.warnings)
    write_picture(picture, tmp_path / f"painted{extension}")
    written = (tmp_path / f"painted{extension}").read_bytes()
    assert secret[-60:].encode() not in written
    assert b"kept" in written
