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
WORKER = "-m styleplug worker"
JOB = "-m styleplug.worker.job"
SECONDS = 240
"""After which what a test waits for isn't to come: on a busy machine all takes long."""


def processes(marker: str, words: str = "") -> list[int]:
    """Processes whose environment holds the marker, and whose command line the words."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (
                (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        if marker in environment and words in command:
            found.append(int(folder.name))
    return found


def wait_for(what: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A temporary folder for GIMP and the worker; nothing may be left in it, nor run with it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    wait_for(lambda: not processes(str(folder)))
    assert [path for path in folder.rglob("*") if "styleplug" in path.name] == []


def at_work(scratch: Path) -> bool:
    """Whether the worker has the picture, and the job's process runs."""
    return any(scratch.rglob("photo.raw")) and processes(str(scratch), JOB)


def test_gimp_cancels_by_killing_the_plug_in(make_host, tmp_path, scratch, bundled):
    host = make_host()
    gimp = host.start(WORK, tmp_path, TMPDIR=str(scratch), **bundled)
    wait_for(lambda: at_work(scratch))
    time.sleep(1)  # into the evaluations
    [plug_in] = processes(str(scratch), "style-transfer.py")
    os.kill(plug_in, signal.SIGKILL)
    # By itself it wouldn't end for hours.
    wait_for(lambda: not processes(str(scratch), "-m styleplug"))
    answer = host.finish(gimp, tmp_path)
    assert not answer["succeeded"]
    assert answer["intact"]


def test_the_worker_is_killed(make_host, tmp_path, scratch, bundled):
    host = make_host()
    gimp = host.start(WORK, tmp_path, TMPDIR=str(scratch), **bundled)
    wait_for(lambda: at_work(scratch))
    for worker in processes(str(scratch), WORKER):
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
        before=f"""
            mount -t tmpfs -o size=1m none '{disk}' || exit 1
            # The worker may run in this machine's own root folder.
            if [ -d '/host{disk}' ]; then mount --bind '{disk}' '/host{disk}' || exit 1; fi
            export TMPDIR='{disk}'
        """,
        **bundled,
    )
    assert not answer["succeeded"]
    assert "No space left on device" in answer["message"]
    assert "Make room in the temporary folder" in answer["message"]
    assert answer["intact"]
