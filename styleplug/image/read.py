"""Picture files, read into memory."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from styleplug.errors import ImageTooLargeError, UnreadableImageError
from styleplug.image.decode import decoded, read_metadata
from styleplug.image.metadata.exif import in_srgb
from styleplug.image.picture import Picture
from styleplug.image.pil import decoder_errors

MAX_BYTES = 2**30
"""The largest file that is read, 1 GiB: the largest picture with 16 bits isn't much larger."""


def read_picture(path: str | os.PathLike[str]) -> Picture:
    """The picture in a file; the first, where there are several.

    Read are JPEG, PNG, TIFF, WebP, AVIF, GIF, PSD and what else Pillow reads without other
    programs, HEIF and JPEG XL with the extras "heif" and "jxl", and RAW files with the extra "raw".
    The EXIF orientation and the colours that the file describes are applied, transparency, the
    depth of 16 bits and metadata are kept. Colours outside of sRGB are clipped to it, and HDR is
    tone-mapped. What a person should know of it is in `picture.origin.warnings`.

    Raises:
        UnreadableImageError: no such file, a folder, no permission, no picture, or a damaged one.
        UnsupportedImageError: a picture of a kind that isn't read, of 32-bit values outside the
            usual ranges, or one whose format needs an extra that isn't installed.
        ImageTooLargeError: more bytes than `MAX_BYTES`, or more pixels, or more of anything else
            that takes memory or time, than are safe to open or than memory holds.
    """
    path = Path(path)
    data = file_content(path)
    with decoder_errors(path):
        picture = Picture.from_samples(decoded(data, path), path)
    metadata, warnings = read_metadata(data, picture.origin.orientation)
    if metadata.exif and picture.origin.profile is None:
        # The pixels are sRGB now, whatever the camera was set to.
        metadata = replace(metadata, exif=in_srgb(metadata.exif))
    origin = replace(picture.origin, warnings=(*picture.origin.warnings, *warnings))
    return replace(picture, origin=origin).with_metadata(metadata)


def file_content(path: Path) -> bytes:
    """The whole file, so that nothing that happens to it later matters.

    Raises:
        UnreadableImageError: no such file, a folder, a device, no permission, or nothing in it.
        ImageTooLargeError: more bytes than `MAX_BYTES`.
    """
    try:
        kind = os.stat(path).st_mode
        if stat.S_ISCHR(kind) or stat.S_ISBLK(kind):  # opening some does something
            raise UnreadableImageError(path, "is a device; name a picture")
        with open(path, "rb", opener=_at_once) as file:
            data = _limited(file)
    except OSError as error:
        raise UnreadableImageError(path, _problem(path, error)) from error
    except ValueError as error:
        raise UnreadableImageError(path, "no file can have this name; check the path") from error
    if len(data) > MAX_BYTES:
        raise ImageTooLargeError(
            path, f"has more than the {MAX_BYTES >> 20} MiB that are read; use a smaller copy"
        )
    if not data and stat.S_ISFIFO(kind):
        raise UnreadableImageError(path, "is a pipe that nobody writes to; name a picture")
    if not data:
        raise UnreadableImageError(path, "is empty (0 bytes); copy it again from its source")
    return data


def _at_once(path: str, flags: int) -> int:
    """Open a file, or a pipe even if nobody writes to it, which would otherwise be waited for."""
    if not hasattr(os, "O_NONBLOCK"):  # Windows
        return os.open(path, flags)
    handle = os.open(path, flags | os.O_NONBLOCK)
    os.set_blocking(handle, True)  # for whoever writes may be slow
    return handle


def _limited(file: BinaryIO) -> bytes:
    """What is in a file, which may be a pipe or without an end, up to more than the limit."""
    pieces, length = [], 0
    while length <= MAX_BYTES and (piece := file.read(2**20)):
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)


def _problem(path: Path, error: OSError) -> str:
    if os.path.isdir(path):  # first, since Windows calls opening a folder a lack of permission
        return "is a folder; name a picture in it"
    if isinstance(error, FileNotFoundError):
        return "there is no such file; check the path"
    if isinstance(error, PermissionError):
        return "you have no permission to read it; change its permissions, or use a copy"
    return f"can't be read ({error.strerror}); check the path"
