"""What a menu entry starts: sends the chosen photographs through styleplug, one after another.

The result lies beside the photograph, under a name that nothing has yet. Somebody who has clicked
sees no terminal, so that notifications say when it starts, when it is done, and what went wrong.
It runs with the Python that styleplug is installed in, and needs nothing but the command line,
and the list of formats.
"""

from __future__ import annotations

import argparse
import functools
import html
import itertools
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

TITLE = "Style transfer"


def main() -> None:
    """Work on all files, past failures; exits with 1 if there was one."""
    arguments = parse()
    kind, name = ("filter", arguments.filter) if arguments.filter else ("style", arguments.style)
    count = len(arguments.files)
    notify(f"{name}: {count} photographs" if count > 1 else f"{name}: {label(arguments.files[0])}")
    problems = []
    for file in arguments.files:
        source = Path(os.path.abspath(file))
        problem = apply(kind, name, source)
        if problem:
            problems.append(f"{label(source)}: {problem}")
    if problems:
        notify("\n".join([f"{len(problems)} of {count} failed", *problems]), urgency="critical")
        sys.exit(1)
    notify(f"{name}: done; the pictures are beside the photographs")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--filter", help="the name of a filter")
    choice.add_argument("--style", help="the name of a painting")
    parser.add_argument("files", nargs="+")
    return parser.parse_args()


@functools.cache
def written_extensions() -> set[str]:
    """Of the files that a result may be; that of a RAW file, say, is a PNG."""
    import styleplug

    return {extension for format in styleplug.list_formats() for extension in format.writes}


def free_target(source: Path, name: str) -> Path:
    """Where the result goes: photo-mosaic.jpg, or photo-mosaic-2.jpg where that is taken."""
    suffix = source.suffix if source.suffix.lower() in written_extensions() else ".png"
    numbers = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    targets = (source.with_name(f"{source.stem}-{name}{number}{suffix}") for number in numbers)
    return next(target for target in targets if not os.path.lexists(target))


def apply(kind: str, name: str, source: Path) -> str:
    """Run styleplug on one photograph; returns what went wrong, or an empty text."""
    try:
        target = free_target(source, name)
    except Exception as error:  # styleplug is installed no more, say
        return f"{type(error).__name__}: {error}"
    action = ["stylize", "--style"] if kind == "style" else ["filter", "--filter"]
    # -P: a file manager may have started us in the photographs' folder, whatever is in it.
    command: list[str | Path] = [sys.executable, "-P", "-m", "styleplug"]
    command += [*action, name, "-o", target, "--", source]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
    )
    if done.returncode == 0:
        return ""
    said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    return said[-1].removeprefix("styleplug: ")


def label(path: str | Path) -> str:
    """A file's name as one line of text, whatever bytes it has."""
    name = os.fsencode(os.path.basename(path)).decode("utf-8", "replace")
    return " ".join(name.split())


def notify(text: str, urgency: str = "normal") -> None:
    """Tell on the desktop where that can be done; on standard error in any case."""
    print(f"{TITLE}: {text}", file=sys.stderr)
    command = ["notify-send", f"--urgency={urgency}", "--icon=image-x-generic", "--", TITLE]
    # Without a service for notifications, notify-send may wait for one.
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run([*command, html.escape(text)], timeout=10, capture_output=True)


if __name__ == "__main__":
    main()
