"""In GIMP itself, in the middle of real work: what dies, what stays, and what is cleaned up."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

WORK = """
image = load(os.environ["PHOTO"])
layer = image.get_layers()[0]
before = pixels(layer)
answer.update(call(image, [layer], painting="mosaic", size=320, options="iterations=100000"))
answer["intact"] = pixels(layer) == before and len(image.get_layers()) == 1
"""
NEXT = """
image, layer = picture()
call(image, [layer])
"""
SECONDS = 60


def processes(marker: str, *words: str) -> list[int]:
    """Processes whose environment holds the marker, and whose command line all of the words."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        if marker in environment and all(word in command for word in words):
            found.append(int(folder.name))
    return found


def wait_for(what: Callable[[], object], seconds: float = SECONDS) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A temporary folder for GIMP and the worker; nothing may be left in it, nor run with it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    wait_for(lambda: not processes(str(folder)), 10)
    assert [path for path in folder.rglob("*") if "styleplug" in path.name] == []


def at_work(scratch: Path) -> bool:
    """Whether the worker has the picture, and the job's process runs."""
    return any(scratch.rglob("photo.raw")) and len(processes(str(scratch), "styleplug")) > 1


def test_gimp_cancels_by_killing_the_plug_in(make_host, tmp_path, scratch, bundled):
    host = make_host()
    gimp = host.start(WORK, tmp_path, TMPDIR=str(scratch), **bundled)
    wait_for(lambda: at_work(scratch))
    time.sleep(1)  # into the evaluations
    [plug_in] = processes(str(scratch), "style-transfer.py")
    os.kill(plug_in, signal.SIGKILL)
    # A second is the promise; the rest is for a busy machine.
    wait_for(lambda: not processes(str(scratch), "worker"), 5)
    answer = host.finish(gimp, tmp_path)
    assert not answer["succeeded"]
    assert answer["intact"]


def test_the_worker_is_killed(make_host, tmp_path, scratch, bundled):
    host = make_host()
    gimp = host.start(WORK, tmp_path, TMPDIR=str(scratch), **bundled)
    wait_for(lambda: at_work(scratch))
    for worker in processes(str(scratch), "styleplug", "worker"):
        os.kill(worker, signal.SIGKILL)
    answer = host.finish(gimp, tmp_path)
    assert not answer["succeeded"]
    assert "styleplug ended unexpectedly" in answer["message"]
    assert answer["intact"]
    # Its folder is for the next worker to remove.
    host.run(NEXT, tmp_path, TMPDIR=str(scratch))


def test_a_full_disk(make_host, tmp_path, bundled):
    disk = tmp_path / "disk"
    disk.mkdir()
    answer = make_host().run(
        WORK,
        tmp_path,
        before=f"mount -t tmpfs -o size=1m none '{disk}' || exit 1; export TMPDIR='{disk}'",
        **bundled,
    )
    assert not answer["succeeded"]
    assert "Make room in the temporary folder" in answer["message"]
    assert answer["intact"]
