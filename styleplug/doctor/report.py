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
from styleplug.runtime.files import user_cache_folder, user_data_folder

_FOLDERS = re.compile(r"(?<![\w.~>/\\])(?:[A-Za-z]:[/\\]|\\\\|/)(?:[^\s/\\'\",:;()]+[/\\])+")
"""The folders of an absolute path, on any system; the name after them is left."""


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
    text = _FOLDERS.sub("…/", text)
    for name, stand_in in _names().items():
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", stand_in, text, flags=re.IGNORECASE)
    return text


def _known_folders() -> dict[str, str]:
    """Folders whose place is private, and what a reader needs to know of them."""
    named = {
        Path(os.path.expanduser("~")): "~",
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
    # Path.home would raise where there is none.
    user, host = Path(os.path.expanduser("~")).name, platform.node()
    found = {user: "USER", host: "HOST", host.partition(".")[0]: "HOST"}
    # In some containers a user has no name.
    with suppress(OSError, KeyError, ImportError):
        found[getpass.getuser()] = "USER"
    return {name: stand_in for name, stand_in in found.items() if name}
