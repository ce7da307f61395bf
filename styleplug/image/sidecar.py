"""Sidecars: XMP files beside a photograph, where programs note what they don't write into it.

There are two customs: photo.xmp, and photo.jpg.xmp; cameras write both in capitals, too.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from styleplug.errors import UnreadableImageError, UnwritableImageError
from styleplug.image.metadata.xmp_correction import corrected_xmp, warnings_on
from styleplug.image.turn import Turn
from styleplug.image.write import EXISTS, write_file

_MOST_BYTES = 16 * 2**20
_EXTENSIONS = ["".join(letters) for letters in product("xX", "mM", "pP")]

_NO_TURN = Turn(1, (1, 1), (1, 1))

_log = logging.getLogger("styleplug")


def check_sidecars(photo: Path, output: Path, *, overwrite: bool) -> None:
    """Make sure, before any work is done, that the photograph's sidecars can be copied.

    Raises:
        UnreadableImageError: a sidecar can't be read.
        UnwritableImageError: there is a file already that may not be replaced.
    """
    for source, target in _copies(photo, output):
        is_taken = os.path.lexists(target) and not overwrite
        if not isinstance(_packet(source, _NO_TURN), str) and is_taken:
            raise UnwritableImageError(target, EXISTS)


def copy_sidecars(photo: Path, output: Path, turn: Turn, *, overwrite: bool) -> list[Path]:
    """Copy the photograph's sidecars to the output's name, each in the custom that it follows.

    Orientation, size and places become those of the output, as in its own XMP. A sidecar that would
    be its own copy, of photo.png beside photo.jpg, stays. Links, devices, pipes and what is no XMP
    packet aren't copied: beside a result, they would give away what isn't the photograph's.

    Args:
        photo: the photograph.
        output: what was made of it.
        turn: what became of the photograph's pixels.
        overwrite: whether an existing file may be replaced.

    Returns:
        The files written.

    Raises:
        UnreadableImageError: a sidecar can't be read.
        UnwritableImageError: a copy can't be written, or is there already and may not be replaced.
    """
    written = []
    for source, target in _copies(photo, output):
        found = _packet(source, turn)
        if isinstance(found, str):
            _log.warning("%s %s; it isn't copied", source, found)
            continue
        packet, warnings = found
        for warning in warnings:
            _log.warning("%s %s", source, warning)
        write_file(target, packet, overwrite=overwrite)
        written.append(target)
    return written


def _packet(sidecar: Path, turn: Turn) -> tuple[bytes, list[str]] | str:
    """The packet for a copy, and warnings on it; where there is none, what is wrong. Warnings and
    what is wrong are the rest of a sentence.

    Raises:
        UnreadableImageError: it can't be read.
    """
    try:
        if not stat.S_ISREG(os.lstat(sidecar).st_mode):  # before it is opened: a pipe would wait
            return "is a link, or no file"
        with sidecar.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            return f"has more than {_MOST_BYTES >> 20} MiB"
        return corrected_xmp(data, turn, is_own=True), warnings_on(data)
    except OSError as error:
        raise UnreadableImageError(
            sidecar, f"can't be copied ({error.strerror}); mend that, or leave it with --strip"
        ) from error
    except ValueError as error:
        return f"is no XMP packet ({error})"


def _copies(photo: Path, output: Path) -> Iterator[tuple[Path, Path]]:
    """The sidecars that there are, and where they go."""
    for name, copy in ((photo.stem, output.stem), (photo.name, output.name)):
        sources = (photo.parent / f"{name}.{extension}" for extension in _EXTENSIONS)
        # Functions of os.path answer no where those of Path raise, as for a name that is too long.
        source, target = next(filter(os.path.lexists, sources), None), output.parent / f"{copy}.xmp"
        is_own = name == copy and _is_same(photo.parent, output.parent)
        if source and not is_own and not _is_same(source, target):
            yield source, target


def _is_same(path: Path, other: Path) -> bool:
    return os.path.exists(path) and os.path.exists(other) and path.samefile(other)
