"""What there is to know of a host program: where it looks for adapters, and what to tell people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A configuration folder of a host program.

    `state` is "found" where an adapter can go there; otherwise "sandboxed" or "unsupported", and
    `advice` says what to do instead.
    """

    title: str
    folder: Path
    state: str = "found"
    advice: str = ""


@dataclass(frozen=True)
class Adapter:
    """A folder of `plugins/` and the host program that it is for.

    Args:
        host: the program's name, and that of the folder in `plugins/`.
        title: the program's name for people.
        find: the places on this machine.
        judge: the place that a folder named by the user is; raises a HostError where it is none.
        target: where the adapter's own folder lies in a place.
        script: the file that the host starts; it gets the run bit.
        absent: what to do where there is no place.
        next_step: what to do after installing.
    """

    host: str
    title: str
    find: Callable[[], tuple[Place, ...]]
    judge: Callable[[Path], Place]
    target: str
    script: str
    absent: str
    next_step: str
