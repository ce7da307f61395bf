"""Batches on a Dask cluster of real processes, some of which are killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from batch_here import NEGATIVE
from batch_process import start_batch
from dask_cluster import DaskCluster
from PIL import Image

from styleplug.batch import cluster
from styleplug.batch.cluster import ATTEMPTS, Cluster
from styleplug.batch.inputs import InputFile
from styleplug.batch.task import Stamp, Task
from styleplug.errors import StyleplugError


class Setting:
    """A cluster, a folder of small photographs, and the command that does them."""

    def __init__(self, folder: Path) -> None:
        (folder / "dask").mkdir()
        self.folder = folder
        self.dask = DaskCluster(folder / "dask")

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        command = ("in", "-o", "out", "--scheduler", self.dask.address, *arguments)
        return start_batch(*command, cwd=self.folder)

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=300)
        assert "Traceback" not in errors, errors
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def results(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "out").glob("*.png"))

    def journal(self) -> list[tuple[str, str, int, int]]:
        """Name, state and stamp of each result, as the journal has them."""
        with sqlite3.connect(self.folder / "out/.styleplug/journal.sqlite") as db:
            rows = db.execute("SELECT output, state, size, time FROM picture").fetchall()
        db.close()
        return [(os.fsdecode(place), *rest) for place, *rest in rows]

    def await_results(self, count: int, process: subprocess.Popen[str]) -> None:
        while len(self.results()) < count:
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)

    def await_idleness(self) -> None:
        """Until a worker has finished what it had begun when its batch was ended."""
        count = -1
        while count != len(self.results()):
            count = len(self.results())
            time.sleep(1)


@pytest.fixture
def setting(
    tmp_path: Path,
    install_plugin: Callable[[str], None],
    applied: Callable[[], list[int]],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Setting]:
    """Its parameter is how many workers the scheduler lets a task lose before it gives it up."""
    failures = str(getattr(request, "param", 3))
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", failures)
    install_plugin("counting")
    setting = Setting(tmp_path)
    yield setting
    setting.dask.end()


@pytest.mark.slow
def test_a_worker_killed_in_the_middle(
    setting: Setting, make: Callable[..., InputFile], applied: Callable[[], list[int]]
) -> None:
    names = [make(f"{number:02}.png", number).source.name for number in range(1, 41)]
    doomed = setting.dask.worker("--no-nanny")
    setting.dask.worker("--no-nanny")
    process = setting.start("--filter", "slow", "--json")
    setting.await_results(8, process)
    os.killpg(doomed.pid, signal.SIGKILL)
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    events = [json.loads(line) for line in output.splitlines()]
    done = [Path(event["output"]).name for event in events if event["event"] == "done"]
    assert sorted(done) == setting.results() == names
    # It had one in work, and perhaps one that it had published and not told of.
    assert 40 <= len(applied()) <= 41
    for name in names:
        with (
            Image.open(setting.folder / "in" / name) as photo,
            Image.open(setting.folder / "out" / name) as result,
        ):
            np.testing.assert_array_equal(np.asarray(result), 255 - np.asarray(photo))
    stamps = {name: Stamp.of(setting.folder / "out" / name) for name in names}
    assert {
        (name, Stamp(size, time)) for name, state, size, time in setting.journal()
    } == stamps.items()
    assert {state for _, state, _, _ in setting.journal()} == {"done"}
    assert not (setting.folder / "out/.styleplug/staging").exists()


@pytest.mark.slow
@pytest.mark.parametrize("setting", [0, 3], indirect=True)
def test_a_picture_that_ends_every_worker_fails_alone(
    setting: Setting, make: Callable[..., InputFile], applied: Callable[[], list[int]]
) -> None:
    for number in range(1, 7):
        make(f"{number}.png", number)
    Image.new("RGB", (8, 8)).save(make("0.png").source)
    setting.dask.worker("--nanny")
    done = setting.run("--filter", "deadly")
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines()[-1] == "6 done, 1 failed"
    assert f"0.png: {ATTEMPTS} workers that began it have ended" in done.stderr
    assert setting.results() == [f"{number}.png" for number in range(1, 7)]
    assert sorted(applied()) == [0] * ATTEMPTS + [1, 2, 3, 4, 5, 6]


@pytest.mark.slow
def test_ctrl_c_and_again(
    setting: Setting, make: Callable[..., InputFile], applied: Callable[[], list[int]]
) -> None:
    for number in range(1, 21):
        make(f"{number:02}.png", number)
    setting.dask.worker("--no-nanny")
    process = setting.start("--filter", "slow")
    setting.await_results(3, process)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors, errors
    assert "the same command again goes on from here" in errors
    setting.await_idleness()
    complete, before = len(setting.results()), len(applied())
    assert complete < 20
    again = setting.run("--filter", "slow")
    assert again.returncode == 0, again.stderr
    assert f"{complete} of them done before" in again.stderr
    assert set(applied()[before:]) == set(range(complete + 1, 21))


@pytest.mark.slow
def test_no_workers(
    setting: Setting, make: Callable[..., InputFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make("1.png").source
    task = Task(1, NEGATIVE, source, setting.folder / "1.png", None, setting.folder)
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    executor = Cluster(setting.dask.address)
    try:
        with pytest.raises(StyleplugError, match="has no workers; start some with: dask worker"):
            executor.submit(task)
    finally:
        executor.close()


@pytest.mark.slow
def test_the_scheduler_lost(setting: Setting, make: Callable[..., InputFile]) -> None:
    for number in range(1, 21):
        make(f"{number:02}.png", number)
    setting.dask.worker("--no-nanny")
    process = setting.start("--filter", "slow")
    setting.await_results(3, process)
    os.killpg(setting.dask.scheduler.pid, signal.SIGKILL)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    assert "Traceback" not in errors, errors
    assert "is lost; the same command again goes on from here" in errors


@pytest.mark.slow
def test_workers_with_a_gpu_do_what_may_use_one(
    setting: Setting, make: Callable[..., InputFile], tmp_path: Path
) -> None:
    for number in range(1, 7):
        make(f"{number}.png", number)
    logs = [tmp_path / "gpu", tmp_path / "cpu"]
    setting.dask.worker("--no-nanny", "--resources", "GPU=1", COUNTING_LOG=str(logs[0]))
    setting.dask.worker("--no-nanny", COUNTING_LOG=str(logs[1]))
    done = setting.run("--filter", "negative")
    assert done.returncode == 0, done.stderr
    assert len(logs[0].read_text().splitlines()) == 6
    assert not logs[1].exists()


ELSEWHERE = """
import io

