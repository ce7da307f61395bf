"""Faces and subjects stay on what they mark, however the picture is turned and resized.

A bright patch is marked in the stored picture; afterwards the mark must be where the patch is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from styleplug.image.metadata.xmp import RDF, Packet
from styleplug.image.metadata.xmp_correction import corrected_xmp
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.sidecar import copy_sidecars
from styleplug.image.turn import Turn
from styleplug.image.write import write_picture

SIZE = (160, 120)
PATCH = (20, 40, 40, 20)  # left, top, width and height
ORIENTATIONS = range(1, 9)

# Each program has a way of its own to write structures.
PACKET = f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">
 <rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="{{}}"
  xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
  xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
  xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#">
  <mwg-rs:Regions rdf:parseType="Resource">
   <mwg-rs:AppliedToDimensions stDim:w="160" stDim:h="120" stDim:unit="pixel"/>
   <mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="Ann" mwg-rs:Type="Face">
    <mwg-rs:Area rdf:parseType="Resource"><stArea:x>0.25</stArea:x><stArea:y>0.416667</stArea:y>
     <stArea:w>.25</stArea:w><stArea:h>0.166667</stArea:h><stArea:unit>normalized</stArea:unit>
    </mwg-rs:Area></rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList>
  </mwg-rs:Regions>
 </rdf:Description>
 <rdf:Description rdf:about="" xmlns:MP="http://ns.microsoft.com/photo/1.2/"
  xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
  xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#">
  <MP:RegionInfo><rdf:Description><MPRI:Regions><rdf:Bag>
   <rdf:li MPReg:Rectangle="0.125, 0.333333, 0.25, 0.166667" MPReg:PersonDisplayName="Ann"/>
  </rdf:Bag></MPRI:Regions></rdf:Description></MP:RegionInfo>
 </rdf:Description>
 <rdf:Description rdf:about="" xmlns:acdsee-rs="http://ns.acdsee.com/regions/"
  xmlns:acdsee-stArea="http://ns.acdsee.com/sType/Area#"
  xmlns:acdsee-stDim="http://ns.acdsee.com/sType/Dimensions#">
  <acdsee-rs:Regions rdf:parseType="Resource">
   <acdsee-rs:AppliedToDimensions acdsee-stDim:w="160" acdsee-stDim:h="120"/>
   <acdsee-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource">
    <acdsee-rs:DLYArea acdsee-stArea:x="0.25" acdsee-stArea:y="0.416667" acdsee-stArea:w="0.25"
     acdsee-stArea:h="0.166667"/><acdsee-rs:Name>Ann</acdsee-rs:Name>
   </rdf:li></rdf:Bag></acdsee-rs:RegionList></acdsee-rs:Regions>
 </rdf:Description>
 <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/">
  <exif:SubjectArea><rdf:Seq><rdf:li>40</rdf:li><rdf:li>50</rdf:li><rdf:li>40</rdf:li>
   <rdf:li>20</rdf:li></rdf:Seq></exif:SubjectArea>
 </rdf:Description>
</rdf:RDF></x:xmpmeta>"""


