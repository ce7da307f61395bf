"""Commands that are killed at any moment: old or new is there, and the same command works again.

strace kills the command when it enters a system call that changes a folder: a few of them, and each
one with STYLEPLUG_EVERY_MOMENT=1.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from onnx_filters import picture_model
from PIL import Image

from styleplug.cli.main import main
from styleplug.errors import StyleplugError
from styleplug.filters.external import ExternalFilterSpec, add, read_model, read_spec
from styleplug.filters.store import user_file
from styleplug.hosts.catalogue import find_hosts
from styleplug.runtime.files import user_data_folder
from styleplug.runtime.models import find_model, install_model
from styleplug.styles import add_style, find_style

CALLS = ["rename", "link", "unlink", "rmdir", "mkdir", "fsync"]
CALLS += ["renameat", "renameat2", "linkat", "unlinkat", "mkdirat", "fdatasync"]
BUNDLED = Path(__file__).parents[2] / "models" / "filters.onnx"

FEW = 4
"""Moments of each command, so that all take less than a minute."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Case:
    """A command, what it finds, what becomes of that, and where it leaves its files."""

    arguments: tuple[str, ...]
    before: Callable[[], object]
    seen: Callable[[], object]
    folder: Callable[[], Path] = user_data_folder


def picture(name: str) -> bytes | None:
    return Path(name).read_bytes() if Path(name).exists() else None


def style() -> object:
    try:
        found = find_style("mine")
    except StyleplugError:
        return None
    with Image.open(found.thumbnail) as thumbnail:
        return found.title, found.path.read_bytes(), thumbnail.getpixel((0, 0))


def external() -> object:
    try:
        read_model("theirs").try_out()
    except StyleplugError:
        return None
    return read_spec(user_file("theirs", ".json"))


def adapter() -> object:
    """Whether GIMP has it; what is incomplete says so, and is mended like what isn't there."""
    [host] = [host for host in find_hosts() if host.name == "gimp"]
    return host.state == "installed"


def actions() -> object:
    """Thunar's actions, of which some are its user's."""
    path = Path(".config/Thunar/uca.xml")
    return path.read_bytes(), path.stat().st_mode


def theirs() -> None:
    path = Path(".config/Thunar/uca.xml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("<actions>\n</actions>\n")
    path.chmod(0o600)


ADD = ("styles", "add", "new.png", "--name", "mine", "--title", "New")
FOREIGN = ("filters", "add", "new.onnx", "--name", "theirs", "--input-range", "0..255")
FILTER = ("filter", "new.png", "--filter", "udnie", "-o", "out.png")

CASES = {
    "styles add": Case(ADD, lambda: None, style),
    "styles add --overwrite": Case(
        (*ADD, "--overwrite"), lambda: add_style("old.png", "mine", "Old"), style
    ),
    "styles remove": Case(
        ("styles", "remove", "mine"), lambda: add_style("old.png", "mine", "Old"), style
    ),
    "models install": Case(
        ("models", "install", "filters", "--from", str(BUNDLED)),
        lambda: install_model("filters", b"old", licence="", attribution="", source=""),
        lambda: find_model("filters").sha256,
    ),
    "filters add --overwrite": Case(
        (*FOREIGN, "--overwrite"),
        lambda: add(Path("old.onnx"), "theirs", ExternalFilterSpec("old", "0..1", "0..1")),
        external,
    ),
    "filter": Case(FILTER, lambda: None, lambda: picture("out.png"), Path),
    "filter --overwrite": Case(
        (*FILTER, "--overwrite"),
        lambda: shutil.copy("old.png", "out.png"),
        lambda: picture("out.png"),
        Path,
    ),
    "hosts install gimp": Case(
        ("hosts", "install", "gimp"),
        lambda: shutil.rmtree("GIMP/plug-ins", ignore_errors=True),
        adapter,
        lambda: Path("GIMP"),
    ),
    "hosts install thunar": Case(
        ("hosts", "install", "thunar"), theirs, actions, lambda: Path(".config/Thunar")
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with pictures and models, old and new; HOME lies in it."""
    made = tmp_path / "folder"
    made.mkdir()
    monkeypatch.chdir(made)
    Path("GIMP").mkdir()
    for variable, value in {"HOME": made, "GIMP3_DIRECTORY": made / "GIMP"}.items():
        monkeypatch.setenv(variable, str(value))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("STYLEPLUG_PLUGINS", "")
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "1")
    for name, colour, white in (("old", "red", 1.0), ("new", "blue", 255.0)):
        Image.new("RGB", (64, 48), colour).save(f"{name}.png")
        picture_model(Path(f"{name}.onnx"), white=white)
    return made


@pytest.fixture
def strace() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `styleplug` under strace."""
    required = os.environ.get("STYLEPLUG_REQUIRE_HOSTS") == "1"
    if shutil.which("strace") is None and not required:
        pytest.skip("strace isn't installed")

    def run(
        calls: list[str], arguments: tuple[str, ...], kill: str = ""
    ) -> subprocess.CompletedProcess[str]:
        traced = ["strace", "-f", "-qq"]
        traced += ["-e", f"trace={','.join(f'?{call}' for call in calls)}"]
        traced += ["-e", f"inject={kill}"] if kill else []
        command = [*traced, sys.executable, "-m", "styleplug", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    return run


def moments(log: str) -> Iterator[tuple[str, int]]:
    """The calls that changed something, each by name and number; processes count by themselves."""
    numbers: Counter[tuple[str, str]] = Counter()
    for process, call, result in re.findall(r"^(?:\[pid +(\d+)\] )?(\w+)\(.*= (-?\d+)", log, re.M):
        numbers[process, call] += 1
        if result == "0":
            yield call, numbers[process, call]


def files(folder: Path) -> set[str]:
    """The names of all that is there, but for digests and the like in them."""
    return {
        re.sub(r"-\w{8}\b", "", str(path)) for path in folder.rglob("*") if path.name != ".lock"
    }


@pytest.mark.parametrize("name", CASES)
def test_old_or_new_is_there_and_the_same_command_works_again(
    name: str, folder: Path, strace: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    case = CASES[name]

    def start() -> object:
        shutil.rmtree(user_data_folder(), ignore_errors=True)
        Path("out.png").unlink(missing_ok=True)
        case.before()
        return case.seen()

    old = start()
    counted = strace(CALLS, case.arguments)
    assert counted.returncode == 0, counted.stderr
    new, whole = case.seen(), files(case.folder())
    assert new != old
    calls = list(moments(counted.stderr))
    assert calls
    step = 1 if "STYLEPLUG_EVERY_MOMENT" in os.environ else -(-len(calls) // FEW)
    for call, number in calls[::-step]:
        start()
        kill = f"{call}:signal=SIGKILL:when={number}"
        killed = strace([call], case.arguments, kill)
        assert killed.returncode == -signal.SIGKILL, (call, number, killed.stderr)
        found = case.seen()
        assert found in (old, new), (call, number)
        again = CliRunner().invoke(main, case.arguments)
        # What was all done, but for tidying up, needn't be done again.
        assert again.exit_code == 0 or found == new, (call, number, again.stderr)
        assert case.seen() == new, (call, number)
        assert files(case.folder()) == whole, (call, number)
