"""darktable itself, with the plug-in installed, and scripts to run in it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from styleplug import pictures
from styleplug.hosts import install_host

HERE = Path(__file__).resolve().parent
PATIENCE = 120
"""Seconds until a script is taken to hang."""
STARTS = 4
START = 30
"""How often darktable is started until it serves its window, and for how many seconds each time.

darktable runs Lua beside its own start, and first its own luarc, which registers a preference.
Where that comes before GTK's main loop, the two wait for each other for ever (darktable's issue
5568). It happens now and then on a busy machine, before anything of ours is loaded.
"""
CANNOT = 3
"""What provision.sh ends with where darktable can't be had."""
PERSON = """
cd '{folder}'
while xdotool mousemove 340 150; do
  sleep 0.3
  xdotool mousemove 640 600
  sleep 0.3
  if [ -e list ]; then rm list; xdotool mousemove 1156 384 click 1; fi
  if [ -e cancel ]; then rm cancel; xdotool mousemove 272 754 click 1; fi
done 2>/dev/null
"""
"""Moves the mouse over a photograph and away again, which shows whether darktable serves its
window; presses our button, and the cross beside a job's progress, once a script asks by a file."""
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


def in_lua(path: Path) -> str:
    """A file's name as a text in Lua."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in os.fsencode(path)) + '"'


class Darktable:
    """darktable, with a configuration folder and a screen of its own, and a library in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.configuration = folder / "configuration"
        self.temporary = folder / "temporary"
        for own in (folder, self.temporary, self.configuration):
            own.mkdir()
        install_host("darktable", self.configuration)

    def use_interpreter(self, interpreter: str) -> None:
        """Have the plug-in start another interpreter."""
        path = self.configuration / "lua/styleplug/installation.json"
        record = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**record, "interpreter": interpreter}))

    def run(self, script: str, *photos: Path, **configuration: str) -> dict[str, Any]:
        """Run a script in Lua in darktable, with these photographs in its library, and selected.

        Returns the script's `answer`, and all `output`. `configuration` are settings of ours, by
        name, that differ from `CONFIGURATION`.
        """
        self.write_script(script, photos)
        ours = {f"lua/styleplug/{name}": value for name, value in configuration.items()}
        settings = [
            part
            for name, value in {**CONFIGURATION, **ours}.items()
            for part in ("--conf", f"{name}={value}")
        ]
        answer = self.folder / "answer.json"
        assert any(self.start(settings) for _ in range(STARTS)), "darktable doesn't start"
        output = (self.folder / "output").read_text("utf-8")
        assert answer.exists(), output
        told: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        assert "problem" not in told, told["problem"]
        return told | {"output": output}

    def write_script(self, script: str, photos: tuple[Path, ...]) -> None:
        prelude = (HERE / "prelude.lua").read_text("utf-8")
        paths = ", ".join(map(in_lua, photos))
        call = f"run([[{self.folder}]], {{ {paths} }}, function()\n{script}\nend)\n"
        (self.folder / "script.lua").write_text(prelude + call, "utf-8")

    def start(self, settings: list[str]) -> bool:
        """Run darktable until it ends; false where it hasn't come to serve its window."""
        darktable = [
            *("darktable", "-d", "lua", "--library", ":memory:", "--disable-opencl"),
            *("--configdir", str(self.configuration), "--cachedir", str(self.folder / "cache")),
            *settings,
            *("--luacmd", f"dofile([[{self.folder}/script.lua]])"),
        ]
        # Unless told not to, the server starts anew whenever its last client has gone.
        screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24 -noreset"]
        person = PERSON.replace("{folder}", str(self.folder))
        with (self.folder / "output").open("w") as output:
            process = subprocess.Popen(
                [*screen, "sh", "-c", f'({person}) & exec "$@"', "darktable", *darktable],
                env={**os.environ, "LC_ALL": "C.UTF-8", "TMPDIR": str(self.temporary)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(START)
                return True
            if not (self.folder / "begun").exists():
                return False
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            return True
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                # Until the killed one's parent has noticed, darktable takes the lock for alive.
                (self.configuration / "data.db.lock").unlink(missing_ok=True)

    def left_over(self) -> list[str]:
        """What of ours is left in the temporary folder."""
        return sorted(path.name for path in self.temporary.glob("*") if "styleplug" in path.name)


@pytest.fixture(scope="session")
def provided() -> None:
    """darktable is on this machine."""
    done = subprocess.run([HERE / "provision.sh"])
    if done.returncode == CANNOT:
        missing("tests/hosts/darktable/provision.sh says why above")
    assert done.returncode == 0


@pytest.fixture
def darktable(
    provided: None, without_torch: None, install_plugin: Callable[[str], None], tmp_path: Path
) -> Darktable:
    """darktable with our plug-in, and the odd plug-in's filters."""
    install_plugin("odd")
    return Darktable(tmp_path / "darktable")


@pytest.fixture
def photo(tmp_path: Path) -> Callable[[str], Path]:
    """Puts the photograph that styleplug comes with where a name says, in a folder of photos."""

    def copy(name: str) -> Path:
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(pictures.path("photograph.jpg"), path))

    return copy
