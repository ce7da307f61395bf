"""A small network, two pictures, and ways to run the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from styleplug.cli.main import main
from styleplug.hookspecs import Filter, FilterRequest, FilterResult, hookimpl
from styleplug.plugins import plugin_manager

CHEAP = ("--size", "32", "--iterations", "2", "--device", "cpu")


class Negative:
    """A plug-in with the filter negative."""

    @hookimpl
    def styleplug_register_filters(self) -> list[Filter]:
        return [Filter("negative", "Light for dark")]

    @hookimpl
    def styleplug_apply_filter(self, request: FilterRequest) -> FilterResult | None:
        return FilterResult(1 - request.image) if request.filter == "negative" else None


@pytest.fixture
def folder(tmp_path: Path, make_picture: Callable[..., np.ndarray]) -> Path:
    """A folder with photo.png, 48 pixels wide and 36 high, and painting.png, and nothing else."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed, name in enumerate(("photo.png", "painting.png")):
        pixels = make_picture(36, 48, seed)[0].transpose(1, 2, 0)
        Image.fromarray(np.rint(pixels * 255).astype(np.uint8)).save(folder / name)
    return folder


@pytest.fixture
def run(
    small_network: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs `styleplug` in the folder of pictures and in this process."""
    monkeypatch.chdir(folder)

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return invoke


@pytest.fixture
def paint(run: Callable[..., Result]) -> Callable[..., Result]:
    """Runs `styleplug stylize` cheaply; arguments that are given again win."""

    def invoke(*arguments: object, photo: str = "photo.png", output: str = "out.png") -> Result:
        style = () if "--style" in arguments else ("--style", "painting.png")
        return run("stylize", photo, *style, "-o", output, *CHEAP, *arguments)

    return invoke


@pytest.fixture
def heard() -> Iterator[None]:
    """Signals reach the processes that are started; in the background of a script they don't."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_DFL) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def spawn(small_network: None, folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `python ...`, or another program before that, in the folder of pictures, and ends what
    still runs after the test."""
    started = []

    def start(
        *arguments: object, before: Sequence[str] = (), **options: Any
    ) -> subprocess.Popen[str]:
        process: subprocess.Popen[str] = subprocess.Popen(
            [*before, sys.executable, *map(str, arguments)],
            cwd=folder,
            env={**os.environ, "PYTHONWARNINGS": "error"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **{"stdin": subprocess.DEVNULL, **options},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def negative() -> Iterator[None]:
    """Brings the filter negative, for commands in this process."""
    plugin = Negative()
    plugin_manager().register(plugin, "test-negative")
    yield
    plugin_manager().unregister(plugin)
