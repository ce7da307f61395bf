"""Progress of a video on standard error: a bar, or lines where there is no terminal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.table import Column

from styleplug.cli.ui.progress import BAR_WIDTH, duration, live_bar
from styleplug.video.events import FrameAdvanced, FrameDone, VideoEvent, VideoPlanned

_LINE_EVERY = 60.0
"""Seconds between two lines where there is no terminal."""


@contextmanager
def video_bar(cancel: threading.Event) -> Iterator[Callable[[VideoEvent], None]]:
    """A function to hand a video's events to, while the context lasts.

    Args:
        cancel: set when the work has been asked to end.
    """
    columns = (
        BarColumn(BAR_WIDTH),
        TaskProgressColumn(),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
    )
    with live_bar(*columns) as bar:
        task = bar.add_task("reading", total=None)
        work = _Work(0, None)
        said = time.monotonic()

        def show(event: VideoEvent) -> None:
            nonlocal work, said
            match event:
                case VideoPlanned():
                    work = _Work(event.done, event.total)
                    for note in event.notes:
                        bar.console.print(note)
                    bar.console.print(_plan(event))
                case FrameAdvanced():
                    work.advance(event.number + event.fraction)
                case FrameDone():
                    work.advance(event.number + 1)
                    now = time.monotonic()
                    if not bar.console.is_terminal and now - said >= _LINE_EVERY:
                        said = now
                        bar.console.print(work.text)
            text = "stopping; what is done is kept" if cancel.is_set() else work.text
            bar.update(task, description=text, total=work.total, completed=work.completed)

        yield show


def _plan(event: VideoPlanned) -> str:
    count = "frames" if event.total is None else f"{event.total} frames"
    earlier = f", {event.done} of them done before" if event.done else ""
    return f"{count} of {event.width}×{event.height} pixels{earlier}"


class _Work:
    """How many frames are done, and how fast it goes."""

    def __init__(self, done: int, total: int | None) -> None:
        self.completed, self.total = float(done), total
        self._before, self._started = done, time.monotonic()

    def advance(self, completed: float) -> None:
        """So many are done by now; files may have more than they say."""
        self.completed = completed
        if self.total is not None:
            self.total = max(self.total, int(completed))

    @property
    def text(self) -> str:
        """Frames, and the time that is left, as far as that is known."""
        done = int(self.completed)
        if self.total is None:
            return f"frame {done}"
        return f"frame {done}/{self.total} {self._left():>9} left"

    def _left(self) -> str:
        painted = self.completed - self._before
        if painted <= 0 or self.total is None:
            return "?"
        speed = painted / max(time.monotonic() - self._started, 1e-3)
        return duration((self.total - self.completed) / speed)
