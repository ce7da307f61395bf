from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import pytest

from styleplug.atomic import check_writable, remove_leftovers, written_atomically
from styleplug.runtime.files import write_atomically

WRITE = """
import sys
from pathlib import Path
from styleplug.atomic import written_atomically
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


def test_a_file_takes_its_place_only_when_it_is_whole(tmp_path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with suppress(KeyboardInterrupt), written_atomically(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    with written_atomically(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_a_name_may_be_as_long_as_names_can_be(tmp_path) -> None:
    path = tmp_path / ("a" * 255)
    check_writable(path)
    write_atomically(path, b"content")
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_is_tried(tmp_path) -> None:
    check_writable(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []
    for path in (tmp_path / "nowhere" / "file", tmp_path / ("x" * 300)):
        with pytest.raises(OSError, match=r"No such|too long"):
            check_writable(path)


def test_what_a_killed_process_left_is_removed(tmp_path, writer) -> None:
    others = {
        tmp_path / name
        for name in (".styleplug-abcd1234", ".styleplug-keep.tmp", ".styleplug-abcd12345.tmp")
    }
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
        remove_leftovers(tmp_path)
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_is_no_file_is_no_leftover(tmp_path) -> None:
    """A link leads elsewhere, and a pipe would be waited for."""
    precious = tmp_path / "precious"
    precious.touch()
    (tmp_path / ".styleplug-linklink.tmp").symlink_to(precious)
    (tmp_path / ".styleplug-aafolder.tmp").mkdir()
    os.mkfifo(tmp_path / ".styleplug-pipepipe.tmp")
    write_atomically(tmp_path / "file", b"new")
    assert precious.exists()
    assert (tmp_path / ".styleplug-linklink.tmp").is_symlink()
