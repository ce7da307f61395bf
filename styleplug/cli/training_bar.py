"""Progress of a training on standard error: a bar, or lines where there is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from styleplug.cli.progress import BAR_WIDTH, duration, error_console


@contextmanager
def training_bar(name: str) -> Iterator[Callable[[float, float, str], None]]:
    """While the context lasts, a function to hand on how things are: the fraction of the work that
    is done, the seconds that are left, and numbers to show."""
    console = error_console()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(BAR_WIDTH),
        TaskProgressColumn(),
        TextColumn("{task.fields[numbers]}"),
    )
    bar = Progress(*columns, console=console, transient=True)
    with bar if console.is_terminal else nullcontext():
        task = bar.add_task(name, total=1.0, numbers="preparing")
        tenths = -1

        def show(fraction: float, remaining: float, numbers: str) -> None:
            nonlocal tenths
            text = f"{numbers} {duration(remaining):>9} left"
            bar.update(task, completed=fraction, numbers=text)
            if not console.is_terminal and int(10 * fraction) > tenths:
                tenths = int(10 * fraction)
                console.print(f"{name}: {fraction:.0%}, {text}")

        yield show


def errors_text(style_error: float, content_error: float) -> str:
    """The errors of a step, of a fixed width, so that the line doesn't shake."""
    return f"style error {style_error:.3f}, content error {content_error:.3f}"
