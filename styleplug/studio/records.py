"""What a service remembers of an upload and of a job."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

QUEUED, RUNNING, DONE, STOPPED, FAILED = "queued", "running", "done", "stopped", "failed"
WAITING = (QUEUED, RUNNING)
"""States of jobs that have not ended."""


@dataclass(frozen=True)
class Upload:
    """A picture that a client sent, or that the command line named.

    Args:
        id: of it.
        owner: whose it is.
        name: of the file, for people.
        origin: its path, where the command line named it; empty for a picture that was sent.
        width, height: in pixels, upright.
        has_alpha: whether there is transparency.
        created: when, seconds since 1970.
    """

    id: str
    owner: str
    name: str
    origin: str
    width: int
    height: int
    has_alpha: bool
    created: float


@dataclass(frozen=True)
class Job:
    """Work that a client asked for.

    Args:
        id: of it.
        owner: whose it is.
        state: one of those of this module.
        created: when, seconds since 1970.
        recipe: what was asked for, as a client says it, checked.
        photo: the id of the upload that it is done to.
        attempts: how often it was begun.
        progress: `fraction` 0..1, `seconds_left`, and `message`, as far as they are known.
        error: `code` and `message`; empty where there is none.
        result: `file`, `width`, `height`, `bytes` and `format`; empty where there is none.
    """

    id: str
    owner: str
    state: str
    created: float
    recipe: dict[str, Any]
    photo: str
    attempts: int = 0
    progress: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def has_ended(self) -> bool:
        return self.state not in WAITING
