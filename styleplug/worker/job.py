"""The process of one job: does what one message asks for, and says so.

The worker starts it as `python -P -m styleplug.worker.job` in the job's folder, and gives it the
host's message on standard input, which stays open as long as the worker lives. A second line asks
for the end, with the picture as it is.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import suppress

from styleplug.errors import Cancelled, StyleplugError
from styleplug.runtime.memory import memory_errors
from styleplug.worker.lines import Output, shortened
from styleplug.worker.messages import CatalogueMessage, JobMessage, parse

NICENESS = 5
"""A job keeps every core busy for minutes: what a person does meanwhile goes first."""


def main() -> None:
    """Read the message, and do the work."""
    output = Output.standard()
    logging.basicConfig(format="styleplug: %(message)s")
    if sys.platform != "win32":
        os.nice(NICENESS)
    # Without a buffer, in which a wish to stop that comes soon would stay unseen.
    with open(0, "rb", buffering=0, closefd=False) as stream:
        message = parse(stream.readline())
    stop = threading.Event()
    threading.Thread(target=_await_end_of_input, args=(stop,), daemon=True).start()
    assert isinstance(message, CatalogueMessage | JobMessage), "the worker does the rest itself"
    try:
        with memory_errors():
            _work(message, output, stop)
    except Cancelled:
        output.send("cancelled", id=message.id)
    except StyleplugError as error:
        output.send("failed", id=message.id, code=error.code, message=shortened(error))


def _work(message: CatalogueMessage | JobMessage, output: Output, stop: threading.Event) -> None:
    if isinstance(message, CatalogueMessage):
        from styleplug.worker.catalogue import catalogue

        output.send("catalogue", id=message.id, **catalogue())
    else:
        from styleplug.worker.painting import paint

        paint(message, output, stop)


def _await_end_of_input(stop: threading.Event) -> None:
    """Pass on a line as the wish to stop; end this process, and all that it started, once the
    worker has gone."""
    while os.read(0, 1024):
        stop.set()
    if sys.platform != "win32":
        with suppress(ProcessLookupError):  # a group of its own is the worker's doing
            os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
