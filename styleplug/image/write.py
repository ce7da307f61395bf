"""Picture files, written whole or not at all."""

from __future__ import annotations

import io
import os
import secrets
import struct
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import UnwritableImageError
from styleplug.image.metadata import corrected, embed_metadata
from styleplug.image.picture import Picture


@dataclass(frozen=True)
class _Format:
    """A file format: Pillow's name and options for it, and what it can hold."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    has_alpha: bool = True
    longest_side: int | None = None


_JPEG = _Format("JPEG", {"quality": 95, "subsampling": "4:4:4"}, False, longest_side=65500)
_TIFF = _Format("TIFF", {"compression": "tiff_deflate"})
_FORMATS = {
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".png": _Format("PNG"),
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".webp": _Format("WEBP", {"quality": 95}, longest_side=16383),
    ".avif": _Format("AVIF", {"quality": 90}),
    ".heic": _Format("HEIF", {"quality": 90}),
}

EXISTS = "exists already; choose another name, or allow it with --overwrite"


def check_output(
    path: str | os.PathLike[str],
    *,
    inputs: Iterable[str | os.PathLike[str]],
    overwrite: bool,
) -> None:
    """Make sure, before any work is done, that a picture can be written to `path`.

    Args:
        path: the file to write.
        inputs: files that the picture is made from, none of which is ever written over.
        overwrite: whether an existing file may be replaced.

    Raises:
        UnwritableImageError: the extension is unknown; the folder is missing or can't be written
            to; the file is a folder, is one of the inputs under any name, or exists and may not be
            replaced.
    """
    path = Path(path)
    if os.path.isdir(path):
        raise UnwritableImageError(path, "is a folder; name a file in it")
    if path.suffix.lower() not in _FORMATS:
        raise UnwritableImageError(
            path, f"has no known extension; use one of {', '.join(_FORMATS)}"
        )
    _check_folder(path)
    try:
        os.lstat(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unwritable(path, error) from error
    for source in inputs:
        if _is_same(path, source):
            raise UnwritableImageError(
                path, f"is the input {source}, which is never written over; choose another name"
            )
    if not overwrite:
        raise UnwritableImageError(path, EXISTS)


def write_picture(
    picture: Picture, path: str | os.PathLike[str], *, overwrite: bool = False
) -> None:
    """Write a picture with 8 bits a channel, in the format that the extension names.

    The file appears whole or not at all: whatever goes wrong, an existing file stays as it was. A
    symbolic link is replaced, and what it points to stays. JPEG holds no transparency, so the
    picture is laid on white.

    Raises:
        UnwritableImageError: as of `check_output`; a file of that name appeared meanwhile and may
            not be replaced; the picture is larger than the format allows; or the disk refuses it.
    """
    path = Path(path)
    check_output(path, inputs=(), overwrite=overwrite)
    write_file(path, _encoded(picture, path), overwrite=overwrite)


def write_file(path: Path, data: bytes, *, overwrite: bool) -> None:
    """Write a file whole or not at all; a symbolic link is replaced.

    Raises:
        UnwritableImageError: there is a file of that name, which may not be replaced, or the disk
            refuses it.
    """
    temporary = path.with_name(f".styleplug-{secrets.token_hex(8)}.tmp")
    try:
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _publish(temporary, path, overwrite)
        finally:
            temporary.unlink(missing_ok=True)
    except FileExistsError as error:
        raise UnwritableImageError(path, EXISTS) from error
    except OSError as error:
        raise _unwritable(path, error) from error


def _check_folder(path: Path) -> None:
    folder = path.parent
    if not os.path.isdir(folder):
        raise UnwritableImageError(path, f"there is no folder {folder}; make it first")
    try:
        # The only test that holds for every system, file system and user is to write.
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UnwritableImageError(
            path, f"the folder {folder} can't be written to ({error.strerror}); choose another"
        ) from error


def _is_same(path: Path, source: str | os.PathLike[str]) -> bool:
    try:
        return path.samefile(source)
    except OSError:  # one of them leads nowhere: a dangling link, or an input that is missing
        return False


def _unwritable(path: Path, error: OSError) -> UnwritableImageError:
    return UnwritableImageError(
        path, f"can't be written ({error.strerror}); free some space, or choose another place"
    )


def _encoded(picture: Picture, path: Path) -> bytes:
    """The content of the file, made in memory so that only writing it can fail on the disk."""
    format = _FORMATS[path.suffix.lower()]
    if format.longest_side is not None and max(picture.size) > format.longest_side:
        raise UnwritableImageError(
            path,
            f"{format.name} holds at most {format.longest_side} pixels a side, and the picture has"
            f" {max(picture.size)}; use .png or .tif",
        )
    metadata = picture.metadata
    if picture.alpha is not None and not format.has_alpha:
        picture = Picture(_on_white(picture.pixels, picture.alpha))
    image = picture.to_pil()

    def encode(**metadata: bytes) -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, format.name, **format.options, **metadata)
        return buffer.getvalue()

    try:
        return embed_metadata(encode, format.name, corrected(metadata, image))
    except (OSError, ValueError, struct.error) as error:
        raise UnwritableImageError(
            path, f"can't be stored as {format.name} ({error}); use another format"
        ) from error


def _on_white(pixels: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """The pixels in front of white, mixed as browsers mix them: by their sRGB values."""
    opacity = alpha[..., np.newaxis]
    return pixels * opacity + (1 - opacity)


def _publish(temporary: Path, path: Path, overwrite: bool) -> None:
    """Give the finished file its name.

    Raises:
        FileExistsError: the name is taken, and `overwrite` is false.
    """
    if overwrite:
        os.replace(temporary, path)
        return
    # An empty file claims the name: a hard link, the other way to take a name only where it is
    # free, isn't possible on the FAT file systems of memory cards.
    path.open("xb").close()
    try:
        os.replace(temporary, path)
    except BaseException:
        path.unlink()
        raise
