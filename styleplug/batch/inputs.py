"""Finding the pictures of a batch: files, folders, patterns and lists."""

from __future__ import annotations

import glob
import logging
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path, PurePath

from styleplug.api import list_formats
from styleplug.errors import UnreadableImageError

SYSTEM_FOLDERS = (
    *("@eaDir", "#recycle", "#snapshot"),  # Synology
    *(".@__thumb", "@__thumb", "@Recycle", "@Recently-Snapshot"),  # QNAP
    *(".recycle", "trashbox", ".wdmc", "lost+found"),  # Samba, Buffalo, Western Digital, ext4
    *(".thumbnails", ".sh_thumbnails", ".Trash", ".Trashes"),  # Linux and macOS desktops
    *("$RECYCLE.BIN", "System Volume Information", "Thumbs"),  # Windows
    *(".picasaoriginals", "__MACOSX"),  # Picasa; ZIP archives of macOS
)
"""Where storage and programs keep thumbnails, snapshots and what was deleted, in any case."""

_SYSTEM = frozenset(name.lower() for name in SYSTEM_FOLDERS)
_log = logging.getLogger("styleplug")


@dataclass(frozen=True)
class InputFile:
    """A picture: its absolute path, and the relative one that its result is to have."""

    source: Path
    relative_output: PurePath


def _extensions() -> frozenset[str]:
    return frozenset(extension for format in list_formats() for extension in format.reads)


@dataclass(frozen=True)
class Search:
    """How folders are looked through.

    Args:
        without: a folder to leave out wherever it is met on the way.
        recursive: whether folders in a folder are looked into.
        system_folders: whether those of `SYSTEM_FOLDERS` are, too.
        extensions: of pictures. Files that are named one by one may be called anything.
        left_out: those that weren't, as they are met.
    """

    without: Path
    recursive: bool = False
    system_folders: bool = False
    extensions: frozenset[str] = field(default_factory=_extensions)
    left_out: set[Path] = field(default_factory=set)

    def takes_in(self, folder: Path) -> bool:
        """Whether a folder's name is one to look into when it is met on the way."""
        if folder.name.lower() not in _SYSTEM:
            return not _is_temporary(folder)
        if not self.system_folders:
            self.left_out.add(folder)
        return self.system_folders

    def finds(self, path: Path) -> bool:
        """Whether it is called like a picture, and isn't a pipe or a device, which would be waited
        for."""
        if path.suffix.lower() not in self.extensions or _is_temporary(path):
            return False
        try:
            return stat.S_ISREG(path.stat().st_mode)
        except OSError:  # it is gone, or a link that leads nowhere, and is told of
            return True

    def warn(self, known: int = 0) -> int:
        """Warn of what was left out, if that is more than is known; returns how many folders."""
        if len(self.left_out) > known:
            names = ", ".join(sorted({folder.name for folder in self.left_out}))
            _log.warning(
                "folders of thumbnails, snapshots or deleted pictures are left out (%s; %d in all);"
                " --system-folders takes them in",
                *(names, len(self.left_out)),
            )
        return len(self.left_out)


def find_pictures(
    inputs: Sequence[Path], listed: Iterable[Path], search: Search
) -> Iterator[InputFile]:
    """The pictures that inputs name, each once, in the order of their names within a folder.

    A picture in a folder has its place as it lies in that folder; one that a pattern matches, as it
    lies below the part of the pattern that isn't one; one of a list, as its path is written, if it
    lies in the current folder; any other is placed by its name alone. Links are followed, but not
    in circles. Pipes and devices in a folder are left out.

    Args:
        inputs: files, folders, or patterns such as "photos/**/*.jpg".
        listed: files, or folders, of a list; one that is missing is found all the same, so that it
            is told of as of any picture that can't be read.
        search: how folders are looked through.

    Raises:
        UnreadableImageError: an input is no file, no folder, and no pattern that matches any.
    """
    seen: set[Path] = set()
    for found in chain(
        *(_named(path, search) for path in inputs),
        *(_listed(path, search) for path in listed),
    ):
        if found.source not in seen:
            seen.add(found.source)
            yield found


