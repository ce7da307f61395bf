"""Without a home folder, as in a container whose user is unknown, everything but keeping works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

UNKNOWN = ("unshare", "--user", "--map-user=54321")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command as a user who has no entry anywhere, and no HOME."""
    if not shutil.which("unshare") or subprocess.run([*UNKNOWN, "true"], check=False).returncode:
        pytest.skip("this machine lets nobody have a user namespace")
    Image.effect_noise((64, 64), 60).convert("RGB").save(tmp_path / "photo.png")

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*UNKNOWN, sys.executable, "-P", "-m", "styleplug", *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return start


STYLIZE = ("stylize", "photo.png", "--style", "mist", "--size", "64", "--iterations", "2")


@pytest.mark.parametrize(
    "arguments",
    [
        ("filters",),
        ("filter", "photo.png", "--filter", "the-wave", "-o", "out.png"),
        ("styles", "list"),
        ("models", "list"),
        ("hosts", "list"),
        ("cache", "info"),
        pytest.param((*STYLIZE, "-o", "out.png"), marks=pytest.mark.slow),
        pytest.param(("doctor", "--report"), marks=pytest.mark.slow),
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_keeps_nothing_works(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    if arguments == ("filters",):
        assert "the-wave" in done.stdout


def test_what_is_to_be_kept_is_refused_with_the_remedy(run: Run) -> None:
    done = run("styles", "add", "photo.png", "--name", "mine")
    assert done.returncode == 1
    assert "no home folder is known; set HOME, or STYLEPLUG_DATA_DIR" in done.stderr
    assert len(done.stderr.splitlines()) == 1
