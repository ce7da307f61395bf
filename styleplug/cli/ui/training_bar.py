"""Progress of a training on standard error: a bar, or lines where there is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, TaskProgressColumn, TextColumn

from styleplug.cli.ui.progress import BAR_WIDTH, duration, live_bar

if TYPE_CHECKING:
    from styleplug.filters.training.trainer import Step


@contextmanager
def training_bar(name: str) -> Iterator[Callable[[float, float, Step], None]]:
    """While the context lasts, a function to hand on how things are: the fraction of the work that
    is done, the seconds that are left, and what the last step found."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(BAR_WIDTH),
        TaskProgressColumn(),
        TextColumn("{task.fields[numbers]}"),
    )
    with live_bar(*columns) as bar:
        task = bar.add_task(name, total=1.0, numbers="")
        tenths = 0

        def show(fraction: float, remaining: float, step: Step) -> None:
            nonlocal tenths
            numbers = _numbers(step, remaining)
            bar.update(task, completed=fraction, numbers=numbers)
            if not bar.console.is_terminal and int(10 * fraction) >= tenths:
                tenths = int(10 * fraction) + 1
                bar.console.print(f"{name}, {fraction:.0%}: {numbers}")

        yield show


def _numbers(step: Step, remaining: float) -> str:
    """Each of a fixed width, so that the line doesn't shake."""
    errors = f"style error {step.style_error:.3f}, content {step.content_error:.3f}"
    return f"{errors} {duration(remaining):>9} left"
