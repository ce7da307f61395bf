"""`--checkpoint` and `--resume`: a run that goes on after whatever ended it.

A checkpoint's note has what the command was given, as texts, and whole paths. `--resume` makes
these the defaults of the same parameters, so that it suffices by itself.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from styleplug.cli.job import Job
from styleplug.cli.options import seconds
from styleplug.cli.pipes import PIPE
from styleplug.cli.terminal import say
from styleplug.cli.watch import real_place
from styleplug.config import INITS, StylizeConfig
from styleplug.errors import CheckpointError, ConfigError
from styleplug.hookspecs import Checkpoint

if TYPE_CHECKING:
    from styleplug.hookspecs import StylizeResult

RECORDED = (
    *("photo", "paintings", "like", "output", "strip", "preset", "checkpoint_every"),
    *(option.name for option in fields(StylizeConfig)),
)
"""What a run goes on with: not --overwrite, since a file may be there by now that is wanted, nor
what only tells of the run."""


def checkpoint_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--checkpoint`, `--checkpoint-every` and `--resume`."""
    command = click.option(
        "--resume",
        type=click.Path(path_type=Path),
        metavar="FILE",
        is_eager=True,
        callback=_recall,
        help="Go on with the run that left the checkpoint FILE, and keep it up to date. PHOTO and"
        " all options are then known, and what is given again must be the same; but -o, --strip,"
        " --device, --time-limit and --checkpoint-every may change, and --overwrite and what tells"
        " of the run (--json, -v, --plot, --frames, --compare) is to be given anew.",
    )(command)
    command = click.option(
        "--checkpoint-every",
        type=seconds,
        metavar="TIME",
        default=f"{Checkpoint.every:g}s",
        show_default=True,
        help="How often to write the checkpoint.",
    )(command)
    return click.option(
        "--checkpoint",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A new file to keep the state of the run in, for --resume. It is removed once the"
        " picture is finished, and stays after Ctrl-C, after --time-limit, and after a crash.",
    )(command)


def asked_checkpoint(job: Job) -> Checkpoint | None:
    """What the options of the current command say.

    Raises:
        ConfigError: the file is one that something else is written to.
        click.UsageError: `--checkpoint` names another file than `--resume`; or a pipe is used.
    """
    params = click.get_current_context().params
    new, old = params["checkpoint"], params["resume"]
    path = old or new
    if path is None:
        return None
    if old and new and real_place(old) != real_place(new):
        raise click.UsageError("--resume goes on with its own FILE; leave --checkpoint out.")
    if PIPE in (params["photo"], *params["paintings"], params["output"]):
        raise click.UsageError("A run with a checkpoint needs files in the place of '-'.")
    for option in ("output", "plot", "compare"):
        if params[option] and real_place(params[option]) == real_place(path):
            raise ConfigError(option, str(path), "another file than the checkpoint")
    note: dict[str, Any] = {
        name: _as_text(params[name]) for name in RECORDED if params[name] is not None
    }
    note["paintings"] = [_as_text(painting) for painting in job.paintings]
    if job.config.init not in INITS:
        note["init"] = _as_text(Path(job.config.init))
    return Checkpoint(path, params["checkpoint_every"], resume=old is not None, note=note)


def leave(checkpoint: Checkpoint, result: StylizeResult, *, quiet: bool) -> None:
    """Remove the checkpoint of a picture that is finished and written; of another, say how to go
    on with it, unless `quiet`."""
    if result.stopped == "finished":
        # A file that can't be removed harms nobody.
        with suppress(OSError):
            os.unlink(checkpoint.path)
    elif not quiet:
        more = " --time-limit TIME" if result.stopped == "time-limit" else ""
        file = shlex.quote(str(checkpoint.path))
        say(f"to go on: styleplug stylize --resume {file} --overwrite{more}", err=True)


def _recall(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    if path is not None:
        from styleplug.transfer.checkpoint import read_note

        try:
            note = read_note(path)
        except CheckpointError as error:
            raise click.BadParameter(str(error)) from error
        context.default_map = {name: note[name] for name in RECORDED if name in note}
    return path


def _as_text(value: object) -> str:
    return os.path.abspath(value) if isinstance(value, Path) else str(value)
