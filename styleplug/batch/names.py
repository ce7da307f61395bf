"""A place of its own for each result, so that none is written over another, or over a picture."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path, PurePath

from styleplug.api import list_formats
from styleplug.batch.inputs import InputFile


class Names:
    """Gives places in a folder; those that a journal knows stay with their pictures.

    Names that differ in case or in the way that accents are encoded only are the same file on some
    systems, and so are the same name here. Where one is taken, "-2" and so on is added.

    Args:
        folder: the output folder.
        taken: the picture of each place that is given already.
        originals: files that no result is to replace, besides the pictures.
        suffix: what is added to each name, before its extension.
        kind: the extension of all results, without the dot; None for each picture's own, or .png
            where its format isn't written.
    """

    def __init__(
        self,
        folder: Path,
        taken: Mapping[PurePath, Path],
        originals: Iterable[Path],
        suffix: str,
        kind: str | None,
    ) -> None:
        self._folder = folder
        self._folders: dict[Path, str] = {}
        self._suffix = suffix
        self._kind = kind
        self._written = {extension for format in list_formats() for extension in format.writes}
        self._owners = {_key(place.as_posix()): source for place, source in taken.items()}
        self._results = {self._real(folder / place) for place in taken}
        self._originals = {_key(self._real(file)) for file in originals}

    def assigned(self, pictures: Iterable[InputFile]) -> list[tuple[InputFile, PurePath]]:
        """Pictures, but for those that are results themselves, each with its place in the folder.

        No place is one where a picture lies.
        """
        files = [(found, self._real(found.source)) for found in pictures]
        files = [(found, file) for found, file in files if file not in self._results]
        self._originals.update(_key(file) for _, file in files)
        return [(found, self._place(found)) for found, _ in files]

    def _place(self, found: InputFile) -> PurePath:
        for place in self._candidates(found):
            file = self._real(self._folder / place)
            if _key(file) in self._originals:
                continue
            if self._owners.setdefault(_key(place.as_posix()), found.source) == found.source:
                self._results.add(file)
                return place
        raise AssertionError("there are as many names as numbers")

    def _real(self, file: Path) -> str:
        """Where a file is, however its folder is reached."""
        folder = self._folders.get(file.parent)
        if folder is None:
            folder = self._folders[file.parent] = os.path.realpath(file.parent)
        return os.path.join(folder, file.name)

    def _candidates(self, found: InputFile) -> Iterator[PurePath]:
        path = found.relative_output
        kind = path.suffix if path.suffix.lower() in self._written else ".png"
        if self._kind is not None:
            kind = f".{self._kind}"
        stem = f"{path.stem}{self._suffix}"
        yield path.with_name(f"{stem}{kind}")
        for number in count(2):
            yield path.with_name(f"{stem}-{number}{kind}")


def _key(name: str) -> str:
    """The same for all names that some system takes for the same file."""
    return unicodedata.normalize("NFC", name).casefold()
