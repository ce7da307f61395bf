"""A flickering filter, and a way to have videos made in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flicker_plugin
import pytest

from styleplug.config import VideoConfig
from styleplug.jobs.job import FilterJob
from styleplug.plugins import plugin_manager
from styleplug.video.events import VideoEvent
from styleplug.video.run import VideoJob, run_video


@pytest.fixture
def flicker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The filter flicker, in this process."""
    plugin_manager().register(flicker_plugin, "flicker")
    yield
    plugin_manager().unregister(flicker_plugin)


@pytest.fixture
def make(flicker: None, tmp_path: Path) -> Callable[..., list[VideoEvent]]:
    """Makes out.mp4, or another output, of a video by the filter flicker; gives all events."""

    def make(
        source: Path,
        output: str = "out.mp4",
        *,
        overwrite: bool = False,
        stop_after: int | None = None,
        **options: Any,
    ) -> list[VideoEvent]:
        events: list[VideoEvent] = []
        cancel = threading.Event()

        def follow(event: VideoEvent) -> None:
            events.append(event)
            if event.kind == "frame" and event.number == stop_after:
                cancel.set()

        job = FilterJob("flicker")
        config = VideoConfig(**options)
        run_video(VideoJob(job, source, tmp_path / output, config, overwrite), follow, cancel)
        return events

    return make
