"""Lines, whole ones only: reading them from a pipe that may hold anything, and writing them."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from typing import IO, Any

from styleplug.errors import ProtocolError

LONGEST = 2**20
"""Bytes of a line, its end left out."""
LONGEST_TEXT = 10_000
"""Characters of a text for people."""


def read_lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """Each line of a stream until it ends; None for one that is too long to be kept."""
    while line := stream.readline(LONGEST + 1):
        if len(line) > LONGEST and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST)
            yield None
        else:
            yield line


def encoded(kind: str, **fields: Any) -> bytes:
    """The line of a message of a type.

    Raises:
        ProtocolError: it would be longer than a line may be, or holds what JSON doesn't have.
    """
    try:
        line = json.dumps({"type": kind, **fields}, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise ProtocolError(fields.get("id"), f"{kind} can't be said ({error})") from error
    if len(line) > LONGEST:
        raise ProtocolError(
            fields.get("id"),
            f"{kind} would take {len(line)} bytes, more than the {LONGEST} of a line",
        )
    return line + b"\n"


def shortened(text: object) -> str:
    """A text for people, such as an error that repeats an option, no longer than they read."""
    whole = str(text)
    return whole if len(whole) <= LONGEST_TEXT else f"{whole[:LONGEST_TEXT]}…"


class Output:
    """A pipe to write messages to, from any thread. Once its reader has gone they are lost.

    It has no buffer, so that nothing is left to be written when the process ends.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._lock = threading.Lock()

    @classmethod
    def standard(cls) -> Output:
        """Standard output, for messages alone: what else is printed goes to standard error."""
        handle = os.dup(1)
        os.dup2(2, 1)
        return cls(handle)

    def send(self, kind: str, **fields: Any) -> None:
        """Write a message of a type; raises as `encoded` does."""
        self.write(encoded(kind, **fields))

    def write(self, line: bytes) -> None:
        """Write a line that ends as lines do."""
        # Systems have several errors for a reader that has gone.
        with self._lock, contextlib.suppress(OSError):
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._handle, rest) :]
