"""What the work on a video says: that it is planned, then how far it is; `kind` names an event for
programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class VideoPlanned:
    """The work is about to begin, or to go on.

    Args:
        width, height: of the frames, upright, in pixels.
        total: their number, as far as the file says; None where it doesn't.
        done: how many are so from earlier.
        notes: lines worth showing to a person.
    """

    kind: ClassVar[str] = "planned"
    width: int
    height: int
    total: int | None
    done: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrameAdvanced:
    """The frame of this number, from 0, has come so far: `fraction` of its work, 0..1."""

    kind: ClassVar[str] = "advanced"
    number: int
    fraction: float


@dataclass(frozen=True)
class FrameDone:
    """The frame of this number, from 0, is done; `is_first` tells that a scene begins with it."""

    kind: ClassVar[str] = "frame"
    number: int
    is_first: bool


@dataclass(frozen=True)
class VideoDone:
    """The video is in its place: how many `frames` it has, and how many `scenes` were begun in this
    run."""

    kind: ClassVar[str] = "done"
    frames: int
    scenes: int


VideoEvent = VideoPlanned | FrameAdvanced | FrameDone | VideoDone
