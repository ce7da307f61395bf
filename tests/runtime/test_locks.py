from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from styleplug.runtime.locks import exclusive

HOLD = """
import sys
from pathlib import Path
from styleplug.runtime.locks import exclusive
with exclusive(Path(sys.argv[1]), "a test"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock `tmp_path / "lock"` until it is written a line, or killed."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_waits_for_the_first_and_says_so(holder, tmp_path, caplog) -> None:
    release = threading.Timer(0.2, holder.communicate, ["go on\n"])
    release.start()
    with exclusive(tmp_path / "lock", "a test"):
        assert holder.wait(10) == 0
    release.join()
    assert caplog.messages == ["another styleplug is busy with a test; waiting for it"]


def test_a_killed_process_holds_nothing(holder, tmp_path, caplog) -> None:
    holder.kill()
    holder.wait()
    with exclusive(tmp_path / "lock", "a test"):
        pass
    assert caplog.messages == []


def test_a_lock_can_be_taken_again_and_its_folder_is_made(tmp_path) -> None:
    for _ in range(2):
        with exclusive(tmp_path / "new" / "lock", "a test"):
            pass


def test_an_error_within_frees_the_lock(tmp_path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "lock", "a test"):
        raise ZeroDivisionError
    with exclusive(tmp_path / "lock", "a test"):
        pass


def test_a_folder_that_cant_be_written_is_an_os_error(tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError), exclusive(tmp_path / "file" / "lock", "a test"):  # noqa: PT011  # which one differs by system
        pass
