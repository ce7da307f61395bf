"""Pictures that appear in a folder, once they are completely written.

The folder is looked at now and then: systems tell of changes only on their own disks, while
cameras, scanners and other machines often write to those of a network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from styleplug.batch.inputs import InputFile, Search, find_pictures
from styleplug.batch.task import Stamp

INTERVAL = 1.0
"""Seconds between two looks."""
SETTLED = 2.0
"""Seconds for which neither size nor time of a file has changed when it is taken for complete."""


def arrivals(
    folder: Path,
    search: Search,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[list[InputFile]]:
    """The pictures in a folder that are complete, and new or changed since they were last given;
    without end.

    Those that are there from the beginning are among the first. Names that programs give to what
    they haven't finished don't count.

    Args:
        folder: where they appear.
        search: how it is looked through.
        sleep, clock: of the system, but for tests.

    Raises:
        UnreadableImageError: the folder can't be read.
    """
    given: dict[Path, Stamp] = {}
    waiting: dict[Path, tuple[Stamp, float]] = {}
    known = 0
    while True:
        ready, now = [], clock()
        for found in find_pictures([folder], (), search):
            stamp = Stamp.of(found.source)
            if stamp is None or stamp == given.get(found.source):
                continue
            before, since = waiting.get(found.source, (None, now))
            if stamp != before:
                waiting[found.source] = (stamp, now)
            elif now - since >= SETTLED and stamp.size:
                del waiting[found.source]
                given[found.source] = stamp
                ready.append(found)
        known = search.warn(known)
        if ready:
            yield ready
        sleep(INTERVAL)
