"""`styleplug worker` as a command: how it ends."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from worker_client import WorkerClient

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.fixture
def worker(heard: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerClient]:
    """A worker with a job that was opened, and a folder of temporary files for itself."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    client = WorkerClient()
    yield client
    client.end()


@pytest.mark.parametrize(("number", "code"), SIGNALS.items())
def test_a_signal_ends_it_in_good_order(
    worker: WorkerClient, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    folder = worker.open("7")
    assert folder.is_relative_to(tmp_path / "temporary")
    worker.process.send_signal(number)
    assert worker.process.wait(60) == code
    assert "Traceback" not in worker.stderr()
    assert list((tmp_path / "temporary").iterdir()) == []
