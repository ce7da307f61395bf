"""Several small pictures, painted one after another for a sheet, with one progress bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from styleplug.events import Planned, Progress
from styleplug.hookspecs import StylizeResult

if TYPE_CHECKING:
    from styleplug.cli.ui.interrupt import CancelEvent
    from styleplug.events import Event
    from styleplug.jobs.run import PreparedJob


def paint_each(jobs: Sequence[PreparedJob], cancel: CancelEvent) -> list[StylizeResult]:
    """The pictures of jobs; after Ctrl-C those that are done, and at least one.

    Raises:
        Cancelled: there is none yet.
    """
    from styleplug.cli.ui.progress import progress_bar

    found: list[StylizeResult] = []
    with progress_bar(False, cancel) as show:
        for number, job in enumerate(jobs):
            result = job.run(_as_part(show, number, len(jobs)), cancel)
            assert isinstance(result, StylizeResult)
            if result.stopped == "cancelled" and found:
                break
            found.append(result)
    return found


def _as_part(show: Callable[[Event], None], number: int, count: int) -> Callable[[Event], None]:
    """Shows a job's progress as that of one in a number of jobs."""

    def listen(event: Event) -> None:
        match event:
            case Planned() if number == 0:
                show(replace(event, seconds=event.seconds * count))
            case Progress(fraction=fraction, elapsed=elapsed, remaining=remaining):
                rest = (elapsed + remaining) * (count - number - 1)
                fraction = (number + fraction) / count
                show(replace(event, fraction=fraction, remaining=remaining + rest))

    return listen
