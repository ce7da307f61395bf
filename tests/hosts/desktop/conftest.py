"""The programs themselves, where this machine has them, and a screen for them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

collect_ignore = ["nautilus_menu.py"]  # the Python of the system reads it, which has `gi`

PATH = os.environ["PATH"]  # before a test's home folder hides what is there
SCREEN = ["xvfb-run", "-a", "-s", "-screen 0 1280x960x24 -noreset", "dbus-run-session", "--"]
PATIENCE = 300
"""Seconds until a program is taken to hang."""


def missing(reason: str) -> None:
    """Skip; a failure where the hosts are required."""
    if os.environ.get("STYLEPLUG_REQUIRE_HOSTS") == "1":
        pytest.fail(f"this is required: {reason}")
    pytest.skip(reason)


@pytest.fixture
def need(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Skips where programs are missing, which it takes from this machine's own PATH."""
    monkeypatch.setenv("PATH", PATH)

    def check(*programs: str) -> None:
        not_found_hint = [program for program in programs if not shutil.which(program)]
        if not_found_hint:
            missing(f"there is no {', '.join(not_found_hint)}")

    return check


@pytest.fixture
def photographs(photograph: Path) -> list[Path]:
    """Two photographs, alone in their folder, with names that shells and menus may stumble over."""
    second = photograph.with_name("two  words & <b>.jpg")
    shutil.copy(photograph, second)
    return [photograph, second]


@pytest.fixture
def use(need: Callable[..., None]) -> Callable[[str], None]:
    """Lets a person, a shell script, work on a screen of its own."""
    need("xvfb-run", "xdotool", "dbus-run-session")
    helpers = """
    wait_for() { for i in $(seq 80); do "$@" && return; sleep 0.5; done; exit 3; }
    has_window() { window=$(xdotool search --onlyvisible --class "$1" | tail -n 1); [ "$window" ]; }
    focus() { wait_for has_window "$1"; sleep 3; xdotool windowfocus --sync "$window"; }
    holds() { [ "$(ls "$1" | wc -l)" = "$2" ]; }
    """

    def run(person: str) -> None:
        done = subprocess.run(
            [*SCREEN, "sh", "-c", helpers + person],
            env={**os.environ, "NO_AT_BRIDGE": "1", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")

    return run