def photograph(path: Path, orientation: int) -> Path:
    """A dark picture with a bright patch, stored under an orientation, and marked."""
    left, top, width, height = PATCH
    pixels = np.zeros((*SIZE[::-1], 3), np.uint8)
    pixels[top : top + height, left : left + width] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8769)[0x9214] = (left + width // 2, top + height // 2, width, height)
    xmp = PACKET.format(orientation).encode()
    Image.fromarray(pixels).save(path, exif=exif, xmp=xmp, quality=95)
    return path


def marked(packet: bytes, size: tuple[int, int]) -> list[tuple[float, ...]]:
    """Left, top, right and bottom of all marks in a packet, in pixels of a picture of a size."""
    text = packet.decode()
    found = []
    for prefix in ("stArea", "acdsee-stArea"):
        pattern = rf'(?<![\w-]){prefix}:([xywh])(?:="|>)([\d.]+)'
        numbers = [float(number) for _, number in sorted(re.findall(pattern, text), key=of_area)]
        found.append(around(*(n * size[i % 2] for i, n in enumerate(numbers))))
    for prefix in ("stDim", "acdsee-stDim"):
        assert f'{prefix}:w="{size[0]}" {prefix}:h="{size[1]}"' in text
    rectangle = re.search(r'Rectangle="([^"]*)"', text)
    assert rectangle is not None
    left, top, width, height = map(float, rectangle[1].split(","))
    pixels = left * size[0], top * size[1], (left + width) * size[0], (top + height) * size[1]
    area = re.findall(r"<rdf:li>(\d+)</rdf:li>", text)
    return [*found, pixels, around(*map(float, area))]


def of_area(pair: tuple[str, str]) -> int:
    return "xywh".index(pair[0])


def around(x: float, y: float, width: float, height: float) -> tuple[float, ...]:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def patch_in(picture: Picture) -> tuple[float, ...]:
    """Left, top, right and bottom of what is bright."""
    rows, columns = np.nonzero(picture.pixels.mean(axis=2) > 0.5)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def subject_in(exif: bytes) -> tuple[float, ...]:
    data = Image.Exif()
    data.load(exif)
    return around(*data.get_ifd(0x8769)[0x9214])


@pytest.mark.parametrize("enlarged", [1, 2])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_marks_stay_on_what_they_mark(tmp_path: Path, orientation: int, enlarged: int) -> None:
    picture = read_picture(photograph(tmp_path / "a.jpg", orientation))
    pixels = picture.pixels.repeat(enlarged, axis=0).repeat(enlarged, axis=1)
    write_picture(replace(picture, pixels=pixels), tmp_path / "b.png")
    written = read_picture(tmp_path / "b.png")
    xmp, exif = written.origin.metadata.xmp, written.origin.metadata.exif
    assert xmp is not None
    assert exif is not None
    patch = patch_in(written)
    for mark in [*marked(xmp, written.size), subject_in(exif)]:
        np.testing.assert_allclose(mark, patch, atol=0.6)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_marks_in_a_sidecar(tmp_path: Path, orientation: int) -> None:
    picture = read_picture(photograph(tmp_path / "a.jpg", orientation))
    (tmp_path / "a.xmp").write_text(PACKET.format(orientation))
    copy_sidecars(tmp_path / "a.jpg", tmp_path / "b.png", picture.turn, overwrite=False)
    xmp = (tmp_path / "b.xmp").read_bytes()
    assert b'tiff:Orientation="1"' in xmp
    for mark in marked(xmp, picture.size):
        np.testing.assert_allclose(mark, patch_in(picture), atol=0.6)


def test_regions_of_the_turned_picture_stay() -> None:
    """A program has noted them for the picture as it is seen, and says so by its size."""
    packet = PACKET.format(6).replace('w="160" stDim:h="120"', 'w="120" stDim:h="160"')
    found = corrected_xmp(packet.encode(), Turn(6, (160, 120), (120, 160)), is_own=False)
    assert b"<stArea:x>0.25</stArea:x><stArea:y>0.416667</stArea:y>" in found
    assert b'stDim:w="120" stDim:h="160"' in found


@pytest.mark.parametrize("size", ["1e999", "nan", "", "0", "-1", "x", "999999999999999999999"])
def test_numbers_that_are_none_cost_nothing(size: str) -> None:
    packet = PACKET.format(6).replace("160", size).replace("0.416667", size).replace(">50<", ">x<")
    found = corrected_xmp(packet.encode(), Turn(6, (160, 120), (120, 160)), is_own=False)
    assert Packet(found).properties


def test_without_a_turn_nothing_changes() -> None:
    turn = Turn(1, SIZE, SIZE)
    assert corrected_xmp(PACKET.format(1).encode(), turn, is_own=True) == PACKET.format(1).encode()


IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"


def boundary(shape: str, unit: str, numbers: str) -> bytes:
    """A packet with one region of the IPTC."""
    return (
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:i="{IPTC}"><i:ImageRegion>'
        f'<rdf:Bag><rdf:li rdf:parseType="Resource"><i:RegionBoundary rdf:parseType="Resource">'
        f"<i:rbShape>{shape}</i:rbShape><i:rbUnit>{unit}</i:rbUnit>{numbers}</i:RegionBoundary>"
        "</rdf:li></rdf:Bag></i:ImageRegion></rdf:Description></rdf:RDF>"
    ).encode()


def numbers_in(packet: bytes) -> list[float]:
    return [float(number) for number in re.findall(rb'i:rb[XYWHR]x?(?:>|=")([\d.]+)', packet)]


@pytest.mark.parametrize("enlarged", [1, 2])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_regions_of_the_iptc(tmp_path: Path, orientation: int, enlarged: int) -> None:
    """A rectangle in parts, a circle and a polygon in pixels; all around the patch."""
    picture = read_picture(photograph(tmp_path / "a.jpg", orientation))
    left, top, right, bottom = (side * enlarged for side in patch_in(picture))
    width, height = (side * enlarged for side in picture.size)
    turn = Turn(orientation, SIZE, (width, height))

    def written(*region: str) -> list[float]:
        return numbers_in(corrected_xmp(boundary(*region), turn, is_own=True))

    rectangle = "<i:rbX>.125</i:rbX><i:rbY>.333333</i:rbY><i:rbW>.25</i:rbW><i:rbH>.166667</i:rbH>"
    x, y, w, h = written("rectangle", "relative", rectangle)
    found = x * width, y * height, (x + w) * width, (y + h) * height
    np.testing.assert_allclose(found, (left, top, right, bottom), atol=0.6)
    circle = "<i:rbX>40</i:rbX><i:rbY>50</i:rbY><i:rbRx>10</i:rbRx>"
    found = written("circle", "pixel", circle)
    np.testing.assert_allclose(
        found, ((left + right) / 2, (top + bottom) / 2, 10 * enlarged), atol=0.6
    )
    circle = "<i:rbX>.25</i:rbX><i:rbY>.416667</i:rbY><i:rbRx>.0625</i:rbRx>"
    assert written("circle", "relative", circle)[2] * width == pytest.approx(10 * enlarged, 1e-3)
    corners = '<rdf:li i:rbX="20" i:rbY="40"/><rdf:li i:rbX="60" i:rbY="60"/>'
    polygon = f"<i:rbVertices><rdf:Seq>{corners}</rdf:Seq></i:rbVertices>"
    x1, y1, x2, y2 = written("polygon", "pixel", polygon)
    found = min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
    np.testing.assert_allclose(found, (left, top, right, bottom), atol=0.6)


def test_exiftool_reads_the_regions_where_the_standard_wants_them(
    tmp_path: Path, exiftool: Callable[..., Any]
) -> None:
    """The figures follow MWG 2.0, section 5.9."""
    Image.new("RGB", SIZE).save(tmp_path / "a.jpg")
    area = "{X=.1875,Y=.25,W=.125,H=.1667,Unit=normalized}"
    exiftool(
        *("-n", "-Orientation=6", "-SubjectArea=30 30 20 20", "-SubjectLocation=30 30"),
        "-RegionInfo={AppliedToDimensions={W=160,H=120,Unit=pixel},"
        f"RegionList=[{{Area={area},Name=Ann,Type=Face}}]}}",
        tmp_path / "a.jpg",
    )
    for extension in (".jpg", ".png", ".tif", ".webp", ".avif", ".heic", ".jxl"):
        path = tmp_path / f"b{extension}"
        write_picture(read_picture(tmp_path / "a.jpg"), path)
        [found] = exiftool("-json", "-n", "-struct", path)
        region = found["RegionInfo"]
        assert region["AppliedToDimensions"] == {"W": 120, "H": 160, "Unit": "pixel"}
        place = region["RegionList"][0]["Area"]
        assert place == {"X": 0.75, "Y": 0.1875, "W": 0.1667, "H": 0.125, "Unit": "normalized"}
        assert (found["SubjectArea"], found["SubjectLocation"]) == ("90 30 20 20", "90 30")
