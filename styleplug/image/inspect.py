"""What a picture file is, and what it says besides its pixels."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageCms

from styleplug.image.decode import decoded, read_metadata
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.pil import decoder_errors
from styleplug.image.read import file_content

_COLOURS = {1: "grey", 3: "RGB", 4: "CMYK"}


@dataclass(frozen=True)
class Inspection:
    """A picture file.

    Args:
        size: (width, height) in pixels, upright.
        colours: "grey", "RGB" or "CMYK".
        depth: bits a channel, 8 or 16.
        has_alpha: whether there is transparency.
        profile: what the ICC profile calls itself; None where there is none.
        metadata: its blocks.
        warnings: what a person should know, each the rest of a sentence that begins with the file's
            name.
    """

    size: tuple[int, int]
    colours: str
    depth: int
    has_alpha: bool
    profile: str | None
    metadata: Metadata
    warnings: tuple[str, ...]


def inspect_picture(path: str | os.PathLike[str]) -> Inspection:
    """Look at a picture file of any format that `read_picture` reads.

    Raises:
        UnreadableImageError, UnsupportedImageError, ImageTooLargeError: as of `read_picture`.
    """
    path = Path(path)
    data = file_content(path)
    with decoder_errors(path):
        samples = decoded(data, path)
    metadata, warnings = read_metadata(data, samples.orientation)
    height, width, channels = samples.colours.shape
    return Inspection(
        size=(width, height),
        colours=_COLOURS[channels],
        depth=samples.depth,
        has_alpha=samples.alpha is not None,
        profile=_profile_name(samples.profile),
        metadata=metadata,
        warnings=(*samples.warnings, *warnings),
    )


def _profile_name(profile: bytes | None) -> str | None:
    if profile is None:
        return None
    try:
        return ImageCms.getProfileDescription(ImageCms.getOpenProfile(io.BytesIO(profile))).strip()
    except (ImageCms.PyCMSError, OSError):
        return "damaged"
