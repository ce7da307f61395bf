"""Picture files, written whole or not at all."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from styleplug.atomic import remove_leftovers, written_atomically
from styleplug.disk import synchronise, write_remedy
from styleplug.errors import StyleplugError, UnwritableImageError
from styleplug.image.encode import check_format, encoded
from styleplug.image.picture import Picture

EXISTS = "exists already; choose another name, or allow it with --overwrite"


def check_place(path: Path, *, inputs: Iterable[str | os.PathLike[str]], overwrite: bool) -> None:
    """Make sure that a file of any format can be written to `path`.

    Args:
        path: the file to write.
        inputs: files that the picture is made from, none of which is ever written over.
        overwrite: whether an existing file may be replaced.

    Raises:
        UnwritableImageError: the folder is missing or can't be written to; the file is a folder, is
            one of the inputs under any name, or exists and may not be replaced.
    """
    if os.path.isdir(path):
        raise UnwritableImageError(path, "is a folder; name a file in it")
    _check_folder(path)
    try:
        os.lstat(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unwritable(path, error) from error
    except ValueError as error:
        raise UnwritableImageError(path, "no file can have this name; choose another") from error
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
    """Write a picture in the format that the extension names, as `picture.origin` says.

    Its colours are converted to the origin's profile, which is embedded, and stored with 16 bits a
    channel if the origin had so many and PNG, TIFF or (10 of them) HEIF is written. JPEG holds no
    transparency, so the picture is laid on white there.

    The file appears whole or not at all: whatever goes wrong, an existing file stays as it was. A
    symbolic link is replaced, and what it points to stays.

    Raises:
        UnwritableImageError: as of `check_place` and `check_format`; a file of that name appeared
            meanwhile and may not be replaced; the picture is larger than the format allows; or the
            disk refuses it.
    """
    path = Path(path)
    check_place(path, inputs=(), overwrite=overwrite)
    check_format(path)
    write_file(path, encoded(picture, path), overwrite=overwrite)


def write_file(path: Path, data: bytes, *, overwrite: bool) -> None:
    """Write a file whole or not at all; a symbolic link is replaced.

    Raises:
        UnwritableImageError: there is a file of that name, which may not be replaced, or the disk
            refuses it.
    """
    try:
        with written_atomically(path, overwrite=overwrite) as file:
            file.write(data)
            synchronise(file)
    except FileExistsError as error:
        raise UnwritableImageError(path, EXISTS) from error
    except OSError as error:
        raise _unwritable(path, error) from error


def write_elsewhere(path: Path, write: Callable[[Path], None]) -> Path | None:
    """Write a finished work that can't go where it belongs: beside that, under a free name such as
    painted-1.png; or else in the current folder, or in a new one among the temporary files.

    Args:
        path: where it belongs.
        write: writes it to a path, and raises a `StyleplugError` where that can't be.

    Returns:
        The whole path of the file, or None where there is no place for it.
    """
    for folder in _other_folders(path):
        for place in _free_names(folder / path.name):
            try:
                write(place)
            except StyleplugError:
                if os.path.lexists(place):  # taken at this moment
                    continue
                break
            return place
    return None


def _other_folders(path: Path) -> Iterator[Path]:
    with suppress(OSError):  # the current folder may be gone
        yield from {path.parent.absolute(): None, Path.cwd(): None}
    with suppress(OSError):
        folder = Path(tempfile.mkdtemp(prefix="styleplug-"))  # nobody else may look into it
        yield folder
        folder.rmdir()  # nothing could be written there either


def _free_names(path: Path) -> Iterator[Path]:
    """The path and numbered ones, as far as there is nothing there."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(1))
    return (place for place in itertools.chain([path], numbered) if not os.path.lexists(place))


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
    remove_leftovers(folder)


def _is_same(path: Path, source: str | os.PathLike[str]) -> bool:
    try:
        return path.samefile(source)
    except OSError:  # one of them leads nowhere: a dangling link, or an input that is missing
        return False


def _unwritable(path: Path, error: OSError) -> UnwritableImageError:
    return UnwritableImageError(path, f"can't be written ({error.strerror}); {write_remedy(error)}")
