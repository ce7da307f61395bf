"""What `styleplug info` knows of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from styleplug.errors import UnreadableImageError
from styleplug.image.inspect import inspect_picture
from styleplug.image.picture import Picture
from styleplug.image.write import write_picture


@pytest.mark.parametrize(
    ("mode", "options", "expected"),
    [
        ("L", {}, ("grey", 8, False)),
        ("RGB", {}, ("RGB", 8, False)),
        ("RGBA", {}, ("RGB", 8, True)),
        ("CMYK", {"format": "TIFF"}, ("CMYK", 8, False)),
    ],
)
def test_colours_and_depth(
    tmp_path: Path, mode: str, options: dict[str, Any], expected: tuple[str, int, bool]
) -> None:
    Image.new(mode, (6, 4)).save(tmp_path / "a.png", **options)
    found = inspect_picture(tmp_path / "a.png")
    assert (found.colours, found.depth, found.has_alpha) == expected
    assert (found.size, found.profile, found.warnings) == ((6, 4), None, ())


def test_16_bits(tmp_path: Path) -> None:
    write_picture(Picture.from_any(np.zeros((4, 6, 3), np.uint16)), tmp_path / "a.png")
    assert inspect_picture(tmp_path / "a.png").depth == 16


def test_the_size_is_that_of_the_upright_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (6, 4)).save(tmp_path / "a.jpg", exif=exif)
    found = inspect_picture(tmp_path / "a.jpg")
    assert found.size == (4, 6)
    assert found.metadata.exif is not None


def test_the_profile_is_named(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (6, 4)).save(tmp_path / "a.jpg", icc_profile=profile)
    assert inspect_picture(tmp_path / "a.jpg").profile == "sRGB built-in"
    Image.new("RGB", (6, 4)).save(tmp_path / "b.jpg", icc_profile=b"none at all")
    assert inspect_picture(tmp_path / "b.jpg").profile == "damaged"


def test_damage_is_told(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4)).save(tmp_path / "a.jpg", xmp=b"<damaged")
    [warning] = inspect_picture(tmp_path / "a.jpg").warnings
    assert warning == "has XMP data that are damaged; they were left out"


def test_what_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("no picture")
    with pytest.raises(UnreadableImageError, match=r"a\.jpg: is no picture"):
        inspect_picture(tmp_path / "a.jpg")
