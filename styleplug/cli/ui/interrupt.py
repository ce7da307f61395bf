"""Signals that ask for an end, as wishes that a job grants with the picture so far: Ctrl-C, SIGTERM
(`kill`, `docker stop`), and SIGHUP (a terminal that closes)."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from styleplug.errors import Cancelled
from styleplug.signals import install

_ECHO = 1.0
"""Seconds in which SIGTERM and SIGHUP count once: `timeout` and closing terminals send two."""


class Interrupted(KeyboardInterrupt):
    """A signal ended the command; `code` is the exit code that says which."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__()


class CancelEvent(threading.Event):
    """Set by a signal; `code` is the exit code that says which."""

    code = 128 + signal.SIGINT


@contextmanager
def raised() -> Iterator[None]:
    """While the context lasts, a signal raises `Interrupted`."""

    def interrupt(code: int) -> None:
        raise Interrupted(code)

    with _handled(interrupt):
        yield


@contextmanager
def interruptible() -> Iterator[CancelEvent]:
    """An event that a signal sets, to keep the picture so far; a second signal ends at once.

    Raises:
        Interrupted: a second signal came; or the job was `Cancelled` by the first.
    """
    cancel = CancelEvent()

    def ask(code: int) -> None:
        if cancel.is_set():
            raise Interrupted(code)
        cancel.code = code
        cancel.set()

    with _handled(ask):
        try:
            yield cancel
        except Cancelled as end:
            raise Interrupted(cancel.code) from end


@contextmanager
def _handled(act: Callable[[int], None]) -> Iterator[None]:
    """Have signals handled, by their exit codes, while the context lasts."""
    heard = -_ECHO

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        now = time.monotonic()
        if number == signal.SIGINT or now - heard > _ECHO:
            heard = now
            act(128 + number)

    is_main = threading.current_thread() is threading.main_thread()  # no other may
    before = install(handle) if is_main else {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
