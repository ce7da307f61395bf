"""The `styleplug` command: finds the sub-command, turns errors into a line and an exit code."""

from __future__ import annotations

import atexit
import errno
import gc
import logging
from importlib import import_module
from typing import Any

import click

from styleplug import __version__
from styleplug.cli.ui.interrupt import Interrupted, raised
from styleplug.cli.ui.terminal import safe_streams, say
from styleplug.errors import (
    Cancelled,
    CheckpointError,
    ConfigError,
    ImageError,
    LayerNotFoundError,
    ProtocolError,
    StyleNotFoundError,
    StyleplugError,
    VideoError,
)

COMMANDS = {
    "batch": "Paint or filter many pictures.",
    "cache": "Look at or clear the cache of paintings' statistics.",
    "doctor": "Find out whether a transfer would work, and what is missing.",
    "features": "Extract a network's features of a picture.",
    "figure": "Draw a picture in the manner of several paintings, side by side.",
    "filter": "Send a picture through a filter.",
    "filters": "List the filters; add, pass on or remove your own.",
    "hosts": "Find host programs; install or remove styleplug's adapters.",
    "info": "Say what a picture's file holds, and how it was made.",
    "learn": "Learn the style of a painting as a filter.",
    "mask": "Find persons or the sky in a picture, and write a mask.",
    "models": "List, check, install or remove the networks.",
    "plugins": "List what plug-ins there are, or watch them answer.",
    "presets": "List presets; show, save or remove your own.",
    "serve": "Serve photo applications over HTTP, without a browser.",
    "studio": "Open the studio in the browser: try, compare and tune.",
    "styles": "List the paintings that go by a name; add or remove your own.",
    "stylize": "Paint a photograph in the manner of a painting.",
    "train": "Train a network for filters from nothing.",
    "video": "Paint or filter a video, without flicker.",
    "worker": "Serve a host program: JSON lines on standard input and output.",
}
"""Sub-commands, each a function in a module of its own name, and what `--help` says of them."""

USAGE, FAILURE, INTERRUPTED = 2, 1, 130

_OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What no other request would mend: a disk that is full or broken."""


class LazyGroup(click.Group):
    """Imports a sub-command only to run it, which keeps `styleplug --help` quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"styleplug.cli.commands.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def main(self, *args: Any, **extra: Any) -> Any:
        with safe_streams():
            return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with raised():
                return super().invoke(ctx)
        except StyleplugError as error:
            say(f"styleplug: {one_line(str(error))}", err=True)
            ctx.exit(USAGE if is_usage_error(error) else FAILURE)
        except (Cancelled, KeyboardInterrupt) as end:
            say("styleplug: interrupted", err=True)
            ctx.exit(end.code if isinstance(end, Interrupted) else INTERRUPTED)


class StderrHandler(logging.Handler):
    """Writes to what `sys.stderr` is at the time: a progress bar exchanges it to stay whole."""

    def emit(self, record: logging.LogRecord) -> None:
        say(one_line(self.format(record)), err=True)


def is_usage_error(error: StyleplugError) -> bool:
    """Whether what was asked for is at fault, rather than this machine or its models."""
    cause = error.__cause__
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _OF_THE_MACHINE:
            return False
        cause = cause.__cause__
    kinds = (
        *(CheckpointError, ConfigError, ImageError, LayerNotFoundError, ProtocolError),
        *(StyleNotFoundError, VideoError),
    )
    return isinstance(error, kinds)


def one_line(text: str) -> str:
    """The text as one line, even where the name of a file in it has several."""
    return " ".join(text.splitlines())


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "show_default": True}
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """styleplug: a photograph in the manner of a painting."""
    # At its end Python would look through all that is left, in vain, for 30 ms.
    atexit.register(gc.freeze)
    logging.basicConfig(format="styleplug: %(message)s", handlers=[StderrHandler()])
