"""Pictures to tell apart, and a filter that says when it is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePath

import counting_plugin
import numpy as np
import pytest
from batch_here import NEGATIVE, Here
from PIL import Image

from styleplug.batch.coordinator import Batch
from styleplug.batch.events import BatchEvent, PictureStarted
from styleplug.batch.inputs import InputFile
from styleplug.batch.plan import BatchSpec
from styleplug.jobs.job import PictureJob
from styleplug.plugins import plugin_manager


@pytest.fixture
def applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:
    """The counting plug-in, in this process; the numbers of the pictures it was applied to."""
    log = tmp_path / "log"
    log.touch()
    monkeypatch.setenv("COUNTING_LOG", str(log))
    return lambda: [int(line.split()[0]) for line in log.read_text().splitlines()]


@pytest.fixture
def plugin(applied: Callable[[], list[int]]) -> Iterator[None]:
    plugin_manager().register(counting_plugin, "counting")
    yield
    plugin_manager().unregister(counting_plugin)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., InputFile]:
    """Makes a picture of this name in `tmp_path / "in"`; its number is its first pixel's red."""

    def write(name: str, number: int = 0) -> InputFile:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.full((12, 16, 3), 90, np.uint8)
        pixels[0, 0] = number, 1, 2
        Image.fromarray(pixels).save(path, "PNG")
        return InputFile(path, PurePath(name))

    return write


@pytest.fixture
def run(tmp_path: Path, plugin: None) -> Callable[..., list[BatchEvent]]:
    """Runs a batch into `tmp_path / "out"`; what it says, but for what begins."""

    def invoke(pictures: Sequence[InputFile], job: PictureJob = NEGATIVE, **order: object) -> list:
        executor = Here()
        with Batch(BatchSpec(job, tmp_path / "out", **order), executor) as batch:
            events = [
                event for event in batch.run(pictures) if not isinstance(event, PictureStarted)
            ]
        assert executor.is_closed
        assert sorted(path.name for path in (tmp_path / "out" / ".styleplug").iterdir()) == [
            "journal.sqlite",
            "lock",
        ]
        return events

    return invoke
