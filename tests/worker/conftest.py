"""Workers to speak with, quick ones with a plug-in whose filters need no network."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worker_client import WorkerClient

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
