"""`styleplug worker`: for programs, not for people."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click

from styleplug.cli.main import USAGE


@click.command()
def worker() -> None:
    """Serve a host program: JSON lines on standard input and output.

    The protocol is in PROTOCOL.md in the package styleplug.worker.
    """
    from styleplug.worker.lines import Output
    from styleplug.worker.server import VersionError, Worker

    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _end)
    try:
        Worker(Output.standard()).serve(sys.stdin.buffer)
    except VersionError:
        click.get_current_context().exit(USAGE)


def _end(signum: int, frame: FrameType | None) -> None:
    """End in good order, as when the input ends, with the exit code of a signal."""
    sys.exit(128 + signum)
