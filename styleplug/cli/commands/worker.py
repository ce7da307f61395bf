"""`styleplug worker`: for programs, not for people."""

from __future__ import annotations

import sys

import click


@click.command()
def worker() -> None:
    """Serve a host program: JSON lines on standard input and output.

    The protocol is in PROTOCOL.md in the package styleplug.worker.
    """
    from styleplug.worker.lines import Output
    from styleplug.worker.server import Worker

    if sys.stdin is None or sys.stdout is None:
        raise click.UsageError("Standard input or output is closed; they lead to the host program.")
    Worker(Output.standard()).serve(sys.stdin.buffer)
