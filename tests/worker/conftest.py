"""Workers to speak with, quick ones with a plug-in whose filters need no network."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worker_client import WorkerClient

SUPPORT = Path(__file__).parents[1] / "support"
RAW = {"layout": "RGB", "dtype": "uint8"}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for temporary files, so that what is left there shows."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def odd_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`odd_plugin`, installed for the processes that a test starts."""
    info = tmp_path / "site" / "odd-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[styleplug]\nodd = odd_plugin\n")
    path = [str(info.parent), str(SUPPORT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(part for part in path if part))


@pytest.fixture
def start(temporary: Path) -> Iterator[Callable[..., WorkerClient]]:
    """Starts workers; after the test they have ended, and have left nothing behind."""
    started: list[WorkerClient] = []

    def begin(*arguments: Any, **options: Any) -> WorkerClient:
        started.append(WorkerClient(*arguments, **options))
        return started[-1]

    yield begin
    for client in started:
        client.end()
    assert list(temporary.glob("styleplug-*")) == []


@pytest.fixture
def worker(start: Callable[..., WorkerClient], odd_plugin: None) -> WorkerClient:
    """A worker that was greeted, with the odd plug-in's filters."""
    return start()


@pytest.fixture
def begin(worker: WorkerClient) -> Callable[..., Path]:
    """Begins a filter job on a picture of 8 × 6 pixels; gives its folder."""

    def begin(id: str, filter: str, **fields: Any) -> Path:
        folder = worker.open(id)
        np.arange(6 * 8 * 3, dtype=np.uint8).tofile(folder / "photo.raw")
        photo = {"path": "photo.raw", "width": 8, "height": 6, **RAW}
        worker.say("filter", **{"id": id, "photo": photo, "filter": filter, "result": RAW} | fields)
        return folder

    return begin
