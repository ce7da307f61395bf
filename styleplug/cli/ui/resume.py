"""`--checkpoint` and `--resume`: a run that goes on after whatever ended it.

A checkpoint's note has what the command was given, as texts, and whole paths. `--resume` makes
these the defaults of the same parameters, so that it suffices by itself.

A checkpoint may be a stranger's, and then its paths are his choice. So a file is opened on its word
only where it has the content of then, which a stranger knows already, and replaced only beside the
checkpoint.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from styleplug.cli.ui.artifacts import real_place
from styleplug.cli.ui.options import SECONDS, parsed_by, path_option
from styleplug.cli.ui.paintings import PARSERS, as_text, parameter_of
from styleplug.cli.ui.pipes import PIPE
from styleplug.cli.ui.terminal import say
from styleplug.config import INITS, RENAMED, StylizeConfig
from styleplug.errors import CheckpointError, ConfigError
from styleplug.hookspecs import Checkpoint
from styleplug.jobs.job import StylizeJob
from styleplug.jobs.provenance import SourceFile
from styleplug.options import Duration, Option
from styleplug.parts import images_of, path_or_part

if TYPE_CHECKING:
    from styleplug.hookspecs import StylizeResult

RECORDED = (
    *("photo", "output", "checkpoint_every", "regions", "region_maps", "variations", "pick"),
    *(
        field.name
        for field in fields(StylizeJob)
        if field.name not in ("config", "checkpoint", "weaker")
    ),
    *StylizeConfig.options(),
    *RENAMED,
)
"""What a run goes on with: not --overwrite, since a file may be there by now that is wanted, nor
what only tells of the run."""


_EVERY = Duration(Checkpoint.every, "", 0, name="checkpoint_every")

_FILES = {
    "photo": "PHOTO",
    "paintings": "the painting with --style",
    "regions": "it with --region",
    "region_maps": "it with --region-map",
    "mask": "it with --mask",
    "like": "it with --like",
    "init": "it with --init",
    "palette": "it with --palette",
}
"""Of these, those that name files that are read, and how they are given."""


def checkpoint_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--checkpoint`, `--checkpoint-every` and `--resume`."""
    command = path_option(
        "--resume",
        is_eager=True,
        callback=_recall,
        help="Go on with the run that left the checkpoint FILE, and keep it up to date. PHOTO and"
        " all options are then known, and what is given again must be the same; but -o, --strip,"
        " --device, --time-limit and --checkpoint-every may change, and --overwrite and what tells"
        " of the run (--json, -v, --plot, --film, --frames, --compare) is to be given anew.",
    )(command)
    command = click.option(
        "--checkpoint-every",
        type=SECONDS,
        metavar="TIME",
        default=f"{_EVERY.default:g}s",
        help="How often to write the checkpoint.",
    )(command)
    return path_option(
        "--checkpoint",
        help="A new file to keep the state of the run in, for --resume. It is removed once the"
        " picture is finished, and stays after Ctrl-C, after --time-limit, and after a crash.",
    )(command)


