"""Picture files, read into memory."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image

from styleplug.errors import UnreadableImageError
from styleplug.image.convert import from_pil, pillow_errors
from styleplug.image.metadata import read_metadata
from styleplug.image.picture import Picture


def read_picture(path: str | os.PathLike[str]) -> Picture:
    """The picture in a file of any format that Pillow reads; the first, where there are several.

    The EXIF orientation is applied and transparency is kept. Colours are taken as sRGB, whatever
    profile is embedded.

    Raises:
        UnreadableImageError: no such file, a folder, no permission, no picture, or a damaged one.
        UnsupportedImageError: a picture of 32-bit values outside the usual ranges.
        ImageTooLargeError: more pixels than `PIL.Image.MAX_IMAGE_PIXELS`, or than memory holds.
    """
    path = Path(path)
    data = read_file(path)
    with pillow_errors(path), Image.open(io.BytesIO(data)) as image:
        pixels, alpha = from_pil(image, path)
        format = image.format or ""
    return Picture(pixels, alpha, path, read_metadata(data, format, path))


def read_file(path: Path) -> bytes:
    """The content of a picture file.

    Raises:
        UnreadableImageError: no such file, a folder, no permission, or nothing in it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableImageError(path, _problem(path, error)) from error
    if not data:
        raise UnreadableImageError(path, "is empty (0 bytes); copy it again from its source")
    return data


def _problem(path: Path, error: OSError) -> str:
    if os.path.isdir(path):  # first, since Windows calls opening a folder a lack of permission
        return "is a folder; name a picture in it"
    if isinstance(error, FileNotFoundError):
        return "there is no such file; check the path"
    if isinstance(error, PermissionError):
        return "you have no permission to read it; change its permissions, or use a copy"
    return f"can't be opened ({error.strerror}); check the path"
