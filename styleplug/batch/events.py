"""What a running batch says: that it is planned, then what becomes of each picture, in any order;
`kind` names an event for programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from styleplug.errors import StyleplugError


@dataclass(frozen=True)
class BatchPlanned:
    """The batch is about to begin: `total` pictures, of which `done` are so from earlier."""

    kind: ClassVar[str] = "planned"
    total: int
    done: int


@dataclass(frozen=True)
class PictureStarted:
    """A picture is about to be done; `source` is its absolute path, as in all that follow."""

    kind: ClassVar[str] = "started"
    source: str


@dataclass(frozen=True)
class PictureAdvanced:
    """A picture has come so far: `fraction` of the work, 0..1."""

    kind: ClassVar[str] = "advanced"
    source: str
    fraction: float


@dataclass(frozen=True)
class PictureDone:
    """A picture's result is in its place; `warnings` are lines for people, `device` is what it was
    computed on, "" where nobody says."""

    kind: ClassVar[str] = "done"
    source: str
    output: str
    seconds: float
    warnings: tuple[str, ...] = ()
    device: str = ""


@dataclass(frozen=True)
class PictureSkipped:
    """There was a file in the place of a picture's result, and it was to stay."""

    kind: ClassVar[str] = "skipped"
    source: str
    output: str


@dataclass(frozen=True)
class PictureFailed:
    """A picture can't be done: `code` is that of the error (see `styleplug.errors`)."""

    kind: ClassVar[str] = "failed"
    source: str
    code: str
    problem: str

    @classmethod
    def of(cls, source: Path, error: StyleplugError) -> PictureFailed:
        """What an error means for a picture, whose name the problem need not repeat."""
        return cls(str(source), error.code, str(error).removeprefix(f"{source}: "))


BatchEvent = (
    BatchPlanned | PictureStarted | PictureAdvanced | PictureDone | PictureSkipped | PictureFailed
)
