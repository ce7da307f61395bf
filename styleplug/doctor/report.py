"""A report for people who help: Markdown, and nothing in it that says whose machine it is."""

from __future__ import annotations

import getpass
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from styleplug.doctor.finding import Finding
from styleplug.runtime.files import home_folder, user_cache_folder, user_data_folder

_ROOT = re.compile(r"(?<![\w.~>/\\])(?:[A-Za-z]:[/\\]|\\\\|/)(?=[^\s/\\])|~[/\\]")
"""Where an absolute path may begin, on any system, or one in the home folder."""

_FOLDERS = re.compile(r"(?:[^/\\\n]*[^\s/\\][/\\])*")
"""Folders of a path, whose names may hold anything: to take too much for one hides no fault."""

_GOES_ON = re.compile(r"[\w/\\-]")

_PROGRAMS_OWN = re.compile(r"\.|AppData|Library|snap[/\\]")
"""What the folders begin with that programs make in the home folder; others are of people."""


def report(examined: Mapping[str, tuple[Finding, ...]]) -> Iterator[str]:
    """The lines of the report, without paths of this machine, the user's name and the host's.

    Args:
        examined: what was found, by the titles of `styleplug.doctor.examine.CHECKS`.
    """
    yield "# styleplug doctor"
    for title, findings in examined.items():
        if findings:
            yield from ("", f"## {title}", "")
        for finding in findings:
            yield f"- {finding.status}: {without_private_parts(finding.text)}"
            if finding.remedy:
                yield f"  - {without_private_parts(finding.remedy)}"


def without_private_parts(text: str) -> str:
    """The text with known folders named for what they are, others left out, and names replaced."""
    # The inner ones first: all may be below the home folder.
    for path, name in sorted(_known_folders().items(), key=lambda entry: -len(entry[0])):
        text = re.sub(rf"{re.escape(path)}(?![\w.-])", name, text)
    text = _without_folders(text)
    for name, stand_in in _names().items():
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", stand_in, text, flags=re.IGNORECASE)
    return text


def _without_folders(text: str) -> str:
    """The text without the folders of paths, whatever their names; a file's own name is left."""
    parts, at = [], 0
    while root := _ROOT.search(text, at):
        parts.append(text[at : root.start()])
        at = root.end()
        there = _existing(text[root.start() :])
        begin = "~/" if root[0][0] == "~" else ""
        if begin and _PROGRAMS_OWN.match(text, at):
            parts.append(begin)
        elif there:
            at = root.start() + len(there)
            is_folder = os.path.isdir(os.path.expanduser(there))
            parts.append(f"{begin}…/{'' if is_folder else os.path.basename(there)}")
        else:
            folders = _FOLDERS.match(text, at)
            assert folders is not None, "it matches no folder, too"
            at = folders.end()
            parts.append(f"{begin}…/" if folders[0] else root[0])
    return "".join([*parts, text[at:]])


def _existing(text: str) -> str:
    """The longest path that a text begins with and that leads to something, unless it goes on."""
    for end in range(len(text), 2, -1):
        if os.path.lexists(os.path.expanduser(text[:end])) and not text[end - 1].isspace():
            return "" if _GOES_ON.match(text, end) else text[:end]
    return ""


def _known_folders() -> dict[str, str]:
    """Folders whose place is private, and what a reader needs to know of them."""
    named = {
        home_folder(): "~",
        Path(sys.prefix): "<environment>",
        Path(__file__).parents[2]: "<installation>",
        user_data_folder(): "<data>",
        user_cache_folder(): "<cache>",
    }
    # A message may hold a path as it was given, or with its links followed.
    found = {}
    for path, name in named.items():
        for form in (path.absolute(), path.resolve()):
            if form != Path(form.anchor):
                found[str(form)] = name
    return found


def _names() -> dict[str, str]:
    """The names of the user and of the machine."""
    user, host = home_folder().name, platform.node()
    found = {user: "USER", host: "HOST", host.partition(".")[0]: "HOST"}
    # In some containers a user has no name.
    with suppress(OSError, KeyError, ImportError):
        found[getpass.getuser()] = "USER"
    return {name: stand_in for name, stand_in in found.items() if name}
