"""`styleplug worker`: for programs, not for people."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click


@click.command()
def worker() -> None:
    """Serve a host program: JSON lines on standard input and output.

    The protocol is in PROTOCOL.md in the package styleplug.worker.
    """
    from styleplug.worker.lines import Output
    from styleplug.worker.server import Worker

    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _end)
    Worker(Output.standard()).serve(sys.stdin.buffer)


def _end(signum: int, frame: FrameType | None) -> None:
    """End in good order, as when the input ends, with the exit code of a signal."""
    sys.exit(128 + signum)
