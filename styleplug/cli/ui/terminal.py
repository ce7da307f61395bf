"""Text for people and for programs: it never steers a terminal, and never ends a job.

Names, titles and warnings come from strangers' files, and what they are told to may be closed, full
or gone. So all that is printed goes through here; what libraries print does, too.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

import click

# Control characters of both sets, what turns the direction of writing or breaks a line unseen, and
# what stands for the bytes of a name that are no text.
_STEERING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_IN_TEXT = re.compile(f"[{_STEERING}]")
_IN_LINE = re.compile(f"[\t\n{_STEERING}]")
_INSTEAD = "\ufffd"


def printable(line: str) -> str:
    """A line without the characters by which a stranger's file could steer the terminal."""
    return _IN_LINE.sub(_INSTEAD, line)


def tamed(text: str) -> str:
    """A text likewise, which may have several lines."""
    return _IN_TEXT.sub(_INSTEAD, text)


def say(line: object, *, err: bool = False) -> None:
    """Print a line at once, on standard output, or on standard error with `err`."""
    click.echo(printable(str(line)), err=err)


def say_json(value: object) -> None:
    """Print a value as a line of JSON on standard output; what JSON hasn't, such as a path, as
    text."""
    say(json.dumps(value, default=str))


class SafeStream:
    """Writes text to a stream as long as that takes it, tamed and in what its encoding has.

    Args:
        stream: standard output or standard error.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.error: OSError | ValueError | None = None
        """Why no more is written."""

    def write(self, text: str) -> int:
        """Write a text, tamed."""
        return self.draw(tamed(text))

    def writelines(self, texts: Iterable[str]) -> None:
        """Write texts, tamed."""
        for text in texts:
            self.write(text)

    def draw(self, text: str) -> int:
        """Write a text with all that it does to a terminal."""
        encoding = self.stream.encoding or "utf-8"
        shown = text.encode(encoding, "replace").decode(encoding)
        self._attempt(lambda: self.stream.write(shown))
        return len(text)

    def flush(self) -> None:
        """Write what is held back."""
        self._attempt(self.stream.flush)

    def send(self, data: bytes) -> None:
        """Write all bytes of a file.

        Raises:
            OSError: they can't be written, or not all of them.
        """
        try:
            self.stream.flush()
            rest = memoryview(data)
            while rest:  # without a buffer, a disk that is nearly full takes a part
                rest = rest[self.stream.buffer.write(rest) :]
            self.stream.buffer.flush()
        except OSError:
            self._mute()
            raise

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":  # by which click would go round all this
            raise AttributeError(name)
        return getattr(self.stream, name)

    def _attempt(self, act: Callable[[], object]) -> None:
        if self.error is not None:
            return
        try:
            act()
        except (OSError, ValueError) as error:  # of a closed file it is a ValueError
            self.error = error
            self._mute()

    def _mute(self) -> None:
        """Lead it nowhere: what is left in its buffer would fail again when the program ends."""
        with suppress(OSError, ValueError), open(os.devnull, "wb") as nothing:
            os.dup2(nothing.fileno(), self.stream.fileno())


class _Canvas:
    """A safe stream that is drawn to."""

    def __init__(self, stream: SafeStream) -> None:
        self.write = stream.draw
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def canvas(stream: TextIO) -> TextIO:
    """Standard output or standard error for what is to steer the terminal: bars and colours."""
    safe: object = stream
    return cast(TextIO, _Canvas(safe)) if isinstance(safe, SafeStream) else stream


@contextmanager
def safe_streams() -> Iterator[None]:
    """Have safe streams in the places of standard output and standard error.

    An exit with 0 becomes one with 1 where something that was asked for didn't come out. A reader
    that has gone has had enough, and nobody hears what is said to a dead standard error.
    """
    _occupy_standard_files()
    before = sys.stdout, sys.stderr
    if isinstance(cast(object, sys.stderr), SafeStream):  # a command within a command
        yield
        return
    output = SafeStream(sys.stdout) if sys.stdout else None
    # Without standard error Python would print on standard output what is meant for it.
    errors = SafeStream(sys.stderr or io.TextIOWrapper(io.FileIO(2, "w", closefd=False)))
    sys.stdout, sys.stderr = cast(TextIO, output), cast(TextIO, errors)
    try:
        yield
    except SystemExit as end:
        if output and _lost(output) and not end.code:
            raise SystemExit(1) from end
        raise
    finally:
        errors.flush()
        sys.stdout, sys.stderr = before


def _lost(output: SafeStream) -> bool:
    """Whether something didn't come out, which is then said."""
    output.flush()
    if output.error is None or isinstance(output.error, BrokenPipeError):
        return False
    problem = getattr(output.error, "strerror", None) or output.error
    say(f"styleplug: standard output: can't be written ({problem})", err=True)
    return True


def _occupy_standard_files() -> None:
    """Have something in the places of closed standard files; the next file that is opened would get
    their number, and what is printed besides would be written into it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
