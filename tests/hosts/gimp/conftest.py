"""GIMP 3 itself: provided, with the plug-in installed, and scripts to run in it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import styleplug
from styleplug.hosts import install_host

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TEMPORARY = Path(tempfile.gettempdir()).resolve()
FAKE_WORKER = HERE / "fake_worker.py"
ENVIRONMENT = {"FAKE_VERSION": styleplug.__version__, "NO_AT_BRIDGE": "1", "LC_ALL": "C.UTF-8"}
PATIENCE = 600
"""Seconds until a GIMP is taken to hang."""
CANNOT = 3
"""What provision.sh ends with where GIMP can't be had."""

collect_ignore = ["prelude.py"]  # GIMP's Python reads it, which has `gi`


def missing(reason: str) -> None:
    """Skip; a failure where the hosts are required."""
    if os.environ.get("STYLEPLUG_REQUIRE_HOSTS") == "1":
        pytest.fail(f"GIMP 3 is required: {reason}")
    pytest.skip(f"no GIMP 3: {reason}")


class Host:
    """GIMP, with a configuration folder of its own.

    Args:
        inside: the command that runs others where GIMP is; empty where that is this machine.
        folder: the configuration folder.
    """

    def __init__(self, inside: list[str], folder: Path) -> None:
        self.folder = folder
        self.plug_in = folder / "plug-ins" / "style-transfer"
        self._inside = inside
        self._started: list[subprocess.Popen[str]] = []

    def use_interpreter(self, interpreter: Path) -> None:
        """Have the plug-in start another interpreter."""
        path = self.plug_in / "installation.json"
        installation = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**installation, "interpreter": str(interpreter)}))

    def use_python(self, python: str, path: Path) -> None:
        """Have the plug-in start a Python of this machine, in this machine's own root folder.

        Wherever it comes from, it finds there what it was built with; `path` is its PYTHONPATH.
        """
        way_out = self.folder / "python"
        out = "chroot /host" if self._inside else ""
        way_out.write_text(f"#!/bin/sh\nexec {out} env 'PYTHONPATH={path}' '{python}' \"$@\"\n")
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
            # Unless told not to, the server starts anew, and turns away who comes then, whenever
            # its last client has gone: such as xdotool, before GIMP is there.
            screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x960x24 -noreset"]
            gimp = [*screen, "sh", "-c", beside, "gimp", *gimp]
        own = {"GIMP3_DIRECTORY": str(self.folder), "TMPDIR": str(TEMPORARY)}
        process = subprocess.Popen(
            [*self._inside, "sh", "-c", f'{before}\nexec "$@"', "gimp", *gimp],
            env={**os.environ, **own, **ENVIRONMENT, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def output(self, command: list[str]) -> bytes:
        """What a command says where GIMP is."""
        return subprocess.run([*self._inside, *command], check=True, stdout=subprocess.PIPE).stdout

    def finish(self, process: subprocess.Popen[str], tmp_path: Path) -> dict[str, Any]:
        """Wait for GIMP's end; returns the script's `answer`."""
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"GIMP hasn't ended: {process.communicate()[0]}")
        path = tmp_path / "answer.json"
        assert path.exists(), output
        return json.loads(path.read_text("utf-8")) | {"output": output}

    def run(self, script: str, tmp_path: Path, **options: Any) -> dict[str, Any]:
        """Run a script in GIMP; returns its `answer`."""
        return self.finish(self.start(script, tmp_path, **options), tmp_path)

    def kill(self) -> None:
        """End every GIMP that runs still, with its screen."""
        for process in self._started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def inside(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that runs others where GIMP 3 is; empty where that is this machine."""
    done = subprocess.run([HERE / "provision.sh"], stdout=subprocess.PIPE, text=True)
    if done.returncode == CANNOT:
        missing("tests/hosts/gimp/provision.sh says why above")
    assert done.returncode == 0
    root = done.stdout.splitlines()[-1]
    if root == "/":
        return []
    # At their own places, so that GIMP and styleplug's Python mean the same by a path.
    folders = {ROOT, TEMPORARY, tmp_path_factory.getbasetemp().resolve()}
    outermost = [str(f) for f in folders if not any(p in folders for p in f.parents)]
    return [str(HERE / "inside.sh"), root, *outermost, "--"]


@pytest.fixture(scope="session")
def warm_folder(inside: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration folder with the plug-in, whose procedures GIMP knows already."""
    folder = tmp_path_factory.mktemp("gimp")
    install_host("gimp", folder=folder)
    Host(inside, folder).run("", tmp_path_factory.mktemp("warm"))
    return folder


@pytest.fixture(scope="session")
def install(inside: list[str], warm_folder: Path, no_torch: Path) -> Callable[[bool], Host]:
    """Installs the plug-in anew, with styleplug's own worker, which paints by ONNX Runtime, or the
    fake one; gives its GIMP."""

    def make(fake: bool) -> Host:
        # In the same place, for GIMP remembers its plug-ins by their paths.
        for own in ("plug-ins", "plug-in-settings"):
            shutil.rmtree(warm_folder / own, ignore_errors=True)
        install_host("gimp", folder=warm_folder)
        host = Host(inside, warm_folder)
        if fake:
            host.use_interpreter(FAKE_WORKER)
        else:
            host.use_python(sys.executable, no_torch)
        return host

    return make


@pytest.fixture
def make_host(install: Callable[[bool], Host]) -> Iterator[Callable[..., Host]]:
    """Makes a GIMP with the plug-in and styleplug's own worker, or the fake one."""
    made: list[Host] = []

    def make(*, fake: bool = False) -> Host:
        made.append(install(fake))
        return made[-1]

    yield make
    for host in made:
        host.kill()


@pytest.fixture(scope="session")
def run_in_turn(
    install: Callable[[bool], Host], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., dict[str, Any]]:
    """Runs scripts one after the other in one GIMP, which takes seconds to start; gives each one's
    `answer`, by name."""

    def run(scripts: dict[str, str], *, fake: bool = True, **env: str) -> dict[str, Any]:
        host = install(fake)
        script = f"answers, scripts = {{}}, {scripts!r}"
        script += """
for name in scripts:
    answer = answers[name] = {}
    exec(scripts[name], globals())
answer = answers
"""
        try:
            return host.run(script, tmp_path_factory.mktemp("scripts"), **env)
        finally:
            host.kill()

    return run


@pytest.fixture(scope="session")
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
