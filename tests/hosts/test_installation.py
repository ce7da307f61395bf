"""An adapter's folder: filled whole, mended, emptied; and what isn't ours stays as it is."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import styleplug
from styleplug.errors import HostError
from styleplug.hosts import installation
from styleplug.hosts.gimp import ADAPTER
from styleplug.hosts.installation import install, is_current, read_record, uninstall

RECORD = "installation.json"
PYTHON = sys.executable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where GIMP's plug-in goes; not made yet."""
    return tmp_path / "3.0" / ADAPTER.target


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def record(folder: Path) -> dict[str, Any]:
    return json.loads((folder / RECORD).read_text(encoding="utf-8"))


def test_the_sources_are_the_adapters_modules() -> None:
    files = ADAPTER.files(PYTHON)
    assert ADAPTER.script in files
    assert all(name.endswith(".py") for name in files)


def test_install_writes_the_files_and_a_record(folder: Path) -> None:
    install(ADAPTER, folder)
    files = ADAPTER.files(PYTHON)
    found = content(folder)
    assert json.loads(found.pop(RECORD)) == {
        "interpreter": os.path.abspath(sys.executable),
        "styleplug": styleplug.__version__,
        "state": "complete",
        "files": sorted(files),
    }
    assert found == files
    assert is_current(ADAPTER, folder, PYTHON)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no run bit")
def test_only_the_script_gets_the_run_bit(folder: Path) -> None:
    umask = os.umask(0o022)
    try:
        install(ADAPTER, folder)
    finally:
        os.umask(umask)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes.pop(ADAPTER.script) == 0o755
    assert set(modes.values()) == {0o644}


def test_an_environments_interpreter_is_not_followed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "venv").mkdir()
    link = tmp_path / "venv/python"
    link.symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.executable", "venv/python")
    install(ADAPTER, folder)
    assert record(folder)["interpreter"] == str(link)


def test_installing_again_changes_nothing(folder: Path) -> None:
    install(ADAPTER, folder)
    before = content(folder)
    install(ADAPTER, folder)
    assert content(folder) == before


def test_installing_again_mends_and_updates(folder: Path) -> None:
    older = {ADAPTER.script: b"# older", "gone_since.py": b"# older"}
    install(replace(ADAPTER, files=lambda interpreter: older), folder)
    assert not is_current(ADAPTER, folder, PYTHON)
    install(ADAPTER, folder)
    assert is_current(ADAPTER, folder, PYTHON)
    assert set(content(folder)) == {*ADAPTER.files(PYTHON), RECORD}


def test_cut_short_it_says_so_and_is_mended_or_removed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = installation.write_atomically
    writes = []

    def full(path: Path, data: bytes, **options: bool) -> None:
        writes.append(path)
        if len(writes) == 3:
            raise OSError(28, "No space left on device")
        write(path, data, **options)

    with monkeypatch.context() as patch:
        patch.setattr(installation, "write_atomically", full)
        with pytest.raises(OSError, match="No space left"):
            install(ADAPTER, folder)
    assert record(folder)["state"] == "incomplete"
    assert len(content(folder)) == 2
    install(ADAPTER, folder)
    assert record(folder)["state"] == "complete"
    assert is_current(ADAPTER, folder, PYTHON)


def test_uninstall_leaves_nothing_of_ours(folder: Path) -> None:
    install(ADAPTER, folder)
    module = next(name for name in ADAPTER.files(PYTHON) if name != ADAPTER.script)
    cache = folder / "__pycache__"
    cache.mkdir()
    (cache / f"{Path(module).stem}.cpython-313.pyc").touch()
    uninstall(ADAPTER, folder)
    assert not folder.exists()
    assert folder.parent.is_dir()


def test_uninstall_leaves_what_is_not_ours(folder: Path) -> None:
    install(ADAPTER, folder)
    (folder / "notes.txt").write_text("mine")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "mine.cpython-313.pyc").touch()
    uninstall(ADAPTER, folder)
    assert sorted(os.listdir(folder)) == ["__pycache__", "notes.txt"]
    assert os.listdir(folder / "__pycache__") == ["mine.cpython-313.pyc"]


RECORDS = {
    "none": None,
    "no text": "\x00",
    "another": '{"name": "another plug-in"}',
    "a list": "[]",
    "names that lead out": json.dumps(
        {"interpreter": "", "styleplug": "", "state": "complete", "files": ["../../victim.txt"]}
    ),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_a_folder_that_is_not_ours_is_left_alone(kind: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    victim = folder.parents[1] / "victim.txt"
    victim.touch()
    (folder / ADAPTER.script).write_text("somebody else's")
    if RECORDS[kind] is not None:
        (folder / RECORD).write_text(RECORDS[kind])
    before = content(folder)
    assert read_record(ADAPTER, folder) is None
    for act in (install, uninstall):
        with pytest.raises(HostError, match="wasn't installed by styleplug; move it away"):
            act(ADAPTER, folder)
    assert content(folder) == before
    assert victim.exists()


def test_a_file_that_is_not_ours_is_left_alone(folder: Path) -> None:
    install(replace(ADAPTER, files=lambda interpreter: {ADAPTER.script: b"# older"}), folder)
    module = next(name for name in ADAPTER.files(PYTHON) if name != ADAPTER.script)
    (folder / module).write_text("somebody else's")
    before = content(folder)
    with pytest.raises(HostError, match=rf"{module} wasn't installed by styleplug"):
        install(ADAPTER, folder)
    assert content(folder) == before


def test_an_empty_folder_is_taken(folder: Path) -> None:
    folder.mkdir(parents=True)
    install(ADAPTER, folder)
    assert is_current(ADAPTER, folder, PYTHON)


@pytest.mark.parametrize("linked", ["plug-ins", "style-transfer"])
def test_a_link_is_not_followed(linked: str, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = folder if linked == "style-transfer" else folder.parent
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere)
    for act in (install, uninstall):
        with pytest.raises(HostError, match="is a link, which isn't followed; remove it"):
            act(ADAPTER, folder)
    assert os.listdir(elsewhere) == []


def test_a_file_of_ours_that_became_a_link_is_replaced(folder: Path, tmp_path: Path) -> None:
    install(ADAPTER, folder)
    victim = tmp_path / "victim.py"
    victim.write_text("mine")
    (folder / ADAPTER.script).unlink()
    (folder / ADAPTER.script).symlink_to(victim)
    install(ADAPTER, folder)
    assert not (folder / ADAPTER.script).is_symlink()
    assert victim.read_text() == "mine"
