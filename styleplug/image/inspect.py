"""What a picture file is and says, found out without decoding its pixels."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms

from styleplug.image.convert import pillow_errors
from styleplug.image.metadata import Metadata, read_metadata
from styleplug.image.read import read_file


@dataclass(frozen=True)
class Inspection:
    """A picture file.

    Args:
        format: Pillow's name of it, such as JPEG.
        size: (width, height) in pixels, as they are stored: the orientation isn't applied.
        mode: Pillow's name of it, such as RGB.
        profile: what the ICC profile calls itself; None where there is none.
        metadata: its blocks.
    """

    format: str
    size: tuple[int, int]
    mode: str
    profile: str | None
    metadata: Metadata


def inspect_picture(path: str | os.PathLike[str]) -> Inspection:
    """Look at a picture file of any format that Pillow reads.

    Raises:
        UnreadableImageError: no such file, or no picture.
        ImageTooLargeError: more pixels than is safe to open.
    """
    path = Path(path)
    data = read_file(path)
    with pillow_errors(path), Image.open(io.BytesIO(data)) as image:
        format = image.format or ""
        profile = _profile_name(image.info.get("icc_profile"))
        metadata = read_metadata(data, format, path)
        return Inspection(format, image.size, image.mode, profile, metadata)


def _profile_name(profile: bytes | None) -> str | None:
    if not profile:
        return None
    try:
        return ImageCms.getProfileDescription(ImageCms.getOpenProfile(io.BytesIO(profile))).strip()
    except (ImageCms.PyCMSError, OSError):
        return "damaged"
