"""Our part of a host's own text file: put in once, taken out, and all else as it was."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from styleplug.errors import HostError
from styleplug.hosts.adapter import Edit
from styleplug.hosts.gimp import ADAPTER
from styleplug.hosts.installation import install, is_current, uninstall

LINE = 'require "style-transfer"\n'


def put(text: str) -> str:
    if "damaged" in text:
        raise ValueError("it is damaged; mend it")
    return text if LINE in text else text + LINE


def remove(text: str) -> str:
    return text.replace(LINE, "")


EDITED = replace(
    ADAPTER,
    files=lambda interpreter: {"style-transfer.lua": b"-- ours"},
    edits=lambda interpreter: (Edit("../hostrc", put, remove),),
)
SHARED = replace(EDITED, shared=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "host/style-transfer"


@pytest.fixture
def hostrc(folder: Path) -> Path:
    """The host's file, with lines of others, which end as on Windows."""
    path = folder.parent / "hostrc"
    path.parent.mkdir()
    path.write_bytes("-- für mich\r\n".encode())
    return path


def test_put_once_and_taken_out(folder: Path, hostrc: Path) -> None:
    before = hostrc.read_bytes()
    for _ in range(2):
        install(EDITED, folder)
        assert hostrc.read_bytes() == before + LINE.encode()
        assert is_current(EDITED, folder, sys.executable)
    uninstall(EDITED, folder)
    assert hostrc.read_bytes() == before
    assert not folder.exists()


def test_a_part_that_somebody_removed_is_missed(folder: Path, hostrc: Path) -> None:
    install(EDITED, folder)
    hostrc.write_text("-- new\n")
    assert not is_current(EDITED, folder, sys.executable)
    install(EDITED, folder)
    assert hostrc.read_text() == "-- new\n" + LINE


def test_a_file_is_made_and_removed_again(folder: Path, hostrc: Path) -> None:
    hostrc.unlink()
    install(EDITED, folder)
    assert hostrc.read_text() == LINE
    uninstall(EDITED, folder)
    assert not hostrc.exists()


@pytest.mark.parametrize(
    ("data", "problem"), [(b"damaged", "it is damaged; mend it"), (b"\xff", "it isn't UTF-8")]
)
def test_a_file_that_is_not_understood_stays(
    folder: Path, hostrc: Path, data: bytes, problem: str
) -> None:
    hostrc.write_bytes(data)
    with pytest.raises(HostError, match=f"hostrc can't be changed: {problem}"):
        install(EDITED, folder)
    assert hostrc.read_bytes() == data
    assert not folder.exists()
    hostrc.write_text("")
    install(EDITED, folder)
    hostrc.write_bytes(data)
    assert not is_current(EDITED, folder, sys.executable)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other modes and links")
def test_links_and_modes_stay(folder: Path, hostrc: Path, tmp_path: Path) -> None:
    real = hostrc.rename(tmp_path / "dotfiles-hostrc")
    real.chmod(0o600)
    hostrc.symlink_to(real)
    install(EDITED, folder)
    assert hostrc.is_symlink()
    assert real.read_text().endswith(LINE)
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


def test_a_shared_folder_keeps_what_others_have_there(folder: Path, hostrc: Path) -> None:
    folder.mkdir()
    (folder / "other.lua").write_text("theirs")
    install(SHARED, folder)
    assert sorted(os.listdir(folder)) == ["other.lua", "style-transfer.json", "style-transfer.lua"]
    uninstall(SHARED, folder)
    assert os.listdir(folder) == ["other.lua"]
    (folder / "style-transfer.lua").write_text("theirs, too")
    with pytest.raises(HostError, match=r"style-transfer\.lua wasn't installed by styleplug"):
        install(SHARED, folder)
