from __future__ import annotations

import pytest

from styleplug.doctor.examine import findings_of
from styleplug.hosts import install_host


@pytest.fixture
def folder(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """GIMP's configuration folder, and no other host."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIMP3_DIRECTORY", "gimp")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "gimp"
    folder.mkdir()
    return folder


def test_a_host_without_the_adapter_is_noted(folder) -> None:
    note, _ = findings_of("hosts")
    assert (note.status, note.text) == ("note", f"GIMP 3 in {folder}: found")
    assert note.remedy == "run: styleplug hosts install gimp"


def test_a_host_that_has_it_is_well(folder) -> None:
    install_host("gimp")
    finding, _ = findings_of("hosts")
    assert finding.status == "ok"
    assert finding.text.startswith(f"GIMP 3 in {folder}: installed, starts ")


def test_hosts_that_there_are_not_share_a_line(folder) -> None:
    folder.rmdir()
    [note] = findings_of("hosts")
    assert note.status == "note"
    assert note.text.startswith("not found: GIMP, darktable, ")
    assert note.remedy == "see: styleplug hosts list"
