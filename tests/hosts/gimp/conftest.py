"""GIMP 3 itself: provided, with the plug-in installed, and scripts to run in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import styleplug
from styleplug.hosts import install_host

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SHARED = ROOT.parent / "shared"
"""Pictures beside the checkout."""
FAKE_WORKER = HERE / "fake_worker.py"
ENVIRONMENT = {"FAKE_VERSION": styleplug.__version__, "NO_AT_BRIDGE": "1", "LC_ALL": "C.UTF-8"}
CANNOT = 3
"""What provision.sh ends with where GIMP can't be had."""

collect_ignore = ["prelude.py"]  # GIMP's Python reads it, which has `gi`


def missing(reason: str) -> None:
    """Skip; a failure where the hosts are required."""
    if os.environ.get("STYLEPLUG_REQUIRE_HOSTS") == "1":
        pytest.fail(f"GIMP 3 is required: {reason}")
    pytest.skip(f"no GIMP 3: {reason}")


def shared_folders() -> list[str]:
    """What a Python in another root needs of this machine: itself, its packages, the checkout."""
    folders = {Path(sys.prefix), Path(sys.base_prefix), ROOT, Path(tempfile.gettempdir())}
    folders |= {Path(entry) for entry in sys.path if Path(entry).is_dir()}
    # The other system has a /usr of its own.
    folders = {f for f in folders if Path("/usr") not in (f, *f.parents)}
    if SHARED.is_dir():
        folders.add(SHARED)
    return sorted(str(f) for f in folders if not any(p in folders for p in f.parents))


class Host:
    """GIMP in its root folder, with a configuration folder of its own."""

    def __init__(self, root: str, folder: Path) -> None:
        self.folder = folder
        self.plug_in = folder / "plug-ins" / "style-transfer"
        self._inside = (
            [] if root == "/" else [str(HERE / "inside.sh"), root, *shared_folders(), "--"]
        )

    def use_interpreter(self, interpreter: Path) -> None:
        """Have the plug-in start another interpreter."""
        path = self.plug_in / "installation.json"
        installation = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**installation, "interpreter": str(interpreter)}))

    def use_python(self, python: str) -> None:
        """Have the plug-in start a Python of this machine.

        One that belongs to this machine's system can't run in another: it runs in its own root.
        """
        if not self._inside or Path(sys.base_prefix) != Path("/usr"):
            self.use_interpreter(Path(python))
            return
        way_out = self.folder / "python"
        way_out.write_text(f"#!/bin/sh\nexec chroot /host '{python}' \"$@\"\n")
        way_out.chmod(0o755)
        self.use_interpreter(way_out)

    def start(
        self, script: str, tmp_path: Path, *, before: str = "", person: str = "", **env: str
    ) -> subprocess.Popen[str]:
        """Start GIMP with a Python script, whose `answer` becomes `answer.json` of `tmp_path`.

        `before` is a shell script that runs first; `person` one that works beside GIMP, which then
        has its windows, on a screen of its own. See drive.sh.
        """
        path = tmp_path / "script.py"
        path.write_text(
            (HERE / "prelude.py").read_text("utf-8")
            + script
            + f"\nPath({str(tmp_path / 'answer.json')!r}).write_text(json.dumps(answer))\n",
            "utf-8",
        )
        batch = f"exec(compile(open({str(path)!r}).read(), 'script', 'exec'))"
        gimp = ["gimp-3.0", "-s"] if person else ["gimp-console-3.0", "-i"]
        gimp += ["-d", "-f", "--batch-interpreter=python-fu-eval", "-b", batch, "--quit"]
        if person:
            beside = f". '{HERE}/drive.sh'; ({person}) & exec \"$@\""
            screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x960x24", "sh", "-c", beside, "gimp"]
            gimp = [*screen, *gimp]
        return subprocess.Popen(
            [*self._inside, "sh", "-c", f'{before}\nexec "$@"', "gimp", *gimp],
            env={**os.environ, "GIMP3_DIRECTORY": str(self.folder), **ENVIRONMENT, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def output(self, command: list[str]) -> bytes:
        """What a command says where GIMP is."""
        return subprocess.run([*self._inside, *command], check=True, stdout=subprocess.PIPE).stdout

    def finish(self, process: subprocess.Popen[str], tmp_path: Path) -> dict[str, Any]:
        """Wait for GIMP's end; returns the script's `answer`."""
        output, _ = process.communicate(timeout=300)
        path = tmp_path / "answer.json"
        assert path.exists(), output
        return json.loads(path.read_text("utf-8")) | {"output": output}

    def run(self, script: str, tmp_path: Path, **options: Any) -> dict[str, Any]:
        """Run a script in GIMP; returns its `answer`."""
        return self.finish(self.start(script, tmp_path, **options), tmp_path)


@pytest.fixture(scope="session")
def gimp_root() -> str:
    """The root folder that GIMP 3 is in."""
    done = subprocess.run([HERE / "provision.sh"], stdout=subprocess.PIPE, text=True)
    if done.returncode == CANNOT:
        missing("tests/hosts/gimp/provision.sh says why above")
    assert done.returncode == 0
    return done.stdout.split()[-1]


@pytest.fixture(scope="session")
def warm_folder(gimp_root: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration folder with the plug-in, whose procedures GIMP knows already."""
    folder = tmp_path_factory.mktemp("gimp")
    install_host("gimp", folder=folder)
    Host(gimp_root, folder).run("", tmp_path_factory.mktemp("warm"))
    return folder


@pytest.fixture
def make_host(gimp_root: str, warm_folder: Path, tmp_path: Path) -> Callable[..., Host]:
    """Makes a GIMP with the plug-in and styleplug's own worker, or the fake one."""

    def make(*, fake: bool = False) -> Host:
        # In the same place, for GIMP remembers its plug-ins by their paths.
        for own in ("plug-ins", "plug-in-settings"):
            shutil.rmtree(warm_folder / own, ignore_errors=True)
        install_host("gimp", folder=warm_folder)
        host = Host(gimp_root, warm_folder)
        if fake:
            host.use_interpreter(FAKE_WORKER)
        else:
            host.use_python(sys.executable)
        return host

    return make


@pytest.fixture
def bundled() -> dict[str, str]:
    """Variables with the photograph and the painting that styleplug comes with."""
    folder = ROOT / "styleplug" / "pictures"
    return {
        "PHOTO": str(folder / "photograph.jpg"),
        "PAINTING": str(folder / "painting.jpg"),
    }


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of windows go, for people to look at."""
    folder = ROOT / "out" / "gimp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
