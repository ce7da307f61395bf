"""What is printed of strangers' names and texts: harmless, and in any encoding."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from terminal import Terminal, use_plain_terminal

import styleplug.cli
from styleplug.cli.ui.progress import error_console
from styleplug.cli.ui.terminal import printable, safe_streams, tamed

TITLE = "\x1b]0;pwned\x07"
HARMFUL = [TITLE, "\x9b2J", "a\rb", "a\x7fb", "abc\u202egnp.exe", "\u2066a", "a\u2028b", "a\udcffb"]
HARMLESS = ["日本\u3000語.png", "👩\u200d🎨", "نمی\u200cخواهم", "a\u00a0b", "naïve – ×"]


@pytest.mark.parametrize("text", HARMFUL)
def test_what_steers_a_terminal_is_replaced(text: str) -> None:
    for shown in (printable(text), tamed(text)):
        assert len(shown) == len(text)
        assert "\ufffd" in shown
        assert not {*shown} & {*"\x1b\x07\x9b\r\x7f\u202e\u2066\u2028\udcff"}


@pytest.mark.parametrize("text", HARMLESS)
def test_letters_of_all_languages_stay(text: str) -> None:
    assert printable(text) == tamed(text) == text


def test_lines_stay_in_texts_alone() -> None:
    assert tamed("a\n\tb") == "a\n\tb"
    assert printable("a\nstyleplug: done") == "a\ufffdstyleplug: done"


@pytest.mark.parametrize(
    "arguments",
    [
        ("info", f"{TITLE}.png"),
        ("info", f"{TITLE}missing.png"),
        ("info", "photo.png", TITLE),
        ("info", f"--{TITLE}"),
        ("filter", f"{TITLE}.png", "--filter", "negative", "-o", f"out{TITLE}.png"),
        ("filter", "photo.png", "--filter", TITLE, "-o", "out.png"),
        ("stylize", "photo.png", "--style", TITLE, "-o", "out.png"),
        ("batch", f"{TITLE}.png", "--filter", TITLE, "-o", "out"),
        ("styles", "add", "painting.png", "--name", "mine", "--title", TITLE),
        ("styles", "remove", TITLE),
        ("filters", "add", TITLE, "--name", TITLE, "--input-range", "0..1"),
        ("models", "install", "vgg16", "--from", TITLE),
        ("plugins", "trace", "info", f"{TITLE}.png"),
    ],
)
def test_no_command_prints_a_stranger_s_controls(
    run: Callable[..., Result], folder: Path, negative: None, arguments: tuple[str, ...]
) -> None:
    (folder / f"{TITLE}.png").write_bytes((folder / "photo.png").read_bytes())
    result = run(*arguments)
    assert result.stdout or result.stderr
    assert "\x1b" not in result.output
    assert "\x07" not in result.output


def test_no_library_does_while_a_bar_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    from styleplug.cli.ui.training_bar import training_bar

    use_plain_terminal(monkeypatch)
    monkeypatch.setattr("sys.stderr", stream := Terminal())
    with safe_streams(), training_bar("learning"):
        print(f"{TITLE}\x9b2J\u202e", file=sys.stderr)
        error_console().print(f"[red]{TITLE}")
    text = stream.getvalue()
    assert "\x1b[2K" in text, "the bar itself"
    assert "[red]\ufffd]0;pwned\ufffd" in text, "no markup"
    assert not re.search("\x1b]|[\x07\x9b\u202e]", text)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize(("name", "code"), [("日本.png", 0), ("本.png", 2)])
def test_a_name_that_the_encoding_lacks_is_no_error(
    small_network: None, folder: Path, encoding: str, name: str, code: int
) -> None:
    (folder / "日本.png").write_bytes((folder / "photo.png").read_bytes())
    run = subprocess.run(
        [sys.executable, "-m", "styleplug", "info", name],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (run.returncode, b"Traceback" in run.stderr) == (code, False)
    assert "?" * len(Path(name).stem) + ".png: " in (run.stdout + run.stderr).decode(encoding)


def test_json_is_the_same_in_any_encoding(run: Callable[..., Result], folder: Path) -> None:
    name = f"日本{TITLE}.png"
    (folder / name).write_bytes((folder / "photo.png").read_bytes())
    told = run("info", "--json", name).stdout
    assert told.isascii()
    assert json.loads(told)["path"] == name


def test_commands_print_in_one_way() -> None:
    for file in Path(styleplug.cli.__file__).parent.rglob("*.py"):
        if file.name not in ("terminal.py", "doctor.py"):  # the latter in colours
            assert not re.search(
                r"click\.s?echo|(?<![\w.])(?<!def )print\(|std(out|err)\.write", file.read_text()
            )
