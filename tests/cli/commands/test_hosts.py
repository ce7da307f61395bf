"""Adapters found, installed and removed from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from styleplug.cli.main import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["hosts", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """GIMP's configuration folder, the only one that there is."""
    folder = tmp_path / "GIMP"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("GIMP3_DIRECTORY", str(folder))
    return folder


def test_help_cuts_no_line_short() -> None:
    commands = run("--help").stdout.partition("Commands:")[2]
    assert {"list", "install", "uninstall"} <= set(commands.split())
    assert "..." not in commands


def test_install_list_uninstall(folder: Path) -> None:
    adapter = folder / "plug-ins/style-transfer"
    assert run("list").stdout.startswith(f"gimp  GIMP 3  found  {folder}\n")
    result = run("install", "gimp")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"GIMP 3: installed in {adapter}\n    restart GIMP")
    assert (adapter / "style-transfer.py").is_file()
    listed = run("list").stdout.splitlines()
    assert listed[0] == f"gimp  GIMP 3  installed  {folder}"
    assert listed[1].startswith("    styleplug ")
    assert not listed[2].startswith(" ")
    result = run("uninstall", "gimp")
    assert (result.exit_code, result.stdout) == (0, f"GIMP 3: removed from {adapter}\n")
    assert not adapter.exists()


def test_another_folder(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "3.2"
    other.mkdir()
    assert run("install", "gimp", "--folder", other).exit_code == 0
    assert (other / "plug-ins/style-transfer/style-transfer.py").is_file()
    assert run("uninstall", "gimp", "--gimp-dir", other).exit_code == 0
    assert list(folder.iterdir()) == []


def test_list_as_json_has_every_field(folder: Path) -> None:
    host, *_ = json.loads(run("list", "--json").stdout)
    assert host == {
        "name": "gimp",
        "title": "GIMP 3",
        "state": "found",
        "advice": "run: styleplug hosts install gimp",
        "folder": str(folder),
        "adapter": str(folder / "plug-ins/style-transfer"),
        "styleplug": None,
        "interpreter": None,
    }


def test_nothing_is_found(folder: Path) -> None:
    folder.rmdir()
    result = run("list")
    assert result.exit_code == 0
    assert result.stdout.startswith("gimp  GIMP  not found\n    no folder of GIMP 3 was found;")
    for command in ("install", "uninstall"):
        result = run(command, "gimp")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith(
            "styleplug: gimp: no folder of GIMP 3 was found; start GIMP"
        )


def test_an_unknown_host() -> None:
    result = run("install", "paint")
    assert result.exit_code == 2
    assert "'paint' is not one of 'gimp', " in result.stderr


def test_an_empty_folder_is_not_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("install", "gimp", "--gimp-dir", "")
    assert result.exit_code == 1
    assert "the name of its folder is empty" in result.stderr
    assert list(tmp_path.iterdir()) == []
