"""Programs, ours and those of others: installed into environments of their own, and run."""

from __future__ import annotations

import shlex
import subprocess
import sys
import venv
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
"""Ours, as `install` takes it."""


def install(folder: Path, *packages: str) -> Path:
    """A new environment with packages from the index; returns its Python."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    command(python, "-m", "pip", "install", "--quiet", *packages)
    return python


def command(*words: object) -> str:
    """Run a command; returns its standard output.

    Raises:
        RuntimeError: it failed; the error has its standard error.
    """
    arguments = [str(word) for word in words]
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{shlex.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return done.stdout
