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
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PHOTOGRAPH = ROOT / "styleplug/pictures/photograph.jpg"
CANNOT = 3
"""What provision.sh ends with where photobooth-app can't be had."""


@pytest.fixture(scope="session")
def python() -> Path:
    """The Python that photobooth-app is installed for."""
    done = subprocess.run(
        [HERE / "provision.sh", sys.executable], stdout=subprocess.PIPE, text=True
    )
    if done.returncode == CANNOT:
        reason = "tests/hosts/photobooth/provision.sh says why above"
        if os.environ.get("STYLEPLUG_REQUIRE_HOSTS") == "1":
            pytest.fail(f"photobooth-app is required: {reason}")
        pytest.skip(f"no photobooth-app: {reason}")
    assert done.returncode == 0
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def installed(python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders that styleplug and its plug-in for photobooth-app are installed in, each alone.

    A plug-in of others, whose filters do all that may go wrong, is in a third.
    """
    folders = {name: tmp_path_factory.mktemp(name) for name in ("styleplug", "photobooth", "odd")}
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    for name, source in (("styleplug", ROOT), ("photobooth", ROOT / "plugins/photobooth")):
        options = ["--no-build-isolation", "--target", folders[name]]
        subprocess.run([*pip, *options, source], check=True)
    shutil.copy(ROOT / "tests/support/odd_plugin.py", folders["odd"])
    info = folders["odd"] / "odd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[styleplug]\nodd = odd_plugin\n")
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
    """The variables with which a process finds what is installed, or only what is named of it."""

    def variables(*names: str) -> dict[str, str]:
        path = os.pathsep.join(str(installed[name]) for name in names or installed)
        return {**os.environ, "PYTHONPATH": path, "HOME": str(home)}

    return variables


@pytest.fixture
def open_booth(
    python: Path, environment: Callable[..., dict[str, str]], tmp_path: Path
) -> Iterator[Callable[..., Booth]]:
    """Starts the host in the test's folder: what each picture goes through, and what is there."""
    started: list[Booth] = []

    def start(filter: str, *installed: str) -> Booth:
        started.append(Booth(python, tmp_path, environment(*installed), filter))
        return started[-1]

    yield start
    for booth in started:
        booth.end()
