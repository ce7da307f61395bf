"""What a running batch says: Planned, then what becomes of each picture, in any order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from styleplug.errors import StyleplugError


@dataclass(frozen=True)
class Planned:
    """The batch is about to begin: `total` pictures, of which `done` are so from earlier."""

    total: int
    done: int


@dataclass(frozen=True)
class Started:
    """A picture is about to be done; `source` is its absolute path, as in all that follow."""

    source: str


@dataclass(frozen=True)
class Advanced:
    """A picture has come so far: `fraction` of the work, 0..1."""

    source: str
    fraction: float


@dataclass(frozen=True)
class Done:
    """A picture's result is in its place; `warnings` are lines for people, `device` is what it was
    computed on, "" where nobody does."""

    source: str
    output: str
    seconds: float
    warnings: tuple[str, ...] = ()
    device: str = ""


@dataclass(frozen=True)
class Skipped:
    """There was a file in the place of a picture's result, and it was to stay."""

    source: str
    output: str


@dataclass(frozen=True)
class Failed:
    """A picture can't be done: `code` is that of the error (see `styleplug.errors`)."""

    source: str
    code: str
    problem: str

    @classmethod
    def of(cls, source: Path, error: StyleplugError) -> Failed:
        """What an error means for a picture, whose name the problem need not repeat."""
        return cls(str(source), error.code, str(error).removeprefix(f"{source}: "))


BatchEvent = Planned | Started | Advanced | Done | Skipped | Failed
