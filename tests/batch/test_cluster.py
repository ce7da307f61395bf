"""What a worker of a cluster does, and what there is before a cluster; without any process."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from batch_here import NEGATIVE

import styleplug
from styleplug.batch import cluster
from styleplug.batch.cluster import ATTEMPTS, Cluster, Lease, attempt
from styleplug.batch.inputs import InputFile
from styleplug.batch.task import Stamp, Task
from styleplug.config import StylizeConfig
from styleplug.errors import Cancelled, ConfigError, MissingDependencyError, StyleplugError
from styleplug.events import Progress
from styleplug.jobs.job import FilterJob, StylizeJob

# What a worker does, in this process


@pytest.fixture
def lease(tmp_path: Path) -> Lease:
    (tmp_path / "staging").mkdir()
    (tmp_path / "staging/marker").write_text("token")
    return Lease(tmp_path / "staging/marker", "token", styleplug.__version__)


@pytest.fixture
def task(tmp_path: Path, make: Callable[..., InputFile], lease: Lease, plugin: None) -> Task:
    source = make("7.png", 7).source
    return Task(7, NEGATIVE, source, tmp_path / "out/7.png", None, tmp_path / "staging")


def test_a_task_that_runs_twice_is_done_once(
    task: Task, lease: Lease, applied: Callable[[], list[int]]
) -> None:
    first, second = attempt(task, lease, True), attempt(task, lease, True)
    assert first.error is None
    assert second == replace(first, seconds=second.seconds)
    assert first.stamp == Stamp.of(task.output)
    assert applied() == [7]
    assert [path.name for path in task.staging.iterdir()] == ["marker"]


def test_a_picture_that_has_ended_workers_fails(
    task: Task, lease: Lease, applied: Callable[[], list[int]]
) -> None:
    count = task.staging / "7.attempts"
    count.write_bytes(b"." * ATTEMPTS)
    outcome = attempt(task, lease, True)
    assert f"{ATTEMPTS} workers that began it have ended" in str(outcome.error)
    assert not outcome.is_fatal
    assert applied() == []
    count.write_bytes(b"." * (ATTEMPTS - 1))
    assert attempt(task, lease, True).error is None


def test_work_ends_with_its_batch(
    task: Task, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker can't be interrupted, but looks for the marker at each step of a painting."""

    def run(job: FilterJob, photo: Path, output: Path, on_event: Callable[..., None]) -> None:
        lease.marker.unlink()
        on_event(Progress(64, 1, 9, *[0.0] * 10))
        pytest.fail("it went on")

    monkeypatch.setattr("styleplug.batch.task.run_job", run)
    with pytest.raises(Cancelled):
        attempt(task, lease, True)
    assert not task.output.exists()


def test_what_a_worker_lacks(lease: Lease, task: Task, tmp_path: Path) -> None:
    assert lease.violation(task.source) is None
    gone = lease.violation(tmp_path / "gone.png")
    assert gone is not None
    assert "gone.png; pictures must be there under the same path" in gone
    other = replace(lease, version="0.0.1").violation(None)
    assert other is not None
    assert f"has styleplug {styleplug.__version__}, but the batch 0.0.1" in other
    lease.marker.write_text("of another batch")
    elsewhere = lease.violation(None)
    assert elsewhere is not None
    assert f"doesn't see the file {lease.marker}" in elsewhere


def test_gpus_are_asked_for_by_work_that_may_use_them() -> None:
    assert StylizeJob(()).may_use_gpu
    assert not StylizeJob((), StylizeConfig(device="cpu")).may_use_gpu
    assert NEGATIVE.may_use_gpu


# Before there is a cluster


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'styleplug\[cluster\]'"):
        Cluster("tcp://127.0.0.1:8786")


def test_what_is_no_address() -> None:
    with pytest.raises(ConfigError, match="an address such as tcp://host:8786"):
        Cluster("nothing://127.0.0.1:8786")


def test_where_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(StyleplugError, match=f"no Dask scheduler answers at {address}"):
        Cluster(address)
