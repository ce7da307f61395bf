"""What there is to know of a host program: where it looks for adapters, and what to tell people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class HostLocation:
    """A configuration folder of a host program.

    `state` is "found" where an adapter can go there; otherwise "sandboxed" or "unsupported", and
    `advice` says what to do instead.
    """

    title: str
    folder: Path
    state: str = "found"
    advice: str = ""


@dataclass(frozen=True)
class Edit:
    """Our part of a text file that is the host's own, such as a line of its configuration.

    Both functions raise a ValueError, which says why, for a text that isn't what they know.

    Args:
        path: the file, from the adapter's folder; a link is followed.
        put: the text with our part in it, once and as it has to be now: of such a text, the same.
            It gets an empty text where there is no file.
        remove: the text without our part; where it is empty, the file is removed.
    """

    path: str
    put: Callable[[str], str]
    remove: Callable[[str], str]


@dataclass(frozen=True)
class Adapter:
    """A folder of `plugins/` and the host program that it is for.

    Args:
        host: the program's name.
        title: the program's name for people.
        find: the places on this machine.
        classify: the place that a folder named by the user is; raises a HostError where it is none.
        target: where the adapter's folder lies in a place.
        files: what goes into that folder, by name, for the absolute path of the interpreter that
            the host is to start; raises a HostError where it is missing.
        not_found_hint: what to do where there is no place.
        next_step: what to do after installing.
        script: the file that gets the run bit.
        edits: our parts of the host's own text files, for an interpreter.
        shared: whether others have files in the adapter's folder, too.
        changed: told the adapter's folder when what is in it was changed.
    """

    host: str
    title: str
    find: Callable[[], tuple[HostLocation, ...]]
    classify: Callable[[Path], HostLocation]
    target: str
    files: Callable[[str], Mapping[str, bytes]]
    not_found_hint: str
    next_step: str
    script: str = ""
    edits: Callable[[str], tuple[Edit, ...]] = lambda interpreter: ()
    shared: bool = False
    changed: Callable[[Path], None] = lambda folder: None
