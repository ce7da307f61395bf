"""`-` in the place of a file: standard input and standard output.

A pipe becomes a file for as long as the command runs, so that nothing else need know of pipes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import click

from styleplug.cli.ui.terminal import SafeStream
from styleplug.errors import ImageError, StyleplugError

PIPE = Path("-")

format_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--format",
    "kind",
    metavar="NAME",
    help="The format of a picture that goes to standard output (-o -), such as png or jpg.",
)


def check_pipes(inputs: Sequence[Path], output: Path, kind: str | None, *, as_json: bool) -> None:
    """Make sure that a command's pipes can be.

    Raises:
        click.UsageError: two things would be read from standard input, or written to standard
            output; one of these is closed; or the format of standard output, and of nothing else,
            is to be given.
    """
    if list(inputs).count(PIPE) > 1:
        raise click.UsageError("Only one picture can be read from standard input ('-').")
    if PIPE in inputs and sys.stdin is None:
        raise click.UsageError("Standard input ('-') is closed; lead a picture into it.")
    if output != PIPE:
        if kind is not None:
            raise click.UsageError("'--format' is for standard output ('-o -') alone.")
        return
    if as_json:
        raise click.UsageError("'-o -' and '--json' both want standard output; leave one out.")
    if kind is None:
        raise click.UsageError("'-o -' needs a format, such as '--format png'.")
    if sys.stdout is None:
        raise click.UsageError("Standard output is closed; lead '-o -' to a program or a file.")
    if sys.stdout.isatty():
        raise click.UsageError("A picture can't be shown here; lead '-o -' to a program or a file.")


@contextmanager
def piped(
    inputs: Sequence[Path], output: Path, kind: str | None
) -> Iterator[tuple[list[Path], Path]]:
    """Inputs and output without pipes: what they are read from, or written to, are files.

    What is there in the end in the place of standard output goes out, after an error as well.

    Raises:
        ImageError: one that was raised within, with the pipe named instead of the file.
        StyleplugError: what goes to standard output can't be written there.
    """
    if PIPE not in (*inputs, output):
        yield list(inputs), output
        return
    with tempfile.TemporaryDirectory(prefix="styleplug-") as folder:
        source, target = Path(folder, "standard input"), Path(folder, f"standard output.{kind}")
        if PIPE in inputs:
            with source.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
        files = [source if path == PIPE else path for path in inputs]
        try:
            yield files, target if output == PIPE else output
        except ImageError as error:
            if error.path is None or Path(error.path) not in (source, target):
                raise
            raise error.about(Path(error.path).stem) from error
        finally:
            if target.exists():
                _send(target)


def _send(file: Path) -> None:
    from styleplug.image.write import write_elsewhere, write_file

    data = file.read_bytes()
    try:
        cast(SafeStream, sys.stdout).send(data)
    except OSError as error:
        place = write_elsewhere(
            Path(f"painted{file.suffix}"), lambda path: write_file(path, data, overwrite=False)
        )
        problem = f"standard output: can't be written ({error.strerror})"
        if place is None:
            raise StyleplugError(f"{problem}; check where it leads") from error
        raise StyleplugError(f"{problem}; the picture is {place} now") from error
