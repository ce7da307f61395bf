"""What is said and shown of a batch in its end: how many, which failed and why, and the page."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from styleplug.cli.ui.output import check_output, writing
from styleplug.cli.ui.terminal import say

if TYPE_CHECKING:
    from styleplug.batch.events import BatchEvent, PictureFailed
    from styleplug.batch.journal import Journal


class Summary:
    """Counts what becomes of pictures, and remembers which failed."""

    def __init__(self) -> None:
        self.failures: list[PictureFailed] = []
        self._numbers: Counter[str] = Counter()
        self._is_empty = False

    def count(self, event: BatchEvent) -> None:
        """Take note of an event."""
        from styleplug.batch.events import BatchPlanned, PictureDone, PictureFailed, PictureSkipped

        match event:
            case BatchPlanned():
                self._is_empty = not event.total
                self._numbers["done before"] += event.done
            case PictureDone():
                self._numbers["done"] += 1
            case PictureSkipped():
                self._numbers["skipped"] += 1
            case PictureFailed():
                self._numbers["failed"] += 1
                self.failures.append(event)

    def print(self) -> None:
        """Say how many, and of each that failed, why."""
        for failed in self.failures:
            say(f"{failed.source}: {failed.problem}", err=True)
        kinds = ("done", "done before", "skipped", "failed")
        counts = [f"{self._numbers[kind]} {kind}" for kind in kinds if self._numbers[kind]]
        if counts:
            say(", ".join(counts), err=True)
        elif self._is_empty:
            say("no pictures found; folders in folders are for --recursive", err=True)


def check_report(path: Path, overwrite: bool) -> None:
    """Make sure, before any work is done, that the page can be written; an earlier page may go.

    Raises:
        ConfigError: the place won't do, or there is another file.
    """
    from styleplug.batch.report import is_report

    check_output(path, ".html", overwrite=overwrite or is_report(path), option="report")


def write_page(journal: Journal, folder: Path, path: Path) -> None:
    """Write the page of all that is in the journal.

    Raises:
        ConfigError: it can't be written.
    """
    from styleplug.batch.report import write_report
    from styleplug.cli.ui.batch_bar import report_bar

    with writing(path, "report"), report_bar() as on_progress:
        write_report(journal, folder, path, on_progress)
