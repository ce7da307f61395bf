"""Progress of a batch on standard error: a bar, or lines where there is no terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn
from rich.table import Column

from styleplug.batch.events import (
    BatchEvent,
    BatchPlanned,
    PictureAdvanced,
    PictureDone,
    PictureFailed,
    PictureSkipped,
    PictureStarted,
)
from styleplug.cli.ui.progress import BAR_WIDTH, duration, live_bar
from styleplug.cli.ui.terminal import printable


@contextmanager
def batch_bar(is_watching: bool) -> Iterator[Callable[[BatchEvent], None]]:
    """A function to hand a batch's events to, while the context lasts.

    Args:
        is_watching: say at once which pictures fail: the end, when all that failed are listed, may
            be far off.
    """
    columns = (
        BarColumn(BAR_WIDTH),
        TaskProgressColumn(),
        # Last what is of no fixed width, so that the line doesn't shake.
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
    )
    with live_bar(*columns) as bar:
        console = bar.console
        task = bar.add_task("looking for pictures", total=None)
        work = _Work(0)
        said: set[str] = set()

        def show(event: BatchEvent) -> None:
            nonlocal work
            match event:
                case BatchPlanned():
                    work = _Work(event.total - event.done)
                    earlier = f", {event.done} of them done before" if event.done else ""
                    console.print(f"{_count(event.total)}{earlier}")
                case PictureStarted():
                    work.fractions[event.source] = 0.0
                case PictureAdvanced():
                    work.fractions[event.source] = event.fraction
                case PictureDone():
                    work.end(event.source)
                    for warning in event.warnings:
                        if warning not in said:  # each process says what concerns all
                            said.add(warning)
                            console.print(f"styleplug: {warning}")
                    if not console.is_terminal:
                        console.print(f"{event.output}  ({event.seconds:.1f} s)")
                case PictureSkipped():
                    work.end(event.source)
                    console.print(f"{event.output}  (there already; skipped)")
                case PictureFailed():
                    work.end(event.source)
                    if is_watching:
                        console.print(f"{event.source}: {event.problem}")
            bar.update(task, description=work.text, total=work.total, completed=work.completed)

        yield show


@contextmanager
def report_bar() -> Iterator[Callable[[int, int], None]]:
    """A function to hand the pictures that a report shows, and their number, to."""
    columns = (TextColumn("writing the report"), BarColumn(BAR_WIDTH), MofNCompleteColumn())
    with live_bar(*columns) as bar:
        task = bar.add_task("", total=None)
        yield lambda shown, total: bar.update(task, completed=shown, total=total)


class _Work:
    """The work that there is to do, and how fast it goes."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.ended = 0
        self.fractions: dict[str, float] = {}
        self._started = time.monotonic()

    def end(self, source: str) -> None:
        """A picture is done, or never will be."""
        if self.fractions.pop(source, None) is None:  # it wasn't begun, and so says nothing of time
            self.total -= 1
        else:
            self.ended += 1

    @property
    def completed(self) -> float:
        """Pictures, with what there is of those at work."""
        return self.ended + sum(self.fractions.values())

    @property
    def text(self) -> str:
        """Pictures, time left, and one of those at work."""
        name = printable(Path(next(iter(self.fractions), "")).name)
        # As much as has room in 80 columns.
        name = name if len(name) <= 28 else f"{name[:13]}…{name[-14:]}"
        return f"{self.ended}/{self.total} {self._left():>9} left  {name}"

    def _left(self) -> str:
        if not self.completed:
            return "?"
        speed = self.completed / max(time.monotonic() - self._started, 1e-3)
        return duration((self.total - self.completed) / speed)


def _count(number: int) -> str:
    return f"{number} picture" if number == 1 else f"{number} pictures"
