"""Folders that only their user sees, and that go when their worker has gone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from styleplug.errors import StyleplugError
from styleplug.worker import folders
from styleplug.worker.folders import PREFIX, Folders

DIES = """
import os, signal
from styleplug.worker.folders import Folders
folder = Folders().new()
(folder / "photo.raw").write_bytes(b"pixels")
print(folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def dead_folder() -> Path:
    """The folder of a worker that was killed, pixels and all."""
    done = subprocess.run([sys.executable, "-c", DIES], stdout=subprocess.PIPE, text=True)
    folder = Path(done.stdout.strip())
    assert (folder / "photo.raw").exists()
    return folder.parent


def test_folders_are_private_and_each_is_another(temporary: Path) -> None:
    own = Folders()
    first, second = own.new(), own.new()
    assert first != second
    assert list(first.iterdir()) == []
    for folder in (first, second, first.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert first.parent.parent == temporary
    own.remove()
    assert list(temporary.iterdir()) == []


def test_the_folders_of_the_dead_are_removed_and_those_of_the_living_stay(temporary: Path) -> None:
    living, dead = Folders(), dead_folder()
    kept = living.new()
    successor = Folders()
    assert kept.exists()
    assert not dead.exists()
    living.remove()
    successor.remove()
    assert list(temporary.iterdir()) == []


def test_what_no_worker_made_stays(temporary: Path) -> None:
    """Others can write where temporary files belong, and so can the user."""
    elsewhere = temporary / "precious"
    elsewhere.mkdir()
    (elsewhere / "lock").touch()
    (elsewhere / "file").touch()
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    (temporary / f"{PREFIX}file").touch()
    mine = temporary / f"{PREFIX}mine"
    mine.mkdir()
    (mine / "file").touch()
    Folders().remove()
    assert (elsewhere / "file").exists()
    assert (mine / "file").exists()
    assert (temporary / f"{PREFIX}file").exists()


def test_what_belongs_to_another_user_stays(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = dead_folder()
    monkeypatch.setattr(os, "getuid", lambda: dead.stat().st_uid + 1)
    Folders().remove()
    assert dead.exists()


def test_a_folder_that_is_swept_while_it_is_made_is_made_again(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the making of a folder and its locking a worker that starts may take it for dead."""
    acquire, meddled = FileLock.acquire, []

    def meddle(lock: FileLock, timeout: float) -> None:
        acquire(lock, timeout=timeout)
        if not meddled:
            meddled.append(Path(lock.lock_file).parent)
            folders.remove(meddled[0])

    monkeypatch.setattr(FileLock, "acquire", meddle)
    own = Folders()
    assert own.new().parent != meddled[0]
    own.remove()
    assert list(temporary.iterdir()) == []


def test_no_room_for_a_folder(temporary: Path) -> None:
    own = Folders()
    taken = own.new()
    (taken.parent / "2").touch()
    with pytest.raises(StyleplugError, match="set TMPDIR to another place"):
        own.new()
    own.remove()


def test_no_room_at_all(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders.tempfile, "mkdtemp", refuse)
    with pytest.raises(StyleplugError, match="No space left on device"):
        Folders()
