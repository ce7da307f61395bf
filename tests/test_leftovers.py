from __future__ import annotations

import os
import subprocess
import sys

import pytest

from styleplug.leftovers import LETTERS, remove_leftovers
from styleplug.runtime.files import write_atomically, written_atomically

WRITE = """
import sys
from pathlib import Path
from styleplug.runtime.files import written_atomically
with written_atomically(Path(sys.argv[1])) as file:
    file.write(b"theirs")
    file.flush()
    print("writing", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def writer(tmp_path):
    """A process that has written half of `tmp_path / "a[1]"`, until it is written a line."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITE, str(tmp_path / "a[1]")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "writing\n"
        yield process
        process.kill()


def test_what_a_killed_process_left_is_removed(tmp_path, writer) -> None:
    others = {tmp_path / name for name in (".a1.abcd1234", ".a[1].keep", ".a[1].abcd12345")}
    for file in others:
        file.touch()
    writer.kill()
    writer.wait()
    assert len(list(tmp_path.iterdir())) == 4
    write_atomically(tmp_path / "a[1]", b"ours")
    assert set(tmp_path.iterdir()) == others | {tmp_path / "a[1]"}


def test_what_another_process_writes_is_not_touched(tmp_path, writer) -> None:
    write_atomically(tmp_path / "a[1]", b"ours")
    assert (tmp_path / "a[1]").read_bytes() == b"ours"
    writer.communicate("go on\n")
    assert writer.returncode == 0
    assert (tmp_path / "a[1]").read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [tmp_path / "a[1]"]


def test_nor_what_this_process_writes(tmp_path) -> None:
    path = tmp_path / "file"
    with written_atomically(path) as file:
        file.write(b"new")
        remove_leftovers(tmp_path, f".file.{LETTERS}")
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_is_no_file_is_no_leftover(tmp_path) -> None:
    """A link leads elsewhere, and a pipe would be waited for."""
    precious = tmp_path / "precious"
    precious.touch()
    (tmp_path / ".file.linklink").symlink_to(precious)
    (tmp_path / ".file.aafolder").mkdir()
    os.mkfifo(tmp_path / ".file.pipepipe")
    write_atomically(tmp_path / "file", b"new")
    assert precious.exists()
    assert (tmp_path / ".file.linklink").is_symlink()
