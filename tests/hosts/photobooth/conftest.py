"""photobooth-app itself: provided, with styleplug and its plug-in, and a camera."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from booth import Booth, pixels
from browser import DRIVER, Browser
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PHOTOGRAPH = ROOT / "styleplug/pictures/photograph.jpg"
CANNOT = 3
"""What provision.sh ends with where photobooth-app can't be had."""


def missing(program: str, reason: str) -> None:
    """Skip; a failure where the hosts are required."""
    if os.environ.get("STYLEPLUG_REQUIRE_HOSTS") == "1":
        pytest.fail(f"{program} is required: {reason}")
    pytest.skip(f"no {program}: {reason}")


@pytest.fixture(scope="session")
def python() -> Path:
    """The Python that photobooth-app is installed for."""
    done = subprocess.run(
        [HERE / "provision.sh", sys.executable], stdout=subprocess.PIPE, text=True
    )
    if done.returncode == CANNOT:
        missing("photobooth-app", "tests/hosts/photobooth/provision.sh says why above")
    assert done.returncode == 0
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def installed(python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders that styleplug, its plug-in for the host, and two for it are in, each alone."""
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    folders: dict[str, Path] = {}
    for name, source in (("styleplug", ROOT), ("photobooth", ROOT / "plugins/photobooth")):
        folders[name] = tmp_path_factory.mktemp(name)
        options = ["--no-build-isolation", "--target", folders[name]]
        subprocess.run([*pip, *options, source], check=True)
    for name in ("odd_plugin", "prints_plugin"):
        folders[name] = tmp_path_factory.mktemp(name)
        shutil.copy(ROOT / f"tests/support/{name}.py", folders[name])
        info = folders[name] / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[styleplug]\n{name} = {name}\n")
    return folders


@pytest.fixture
def photograph() -> NDArray[np.float32]:
    """What the camera sees."""
    return pixels(PHOTOGRAPH)


@pytest.fixture(scope="session")
def home(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder where the host's virtual camera finds the bundled photograph.

    The camera plays the pictures of a film that it unpacks there, unless they are there already.
    """
    home = tmp_path_factory.mktemp("home")
    folder = home / ".photobooth-data/virtualcamera"
    folder.mkdir(parents=True)
    [film] = python.parents[1].rglob("photobooth/services/backends/assets/**/demovideo.mp4")
    (folder / "extraction.done").write_text(hashlib.sha256(film.read_bytes()).hexdigest())
    shutil.copy(PHOTOGRAPH, folder / "0000.jpg")
    return home


@pytest.fixture(scope="session")
def environment(installed: dict[str, Path], home: Path) -> Callable[..., dict[str, str]]:
    """The variables with which a process finds what is named of what is installed."""

    def variables(*names: str) -> dict[str, str]:
        path = os.pathsep.join(str(installed[name]) for name in names)
        return {**os.environ, "PYTHONPATH": path, "HOME": str(home)}

    return variables


@pytest.fixture
def open_booth(
    python: Path, environment: Callable[..., dict[str, str]], tmp_path: Path
) -> Iterator[Callable[..., Booth]]:
    """Starts the host in the test's folder, with what is named of what is installed.

    `filter` is what each picture that is taken goes through.
    """
    started: list[Booth] = []

    def start(*names: str, filter: str = "original") -> Booth:
        started.append(Booth(python, tmp_path, environment(*names), filter))
        return started[-1]

    yield start
    for booth in started:
        booth.end()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium, with a page."""
    if DRIVER is None:
        missing("Chromium", "install Debian's packages chromium and chromium-driver")
    browser = Browser()
    yield browser
    browser.end()


@pytest.fixture
def screenshots() -> Path:
    """Where pictures of the host's page go, for people to look at."""
    folder = ROOT / "out" / "photobooth"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
