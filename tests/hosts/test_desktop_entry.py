"""Desktop entry files, read as the specification says."""

from __future__ import annotations

import configparser
import re
import subprocess

from styleplug.hosts.desktop_entry import desktop_entry, exec_value

AWKWARD = ["/opt/my tools/py", 'a"b', "c`d`", "$HOME", "back\\slash", "100%", "it's"]


def unescaped(value: str) -> str:
    """A string value, as its reader has it."""
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "s": " "}.get(match[1], match[1]), value)


def test_a_command_comes_back_from_its_quotes() -> None:
    text = desktop_entry({"Desktop Entry": {"Exec": exec_value(AWKWARD)}}).decode()
    reader = configparser.ConfigParser(interpolation=None)
    reader.read_string(text)
    value = unescaped(reader["Desktop Entry"]["Exec"])
    # Within double quotes the specification has the shell's rules.
    shell = ["/bin/sh", "-c", f"printf '%s\\n' {value}"]
    *command, files = subprocess.check_output(shell, text=True).splitlines()
    assert [argument.replace("%%", "%") for argument in command] == AWKWARD
    assert files == "%F"
    assert "100%%" in value


def test_groups_and_lines() -> None:
    groups = {"Desktop Entry": {"Name": "one\ntwo"}, "Desktop Action x": {"Name": "three"}}
    assert desktop_entry(groups) == (
        b"[Desktop Entry]\nName=one\\ntwo\n\n[Desktop Action x]\nName=three\n"
    )
