"""darktable itself, with the plug-in installed, and scripts to run in it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from styleplug import pictures
from styleplug.hosts import install_host

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PATIENCE = 100
"""Seconds until a darktable is taken to hang."""
CANNOT = 3
"""What provision.sh ends with where darktable can't be had."""
HOVER = """
while xdotool mousemove 340 150; do sleep 0.3; xdotool mousemove 640 600; sleep 0.3; done 2>/dev/null
"""
"""What a person does whom a script's `import` waits for."""
CONFIGURATION = {
    "plugins/lighttable/export/storage_name": "styleplug",
    "plugins/lighttable/export/format_name": "jpeg",
    "plugins/lighttable/export/expanded": "TRUE",
    "ui_last/window_w": "1280",
    "ui_last/window_h": "900",
    "lua/styleplug/choice": "filter: posterise",
    "lua/styleplug/stylize_size": "64",
}


def missing(reason: str) -> None:
    """Skip; a failure where the hosts are required."""
    if os.environ.get("STYLEPLUG_REQUIRE_HOSTS") == "1":
        pytest.fail(f"darktable is required: {reason}")
    pytest.skip(f"no darktable: {reason}")


class Darktable:
    """darktable, with a configuration folder and a screen of its own, and a library in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.configuration = folder / "configuration"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.configuration.mkdir()
        install_host("darktable", self.configuration)
        self._started: list[subprocess.Popen[str]] = []

    def use_interpreter(self, interpreter: str) -> None:
        """Have the plug-in start another interpreter."""
        path = self.configuration / "lua/styleplug/installation.json"
        record = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**record, "interpreter": interpreter}))

    def start(
        self, script: str, *, person: str = HOVER, **configuration: str
    ) -> subprocess.Popen[str]:
        """Start darktable with a script in Lua, whose `answer` `finish` returns.

        `person` is a shell script that works beside darktable; `configuration` are settings of
        ours, by name, that differ from `CONFIGURATION`.
        """
        path = self.folder / "script.lua"
        answer = self.folder / "answer.json"
        prelude = (HERE / "prelude.lua").read_text("utf-8")
        path.write_text(f"{prelude}\nrun([[{answer}]], function()\n{script}\nend)\n", "utf-8")
        ours = {f"lua/styleplug/{name}": value for name, value in configuration.items()}
        settings = [
            part
            for name, value in {**CONFIGURATION, **ours}.items()
            for part in ("--conf", f"{name}={value}")
        ]
        darktable = [
            *("darktable", "--library", ":memory:", "--disable-opencl"),
            *("--configdir", str(self.configuration), "--cachedir", str(self.folder / "cache")),
            *settings,
            *("--luacmd", f"dofile([[{path}]])"),
        ]
        # Unless told not to, the server starts anew whenever its last client has gone.
        screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24 -noreset"]
        process = subprocess.Popen(
            [*screen, "sh", "-c", f'({person}) & exec "$@"', "darktable", *darktable],
            env={**os.environ, "LC_ALL": "C.UTF-8", "TMPDIR": str(self.temporary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def finish(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        """Wait for darktable's end; returns the script's `answer`, and all `output`."""
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"darktable hasn't ended: {process.communicate()[0]}")
        path = self.folder / "answer.json"
        assert path.exists(), output
        answer: dict[str, Any] = json.loads(path.read_text("utf-8"))
        assert "problem" not in answer, answer["problem"]
        return answer | {"output": output}

    def run(self, script: str, **options: str) -> dict[str, Any]:
        """Run a script in darktable; returns its `answer`."""
        return self.finish(self.start(script, **options))

    def kill(self) -> None:
        """End every darktable that runs still, with its screen."""
        for process in self._started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def provided() -> None:
    """darktable is on this machine."""
    done = subprocess.run([HERE / "provision.sh"])
    if done.returncode == CANNOT:
        missing("tests/hosts/darktable/provision.sh says why above")
    assert done.returncode == 0


@pytest.fixture
def darktable(
    provided: None, install_plugin: Callable[[str], None], tmp_path: Path
) -> Iterator[Darktable]:
    """darktable with our plug-in, and the odd plug-in's filters."""
    install_plugin("odd")
    folder = tmp_path / "darktable"
    folder.mkdir()
    host = Darktable(folder)
    yield host
    host.kill()


@pytest.fixture
def photo(tmp_path: Path) -> Callable[[str], Path]:
    """Puts the photograph that styleplug comes with where a name says, in a folder of photos."""

    def copy(name: str) -> Path:
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(pictures.path("photograph.jpg"), path))

    return copy


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the window go, for people to look at."""
    folder = ROOT / "out" / "darktable"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
