"""Sidecars: XMP files beside a photograph, where programs note what they don't write into it.

There are two customs: photo.xmp, and photo.jpg.xmp.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from styleplug.errors import UnreadableImageError, UnwritableImageError
from styleplug.image.metadata import corrected_xmp
from styleplug.image.write import EXISTS, write_file


def check_sidecars(photo: Path, output: Path, *, overwrite: bool) -> None:
    """Make sure, before any work is done, that the photograph's sidecars can be copied.

    Raises:
        UnreadableImageError: a sidecar can't be read.
        UnwritableImageError: there is a file already that may not be replaced.
    """
    for source, target in _copies(photo, output):
        _content(source)
        if os.path.lexists(target) and not overwrite:
            raise UnwritableImageError(target, EXISTS)


def copy_sidecars(
    photo: Path, output: Path, size: tuple[int, int], *, overwrite: bool
) -> list[Path]:
    """Copy the photograph's sidecars to the output's name, each in the custom that it follows.

    Orientation and size, (width, height) in pixels, become those of the output; a file that is no
    XMP is copied as it is. A sidecar that would be its own copy, of photo.png beside photo.jpg,
    stays.

    Returns:
        The files written.

    Raises:
        UnreadableImageError: a sidecar can't be read.
        UnwritableImageError: a copy can't be written, or is there already and may not be replaced.
    """
    written = []
    for source, target in _copies(photo, output):
        data = _content(source)
        with suppress(ValueError):
            data = corrected_xmp(data, size)
        write_file(target, data, overwrite=overwrite)
        written.append(target)
    return written


def _content(sidecar: Path) -> bytes:
    try:
        return sidecar.read_bytes()
    except OSError as error:
        raise UnreadableImageError(
            sidecar, f"can't be copied ({error.strerror}); mend that, or leave it with --strip"
        ) from error


def _copies(photo: Path, output: Path) -> Iterator[tuple[Path, Path]]:
    """The sidecars that there are, and where they go."""
    for name, copy in ((photo.stem, output.stem), (photo.name, output.name)):
        source, target = photo.parent / f"{name}.xmp", output.parent / f"{copy}.xmp"
        # Functions of os.path answer no where those of Path raise, as for a name that is too long.
        if os.path.isfile(source) and not (os.path.exists(target) and target.samefile(source)):
            yield source, target