def asked_checkpoint(job: StylizeJob, inputs: Iterable[Path]) -> Checkpoint | None:
    """What the options of the current command say, which was given these inputs.

    Raises:
        ConfigError: the file is one that something else is written to; or a file would be replaced
            on a checkpoint's word.
        click.UsageError: `--checkpoint` names another file than `--resume`; or a pipe is used.
    """
    context = click.get_current_context()
    params = context.params
    new, old = params["checkpoint"], params["resume"]
    path = old or new
    if path is None:
        return None
    if old and new and real_place(old) != real_place(new):
        raise click.UsageError("--resume goes on with its own FILE; leave --checkpoint out.")
    if PIPE in (*inputs, params["output"]):
        raise click.UsageError("A run with a checkpoint needs files in the place of '-'.")
    for option in ("output", "plot", "film", "compare"):
        if params[option] and real_place(params[option]) == real_place(path):
            raise ConfigError(option, str(path), "another file than the checkpoint")
    is_noted = context.get_parameter_source("output") is ParameterSource.DEFAULT_MAP
    if is_noted and params["overwrite"] and not _is_beside(params["output"], path):
        allowed = "given with -o, for by a checkpoint's word only files beside it are replaced"
        raise ConfigError("output", str(params["output"]), allowed)
    options, job = {**StylizeConfig.options(), _EVERY.name: _EVERY}, job.absolute()
    note: dict[str, Any] = {
        name: _as_text(params[name], options.get(name))
        for name in RECORDED
        if name not in PARSERS and params[name] is not None
    }
    for painting in job.paintings:
        note.setdefault(parameter_of(painting), []).append(as_text(painting))
    if job.mask:
        note["mask"] = str(job.mask)
    note |= {name: str(path) for name, path in job.config.files().items()}
    files = [Path(_as_text(params["photo"])), *job.inputs]
    note["digests"] = {str(path): SourceFile.of(path).sha256 for path in files}
    return Checkpoint(path, params["checkpoint_every"], resume=old is not None, note=note)


def leave(checkpoint: Checkpoint, result: StylizeResult, *, quiet: bool) -> None:
    """Remove the checkpoint of a picture that is finished and written; of another, say how to go
    on with it, unless `quiet`."""
    if result.stopped == "finished":
        # A file that can't be removed harms nobody.
        with suppress(OSError):
            os.unlink(checkpoint.path)
    elif not quiet:
        output = click.get_current_context().params["output"]
        more = (
            "" if _is_beside(output, Path(checkpoint.path)) else f" -o {shlex.quote(str(output))}"
        )
        more += " --time-limit TIME" if result.stopped == "time-limit" else ""
        file = shlex.quote(str(checkpoint.path))
        say(f"to go on: styleplug stylize --resume {file} --overwrite{more}", err=True)


def _recall(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    if path is not None:
        from styleplug.transfer.checkpoint import read_note

        try:
            note = read_note(path)
        except CheckpointError as error:
            raise click.BadParameter(str(error)) from error
        context.default_map = {
            name: _recalled(name, note[name], note, path) for name in RECORDED if name in note
        }
    return path


def _recalled(name: str, value: Any, note: Mapping[str, Any], checkpoint: Path) -> Any:
    """The default of a parameter: what was noted, if that may be used, once it is asked for."""
    is_file = name in _FILES and not (name == "init" and value in INITS)

    def default() -> Any:
        values = value if name in PARSERS and isinstance(value, list) else [value]
        if not all(isinstance(text, str) and "\0" not in text for text in values):
            raise click.BadParameter(f"{checkpoint} is damaged, for {name} is {value!r} in it")
        for file in _files_in(name, values) if is_file else ():
            if not _is_the_same(file, note.get("digests")):
                raise click.BadParameter(
                    f"{checkpoint}: {file} isn't there, or has changed since this run began;"
                    f" give {_FILES[name]}"
                )
        return value

    return default


def _files_in(name: str, texts: Iterable[str]) -> Iterator[str]:
    """The files that values of a parameter name."""
    for text in texts:
        if name in PARSERS:
            yield from map(str, parsed_by(PARSERS[name])(text).images)
        elif name == "mask":
            yield from map(str, images_of(path_or_part(text)))
        else:
            yield text


def _is_the_same(file: str, digests: object) -> bool:
    """Whether a file has the content that was noted."""
    found = SourceFile.of(Path(file)).sha256
    return bool(found) and isinstance(digests, dict) and digests.get(file) == found


def _is_beside(path: Path, other: Path) -> bool:
    return real_place(path).parent == real_place(other).parent


def _as_text(value: object, option: Option | None = None) -> str:
    if isinstance(value, Path):
        return os.path.abspath(value)
    return option.format(value) if option and not isinstance(value, str) else str(value)
