"""The signals that ask for an end, and their handling. Loads next to nothing: the program begins
with it."""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

ENDING = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # Windows has no SIGHUP
]
"""The numbers of these signals, which terminals, `timeout` and others send to a whole group of
processes."""


def install(handler: Callable[[int, FrameType | None], None]) -> dict[int, Any]:
    """Have a handler for all of them, in the main thread; returns those that were there, by signal.

    One that is ignored stays so: nohup and jobs in the background of scripts rely on it.
    """
    before = {number: signal.getsignal(number) for number in ENDING}
    kept = (signal.SIG_IGN, None)  # None: of somebody who isn't Python
    return {
        number: signal.signal(number, handler)
        for number, previous in before.items()
        if previous not in kept
    }


def end_at_once() -> None:
    """Have a signal end the program without a word: there is nothing to lose yet."""
    install(lambda number, frame: os._exit(128 + number))
