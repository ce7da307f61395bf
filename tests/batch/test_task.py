from __future__ import annotations

import errno
import logging
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from styleplug.batch.inputs import InputFile
from styleplug.batch.task import Stamp, Task, TaskProgress, carry_out
from styleplug.config import FilterConfig
from styleplug.errors import UnwritableImageError
from styleplug.events import Progress
from styleplug.hookspecs import FilterRequest, FilterResult, hookimpl
from styleplug.jobs.job import FilterJob, StylizeJob
from styleplug.jobs.run import run_job
from styleplug.painting import Painting
from styleplug.plugins import plugin_manager


@pytest.fixture
def task(tmp_path: Path, make: Callable[..., InputFile], plugin: None) -> Task:
    """A picture to be made negative, 5."""
    (tmp_path / "staging").mkdir()
    return Task(
        id=3,
        job=FilterJob("negative", FilterConfig()),
        source=make("a.png", 5).source,
        output=tmp_path / "out" / "sub" / "a.png",
        before=None,
        staging=tmp_path / "staging",
    )


def staged(task: Task) -> list[Path]:
    return list(task.staging.iterdir())


def test_a_task_travels_and_makes_its_result(task: Task) -> None:
    outcome = carry_out(pickle.loads(pickle.dumps(task)))
    assert pickle.loads(pickle.dumps(outcome)) == outcome
    assert (outcome.id, outcome.error, outcome.warnings) == (3, None, ())
    with Image.open(task.output) as image:
        assert image.getpixel((0, 0)) == (250, 254, 253)
    assert staged(task) == []


def test_a_task_that_is_done_isnt_done_again(task: Task, applied: Callable[[], list[int]]) -> None:
    carry_out(task)
    before = Stamp.of(task.output)
    assert carry_out(task).error is None
    assert applied() == [5]
    assert carry_out(replace(task, before=before)).error is None
    assert applied() == [5, 5], "what is there was to be replaced"
    assert Stamp.of(task.output) != before


def test_one_that_another_has_done_meanwhile_is_left_alone(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*arguments: object) -> None:
        run_job(*arguments)
        task.output.parent.mkdir(parents=True)
        task.output.write_text("another's")

    monkeypatch.setattr("styleplug.batch.task.run_job", overtaken)
    assert carry_out(task).error is None
    assert task.output.read_text() == "another's"
    assert staged(task) == []


def test_a_picture_that_cant_be_read(task: Task) -> None:
    task.source.write_text("no picture")
    outcome = carry_out(task)
    assert str(outcome.error).startswith(f"{task.source}: is no picture")
    assert pickle.loads(pickle.dumps(outcome)).error.code == "image-unreadable"
    assert not outcome.is_fatal
    assert not task.output.parent.exists()
    assert staged(task) == []


def test_an_unexpected_failure_is_one_pictures_own(task: Task) -> None:
    outcome = carry_out(replace(task, job=FilterJob("careless", FilterConfig())))
    assert "plug-in counting: failed" in str(outcome.error)
    assert not outcome.is_fatal
    outcome = carry_out(replace(task, job=None))  # type: ignore[arg-type]  # as a bug may
    assert str(outcome.error).startswith("unexpected: AttributeError: ")
    assert not outcome.is_fatal


def test_what_was_asked_for_wrongly_concerns_all(task: Task) -> None:
    outcome = carry_out(replace(task, job=FilterJob("wave", FilterConfig())))
    assert outcome.is_fatal
    assert "one that is installed" in str(outcome.error)


def test_a_painting_that_cant_be_read_concerns_all(task: Task, tmp_path: Path) -> None:
    job = StylizeJob((Painting(tmp_path / "gone.jpg"),))
    outcome = carry_out(replace(task, job=job))
    assert outcome.is_fatal
    assert str(outcome.error).startswith(f"{tmp_path / 'gone.jpg'}: there is no such file")


@pytest.mark.parametrize(
    ("number", "is_fatal"), [(errno.ENOSPC, True), (errno.EROFS, True), (errno.EACCES, False)]
)
def test_what_the_disk_refuses(
    task: Task, monkeypatch: pytest.MonkeyPatch, number: int, is_fatal: bool
) -> None:
    def refuse(*arguments: object) -> None:
        try:
            raise OSError(number, "refused")
        except OSError as error:
            raise UnwritableImageError(arguments[2], "can't be written (refused)") from error

    monkeypatch.setattr("styleplug.batch.task.run_job", refuse)
    outcome = carry_out(task)
    assert str(outcome.error) == f"{task.output}: can't be written (refused)"
    assert outcome.is_fatal is is_fatal


def test_a_folder_that_cant_be_made(task: Task) -> None:
    task.output.parents[1].write_text("a file in the way")
    outcome = carry_out(task)
    assert str(outcome.error).startswith(f"{task.output}: can't be written (")
    assert not outcome.is_fatal


def test_warnings_come_with_the_outcome(task: Task, caplog: pytest.LogCaptureFixture) -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    Image.fromarray(pixels).save(task.source, icc_profile=b"damaged")
    outcome = carry_out(task)
    assert outcome.error is None
    assert [warning.startswith(f"{task.source} has ") for warning in outcome.warnings] == [True]
    assert caplog.messages == []
    logging.getLogger("styleplug").warning("as ever")
    assert caplog.messages == ["as ever"]


def test_progress_is_told(task: Task) -> None:
    class Half:
        @hookimpl
        def styleplug_apply_filter(self, request: FilterRequest) -> FilterResult:
            request.notify(Progress(*(32, 1, 2), 0.5, *[1.0] * 9))
            return FilterResult(request.image)

    half = Half()
    plugin_manager().register(half)
    told: list[TaskProgress] = []
    try:
        carry_out(task, told.append)
    finally:
        plugin_manager().unregister(half)
    assert told == [TaskProgress(3, 0.5)]
