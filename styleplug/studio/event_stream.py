"""What becomes of jobs, told to any number of listeners as server-sent events.

Of each kind only the last event is kept. So a listener that is slow misses some, and holds up
nobody; one that comes later, or again, hears at once how things stand.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from styleplug.studio.limits import Limits
from styleplug.studio.problems import busy

HEARTBEAT_SECONDS = 15.0
"""Between two signs of life where nothing happens."""
LAST = ("done", "failed")
"""Kinds of events that nothing follows."""


class EventHub:
    """Where the queue says what happens, and listeners hear it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._topics: dict[str, Topic] = defaultdict(Topic)
        self._listeners: Counter[str] = Counter()

    def publish(self, job: str, kind: str, data: dict[str, Any]) -> None:
        """Something has happened to a job; nothing is kept after its last event."""
        self._topics[job].publish(kind, data)
        if kind in LAST:
            del self._topics[job]

    @contextmanager
    def place(self, owner: str) -> Iterator[None]:
        """A place for one listener, while the context lasts.

        Raises:
            Problem: there are too many already.
        """
        taken = self._listeners
        if taken[owner] >= self._limits.streams or taken.total() >= self._limits.all_streams:
            raise busy("too-many-streams", "too many streams of events are open; close some")
        taken[owner] += 1
        try:
            yield
        finally:
            taken[owner] -= 1
            if not taken[owner]:
                del taken[owner]

    def topic(self, job: str) -> Topic:
        """What happens to a job that has not ended."""
        return self._topics[job]


class Topic:
    """The last event of each kind of one job."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self._count = 0
        self._last: dict[str, tuple[int, dict[str, Any]]] = {}

    def publish(self, kind: str, data: dict[str, Any]) -> None:
        self._count += 1
        self._last[kind] = (self._count, data)
        self.changed.set()
        self.changed = asyncio.Event()

    async def listen(self) -> AsyncIterator[bytes]:
        """Its events, from how things stand to the last, encoded; signs of life between them."""
        heard = 0
        while True:
            changed = self.changed
            for number, kind, data in self.since(heard):
                yield encoded(kind, data)
                if kind in LAST:
                    return
                heard = number
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await changed.wait()
            except TimeoutError:
                yield b": alive\n\n"

    def since(self, heard: int) -> list[tuple[int, str, dict[str, Any]]]:
        """Events after the one of a number, in their order."""
        new = [(n, kind, data) for kind, (n, data) in self._last.items() if n > heard]
        return sorted(new, key=lambda event: event[0])


def encoded(kind: str, data: dict[str, Any]) -> bytes:
    """One event as it goes over the line; JSON has no line breaks that could end it early."""
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()
