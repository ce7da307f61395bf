"""The work on one picture: a task goes to whoever carries it out, and an outcome comes back.

Both can be pickled and are complete in themselves; carrying a task out twice does no harm. A result
is made in a folder for what isn't finished, and gets its name only when it is whole. A place that
has changed since the task was planned therefore holds its result: that is how one is recognised
that nobody was told of, because whoever made it was killed at that moment.
"""

from __future__ import annotations

import errno
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from styleplug.disk import write_remedy
from styleplug.errors import (
    DivergedError,
    ImageError,
    OutOfMemoryError,
    PluginError,
    StyleplugError,
    UnwritableImageError,
)
from styleplug.events import Event, Finished, Progress
from styleplug.jobs.job import PictureJob
from styleplug.jobs.run import run_job

_OF_ONE_PICTURE = (ImageError, OutOfMemoryError, PluginError, DivergedError)
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class Stamp(NamedTuple):
    """What tells a file from one that it is replaced by: its bytes, and when it was changed, ns.

    The time has 64 bits and a sign, as in the journal, and so turns over in the year 2262.
    """

    size: int
    time: int

    @classmethod
    def of(cls, path: Path, *, follow: bool = True) -> Stamp | None:
        """The stamp of a file, None where there is none; with `follow`, of what a link leads to."""
        try:
            found = os.stat(path, follow_symlinks=follow)
        except (OSError, ValueError):
            return None
        return cls(found.st_size, (found.st_mtime_ns + 2**63) % 2**64 - 2**63)


@dataclass(frozen=True)
class Task:
    """A picture to be done.

    Args:
        id: the caller's, to know outcomes by.
        job: what to do.
        source: the picture, an absolute path.
        output: where the result goes, an absolute path in a folder that may yet have to be made.
        before: the stamp of what is there, to be replaced; None for nothing.
        staging: the folder for what isn't finished, on the same disk as the output.
    """

    id: int
    job: PictureJob
    source: Path
    output: Path
    before: Stamp | None
    staging: Path

    @property
    def is_published(self) -> bool:
        """Whether the result is in its place."""
        return Stamp.of(self.output, follow=False) not in (None, self.before)


@dataclass(frozen=True)
class TaskProgress:
    """A task has come so far: `fraction` of the work, 0..1."""

    id: int
    fraction: float


@dataclass(frozen=True)
class Outcome:
    """The end of a task.

    Args:
        id: the task's.
        seconds: how long it took.
        stamp: of the result, as whoever made it saw it; None where there is none.
        warnings: what was logged meanwhile, whole lines for people.
        error: None where the result is in its place.
        is_fatal: whether other tasks would fail likewise, for lack of space or of a network.
        device: what the result was computed on, for people; "" where nobody says.
    """

    id: int
    seconds: float
    stamp: Stamp | None = None
    warnings: tuple[str, ...] = ()
    error: StyleplugError | None = None
    is_fatal: bool = False
    device: str = ""


def carry_out(
    task: Task, on_progress: Callable[[TaskProgress], None] = lambda progress: None
) -> Outcome:
    """Do a task, if it isn't done. An interrupt comes through, an error is part of the outcome.

    Args:
        task: what to do.
        on_progress: called now and then while it is done, in the same thread.
    """
    started = time.monotonic()
    error: Exception | None = None
    device = ""
    with _collected_warnings() as warnings:
        try:
            if not task.is_published:
                device = _make(task, on_progress)
        except Exception as raised:  # whatever a picture brings about, the others are to be done
            error = raised
    return Outcome(
        task.id,
        time.monotonic() - started,
        None if error else Stamp.of(task.output, follow=False),
        tuple(warnings),
        _reported(error, task) if error else None,
        error is not None and _is_fatal(error, task),
        device,
    )


def _make(task: Task, on_progress: Callable[[TaskProgress], None]) -> str:
    """Make the result; on what it was computed, as `Outcome.device`."""
    from styleplug.runtime.memory import memory_errors

    device = ""

    def on_event(event: Event) -> None:
        nonlocal device
        if isinstance(event, Progress):
            on_progress(TaskProgress(task.id, event.fraction))
        elif isinstance(event, Finished):
            device = event.result.device

    with memory_errors(), tempfile.TemporaryDirectory(dir=task.staging) as folder:
        staged = Path(folder, task.output.name)
        run_job(task.job, task.source, staged, on_event)
        # Meanwhile another, thought to be lost, may have done the same task.
        if not task.is_published:
            _publish(staged, task)
    return device


def _publish(staged: Path, task: Task) -> None:
    """Give all files that were made their names; the picture last, since it says that all is there.

    Sidecars replace those of the same name: whether there are any of others is asked before. The
    picture's own stay, where they would be their own copies.
    """
    folder = task.output.parent
    folder.mkdir(parents=True, exist_ok=True)
    own = [f"{name}.xmp" for name in (task.source.stem, task.source.name)]
    for sidecar in staged.parent.glob("*.xmp"):
        target = folder / sidecar.name
        if not any(_is_same(target, task.source.parent / name) for name in own):
            os.replace(sidecar, target)
    os.replace(staged, task.output)


def _is_same(path: Path, other: Path) -> bool:
    return path.exists() and other.exists() and path.samefile(other)


def _reported(error: Exception, task: Task) -> StyleplugError:
    """The error as a person is to hear of it."""
    if isinstance(error, DivergedError):  # its picture would be a heavy thing to send
        return DivergedError(error.iteration, error.loss, None)
    if isinstance(error, ImageError) and error.path is not None:
        is_staged = Path(error.path).is_relative_to(task.staging)
        return error.about(task.output) if is_staged else error
    if isinstance(error, StyleplugError):
        return error
    if isinstance(error, OSError):
        return UnwritableImageError(
            task.output, f"can't be written ({error.strerror}); {write_remedy(error)}"
        )
    return StyleplugError(f"unexpected: {type(error).__name__}: {error}")


def _is_fatal(error: Exception, task: Task) -> bool:
    for cause in (error, error.__cause__):
        if isinstance(cause, OSError) and cause.errno in _OF_THE_DISK:
            return True
    if isinstance(error, ImageError):
        return error.path is not None and Path(error.path) in task.job.inputs
    return isinstance(error, StyleplugError) and not isinstance(error, _OF_ONE_PICTURE)


@contextmanager
def _collected_warnings() -> Iterator[list[str]]:
    """What is logged within, as lines, instead of where they would go."""
    lines: list[str] = []
    log = logging.getLogger("styleplug")

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    collector = Collector(logging.WARNING)
    log.addHandler(collector)
    propagate, log.propagate = log.propagate, False
    try:
        yield lines
    finally:
        log.removeHandler(collector)
        log.propagate = propagate
