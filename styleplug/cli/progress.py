"""A progress bar on standard error, drawn from the events of a job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from styleplug import events


@contextmanager
def progress_bar(verbose: bool) -> Iterator[Callable[[events.Event], None]]:
    """A function to hand events to, while the context lasts.

    Args:
        verbose: print the errors reached at each scale.
    """
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description:>14}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("loss {task.fields[loss]:<8} {task.fields[speed]:>11} {task.fields[left]}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("preparing", total=1.0, loss="–", speed="", left="")
        last: events.Progress | None = None

        def show(event: events.Event) -> None:
            nonlocal last
            match event:
                case events.Planned():
                    _announce(console, event)
                case events.Progress():
                    last = event
                    bar.update(
                        task,
                        description=f"{event.scale} px {event.iteration}/{event.iterations}",
                        completed=event.fraction,
                        loss=f"{event.loss:.4f}",
                        speed=f"{event.iteration / event.scale_seconds:.1f} steps/s",
                        left=f"{_duration(event.remaining)} left",
                    )
                case events.Preview() if verbose and last:
                    console.print(
                        f"{event.scale:>5} px: content error {last.content_error:.3f},"
                        f" style error {last.style_error:.4f},"
                        f" content weight {last.content_weight:.3f}"
                    )

        yield show


def _announce(console: Console, plan: events.Planned) -> None:
    for note in plan.notes:
        console.print(note)
    scales = " → ".join(f"{scale}" for scale in plan.scales)
    console.print(f"{plan.backbone}, {scales} px: about {_duration(plan.seconds)}")


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"
