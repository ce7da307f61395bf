"""What is installed where, and installing and removing in all places of a host at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import styleplug
from styleplug.errors import ConfigError, HostError
from styleplug.hosts import ADAPTERS, Host, find_hosts, install_host, uninstall_host


def gimps() -> list[Host]:
    return [host for host in find_hosts() if host.name == "gimp"]


def states() -> dict[str, str]:
    return {host.title: host.state for host in gimps()}


def change(adapter: Path, **values: str) -> None:
    """Change the record of an installation."""
    path = adapter / "installation.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_no_gimp_says_what_to_do(home: Path) -> None:
    [host] = gimps()
    assert (host.name, host.title, host.state, host.folder) == ("gimp", "GIMP", "not found", None)
    assert "start GIMP once" in host.advice
    assert "--gimp-dir" in host.advice
    for act in (install_host, uninstall_host):
        with pytest.raises(HostError, match="gimp: no folder of GIMP 3 was found; start GIMP once"):
            act("gimp")


def test_all_versions_at_once(home: Path, gimp: Callable[..., Path]) -> None:
    folders = [gimp("3.0"), gimp("3.2")]
    gimp("2.10")
    assert states() == {"GIMP 2.10": "unsupported", "GIMP 3.0": "found", "GIMP 3.2": "found"}
    hosts = install_host("gimp")
    assert [host.folder for host in hosts] == folders
    for host in hosts:
        assert host.adapter is not None
        assert (host.adapter / "style-transfer.py").is_file()
        assert host.advice.startswith("restart GIMP")
        assert host.styleplug == styleplug.__version__
        assert host.interpreter == os.path.abspath(sys.executable)
    assert states() == {
        "GIMP 2.10": "unsupported",
        "GIMP 3.0": "installed",
        "GIMP 3.2": "installed",
    }
    removed = uninstall_host("gimp")
    assert [host.folder for host in removed] == folders
    assert [host.state for host in removed] == ["found", "found"]
    assert states() == {"GIMP 2.10": "unsupported", "GIMP 3.0": "found", "GIMP 3.2": "found"}
    with pytest.raises(HostError, match="isn't installed"):
        uninstall_host("gimp")


def test_one_folder_that_is_named(
    gimp: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gimp("3.0")
    (tmp_path / "own").mkdir()
    monkeypatch.chdir(tmp_path)
    [host] = install_host("gimp", "own")
    assert host.adapter == tmp_path / "own/plug-ins/style-transfer"
    assert states() == {"GIMP 3.0": "found"}
    uninstall_host("gimp", "own")
    assert not host.adapter.exists()


@pytest.mark.parametrize(
    ("folder", "problem"),
    [
        (".config/GIMP/2.10", "GIMP 2 can't run it"),
        (".var/app/org.gimp.GIMP/config/GIMP/3.0", "its sandbox can't start styleplug's Python"),
    ],
)
def test_places_that_are_refused(home: Path, folder: str, problem: str) -> None:
    (home / folder).mkdir(parents=True)
    for named in (None, home / folder):
        with pytest.raises(HostError, match=problem):
            install_host("gimp", named)
    assert list((home / folder).iterdir()) == []


def test_an_upgrade_shows_and_is_mended(gimp: Callable[..., Path]) -> None:
    gimp("3.0")
    [host] = install_host("gimp")
    assert host.adapter is not None
    script = host.adapter / "style-transfer.py"
    sound = script.read_bytes()
    for spoil in (
        lambda: change(host.adapter, styleplug="0.0.1"),
        lambda: change(host.adapter, interpreter="/gone/bin/python"),
        lambda: script.write_bytes(b"# older"),
        lambda: script.unlink(),
    ):
        spoil()
        [found] = gimps()
        assert found.state == "outdated"
        assert found.advice == "run: styleplug hosts install gimp"
        install_host("gimp")
        assert states() == {"GIMP 3.0": "installed"}
        assert script.read_bytes() == sound
    change(host.adapter, state="incomplete")
    assert states() == {"GIMP 3.0": "incomplete"}


def test_another_environments_interpreter_is_current_while_it_is_there(
    gimp: Callable[..., Path], tmp_path: Path
) -> None:
    gimp("3.0")
    [host] = install_host("gimp")
    assert host.adapter is not None
    (tmp_path / "python").touch()
    change(host.adapter, interpreter=str(tmp_path / "python"))
    [found] = gimps()
    assert (found.state, found.interpreter) == ("installed", str(tmp_path / "python"))


def test_a_folder_that_cannot_be_written_to(gimp: Callable[..., Path]) -> None:
    folder = gimp("3.0")
    (folder / "plug-ins").touch()
    with pytest.raises(HostError, match=r"3\.0 can't be read or written \(Not a directory\)"):
        install_host("gimp")


def test_a_host_without_an_adapter() -> None:
    with pytest.raises(ConfigError, match="host is 'paint', but must be one of gimp"):
        install_host("paint")


def test_every_host_is_listed_where_there_is_none(home: Path) -> None:
    hosts = {host.name: host for host in find_hosts()}
    assert list(hosts) == list(ADAPTERS)
    assert {host.state for host in hosts.values()} == {"not found"}
    assert all(host.advice for host in hosts.values())


def test_importing_it_is_light() -> None:
    code = "import sys, styleplug.hosts; print({'numpy', 'PIL', 'onnx', 'torch'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