def listed_paths(data: bytes) -> list[Path]:
    """The paths of a list: one a line or, as `find -print0` gives them, each before a zero byte."""
    separator = b"\0" if b"\0" in data else b"\n"
    names = (name if separator == b"\0" else name.rstrip(b"\r") for name in data.split(separator))
    return [Path(os.fsdecode(name)) for name in names if name]


def _named(path: Path, search: Search) -> Iterator[InputFile]:
    if os.path.isdir(path):
        yield from _walked(path, path, search)
        return
    if os.path.lexists(path):
        yield InputFile(_absolute(path), PurePath(path.name))
        return
    matches = sorted(glob.iglob(str(path), recursive=True)) if glob.has_magic(str(path)) else []
    if not matches:
        raise UnreadableImageError(path, "there is no such file or folder; check the path")
    fixed = Path(*_fixed(path.parts))
    for match in map(Path, matches):
        if not _is_reached(match, path, fixed, search):
            continue
        if os.path.isdir(match):
            # "**" gives each folder, and what is in it besides.
            if "**" not in path.parts:
                yield from _walked(match, fixed, search)
        elif search.finds(match) and not _lies_in(match.parent, search.without):
            yield InputFile(_absolute(match), _place(match, fixed))


def _is_reached(match: Path, pattern: Path, fixed: Path, search: Search) -> bool:
    """Whether none of the folders on the way to what a pattern matches is left out.

    Those are looked into whose names the pattern has.
    """
    return all(
        folder.name in pattern.parts or search.takes_in(folder)
        for folder in (match, *match.parents)
        if folder.name.lower() in _SYSTEM and fixed in folder.parents
    )


def _listed(path: Path, search: Search) -> Iterator[InputFile]:
    source, here = _absolute(path), Path.cwd()
    base = here if source.is_relative_to(here) else source.parent
    if os.path.isdir(path):
        yield from _walked(source, base, search)
    else:
        yield InputFile(source, source.relative_to(base))


def _walked(folder: Path, root: Path, search: Search) -> Iterator[InputFile]:
    """The pictures in a folder, with places below `root`."""
    above: frozenset[str] = frozenset()
    pending = [(folder, above)]
    while pending:
        folder, above = pending.pop()
        real = os.path.realpath(folder)
        if real in above:  # a link leads back to a folder that it lies in
            continue
        folders = []
        for path in sorted(_entries(folder)):
            if os.path.isdir(path):
                if (
                    search.recursive
                    and search.takes_in(path)
                    and not _is_same(path, search.without)
                ):
                    folders.append((path, above | {real}))
            elif search.finds(path):
                yield InputFile(_absolute(path), _place(path, root))
        pending += reversed(folders)


def _place(path: Path, root: Path) -> PurePath:
    """Where a picture lies below `root`; its name alone where ".." leads out of that."""
    path, root = _absolute(path), _absolute(root)
    return path.relative_to(root) if path.is_relative_to(root) else PurePath(path.name)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise UnreadableImageError(
            folder, f"the folder can't be read ({error.strerror}); mend that, or leave it out"
        ) from error


def _fixed(parts: Sequence[str]) -> Iterator[str]:
    """The parts of a pattern before the first that is one."""
    for part in parts[:-1]:
        if glob.has_magic(part):
            return
        yield part


def _is_temporary(path: Path) -> bool:
    """Whether a name is one that programs give to what they hide, or haven't finished."""
    return path.name.startswith((".", "~"))


def _is_same(folder: Path, other: Path) -> bool:
    return os.path.realpath(folder) == os.path.realpath(other)


def _lies_in(folder: Path, other: Path) -> bool:
    return Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(other))


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))
