"""Progress of a job or of a download on standard error: a bar, or lines where there is no
terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Column
from rich.text import Text

from styleplug import events
from styleplug.cli.ui.terminal import canvas, printable, tamed

BAR_WIDTH = 12
"""Makes lines of 77 columns, so that a terminal of 80 has room for the "^C" that it shows itself:
wrapped, the line would not be erased."""


class _Console(Console):
    """One that prints harmless lines, be they of libraries that print while a bar is drawn."""

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*map(_harmless, objects), **options)


def _harmless(printed: Any) -> Any:
    if isinstance(printed, Text):
        printed.plain = tamed(printed.plain)
        return printed
    return printable(printed) if isinstance(printed, str) else printed


class _Numbers(ProgressColumn):
    """The numbers of the last event, until the job is asked to end."""

    def __init__(self, cancel: threading.Event) -> None:
        super().__init__(Column(no_wrap=True))
        self._cancel = cancel

    def render(self, task: Task) -> Text:
        # A step can take a minute, in which a second Ctrl-C would be a costly mistake.
        stopping = "stopping; Ctrl-C again loses the picture"
        return Text(stopping if self._cancel.is_set() else task.fields["numbers"])


@contextmanager
def progress_bar(
    verbose: bool, cancel: threading.Event
) -> Iterator[Callable[[events.Event], None]]:
    """A function to hand events to, while the context lasts.

    Args:
        verbose: print the errors reached at each scale; without a terminal they always are.
        cancel: set when the job has been asked to end.
    """
    columns = (BarColumn(BAR_WIDTH), TaskProgressColumn(), _Numbers(cancel))
    with live_bar(TextColumn("{task.description:>16}"), *columns) as bar:
        task = bar.add_task("preparing", total=1.0, numbers="")
        last: events.Progress | None = None

        def show(event: events.Event) -> None:
            nonlocal last
            match event:
                case events.Planned():
                    _announce(bar.console, event)
                case events.Progress():
                    last = event
                    bar.update(
                        task,
                        description=f"{event.scale} px {event.iteration}/{event.iterations}",
                        completed=event.fraction,
                        numbers=_numbers(event),
                    )
                case events.Preview() if last and last.iteration == last.iterations:
                    if verbose or not bar.console.is_terminal:
                        bar.console.print(_reached(last))

        yield show


@contextmanager
def download_bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A function to hand the bytes downloaded and the file's size to, while the context lasts."""
    columns = (BarColumn(BAR_WIDTH), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with live_bar(TextColumn("{task.description}"), *columns) as bar:
        task: TaskID | None = None
        tenths = -1

        def show(done: int, total: int) -> None:
            nonlocal task, tenths
            if task is None:
                # What an earlier run has downloaded mustn't count as speed.
                task = bar.add_task(name, total=total, completed=done)
            bar.update(task, total=total, completed=done)
            if not bar.console.is_terminal and 10 * done // total > tenths:
                tenths = 10 * done // total
                bar.console.print(f"{name}: {done / 1e6:.0f} of {total / 1e6:.0f} MB downloaded")

        yield show


@contextmanager
def live_bar(*columns: ProgressColumn) -> Iterator[Progress]:
    """A bar on standard error, drawn while the context lasts if that is a terminal; its console
    prints lines above it."""
    console = error_console()
    bar = Progress(*columns, console=console, transient=True)
    with bar if console.is_terminal else nullcontext():
        yield bar


def error_console() -> Console:
    """Standard error, without wrapped lines where that is a file."""
    console = _Console(file=canvas(sys.stderr), stderr=True, highlight=False, markup=False)
    # A file has no width to wrap lines at.
    console.soft_wrap = not console.is_terminal
    return console


def _announce(console: Console, plan: events.Planned) -> None:
    for note in plan.notes:
        console.print(note)
    scales = " → ".join(f"{scale}" for scale in plan.scales)
    engine = f" by {plan.engine}" if plan.engine else ""
    device = f" on {plan.device}" if plan.device else ""
    console.print(f"{plan.backbone}{engine}{device}, {scales} px: about {duration(plan.seconds)}")


def _reached(event: events.Progress) -> str:
    return (
        f"{event.scale:>5} px: content error {event.content_error:.3f},"
        f" style error {event.style_error:.4f}, content weight {event.content_weight:.3f}"
    )


def _numbers(event: events.Progress) -> str:
    """Loss, speed and time left, each of a fixed width, so that the line doesn't shake."""
    # Some systems' clocks stand still for longer than a small step takes.
    step = max(event.scale_seconds, 1e-3) / event.iteration
    speed = f"{step:.1f} s/step" if step > 1 else f"{1 / step:.1f} steps/s"
    return f"loss {event.loss:<9.4g} {speed:>12} {duration(event.remaining):>9} left"


def duration(seconds: float) -> str:
    """A time for people, such as 45 s or 3:20 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"