def elsewhere(file, *arguments, there=io.open, **options):
    if str(file).startswith({folder!r}):
        raise FileNotFoundError(2, "No such file or directory", file)
    return there(file, *arguments, **options)

io.open = elsewhere
"""


@pytest.mark.slow
def test_workers_that_lack_something_are_named(
    setting: Setting, make: Callable[..., InputFile], applied: Callable[[], list[int]]
) -> None:
    make("1.png", 1)
    out = str(setting.folder / "out")
    setting.dask.worker("--no-nanny", preload=ELSEWHERE.format(folder=out))
    setting.dask.worker("--no-nanny", preload="import styleplug; styleplug.__version__ = '0.0.1'")
    done = setting.run("--filter", "negative")
    assert done.returncode == 1
    assert "has styleplug 0.0.1, but the batch" in done.stderr
    assert f"doesn't see the file {out}/.styleplug/staging/marker" in done.stderr
    assert done.stderr.count("worker tcp://127.0.0.1:") == 2
    assert "no pictures found" not in done.stderr
    assert (applied(), setting.results()) == ([], [])


@pytest.mark.slow
def test_a_worker_without_the_plugin_is_named(
    setting: Setting, make: Callable[..., InputFile]
) -> None:
    make("1.png", 1)
    setting.dask.worker("--no-nanny", STYLEPLUG_PLUGINS="")
    done = setting.run("--filter", "negative")
    assert done.returncode == 1
    assert "styleplug: worker tcp://127.0.0.1:" in done.stderr
    assert "filter is 'negative', but must be" in done.stderr


@pytest.mark.slow
def test_a_worker_with_many_threads_is_named(
    setting: Setting, make: Callable[..., InputFile]
) -> None:
    make("1.png", 1)
    setting.dask.worker("--no-nanny", "--nthreads", "2")
    done = setting.run("--filter", "negative")
    assert done.returncode == 1
    assert "has 2 threads; start it with: dask worker tcp://127.0.0.1:" in done.stderr
