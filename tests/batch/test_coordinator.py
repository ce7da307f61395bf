"""What is done, what is left alone, and what is told, whatever happened before."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from batch_here import NEGATIVE, Here
from PIL import Image

from styleplug.batch.coordinator import Batch
from styleplug.batch.events import (
    BatchEvent,
    BatchPlanned,
    PictureAdvanced,
    PictureDone,
    PictureFailed,
    PictureSkipped,
    PictureStarted,
)
from styleplug.batch.inputs import InputFile
from styleplug.batch.plan import BatchSpec
from styleplug.batch.task import Outcome, TaskProgress, carry_out
from styleplug.config import FilterConfig
from styleplug.errors import ConfigError, StyleplugError, UnwritableImageError
from styleplug.jobs.job import FilterJob

FAINT = FilterJob("negative", FilterConfig(strength=0.5))

Make = Callable[..., InputFile]
Run = Callable[..., list[BatchEvent]]
Applied = Callable[[], list[int]]


class Killed(BaseException):
    """What ends a process, as far as can be had without ending it."""


class Mortal(Here):
    """An executor that dies with its process: `before` or after the first task is done."""

    def __init__(self, *, before: bool) -> None:
        super().__init__()
        self.before = before

    def receive(self) -> Sequence[TaskProgress | Outcome]:
        if not self.before:
            carry_out(self.tasks[0])
        raise Killed


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def die(pictures: Sequence[InputFile], out: Path, *, before: bool, **order: object) -> None:
    """Run a batch whose process ends."""
    with (
        pytest.raises(Killed),
        Batch(BatchSpec(NEGATIVE, out, **order), Mortal(before=before)) as batch,
    ):
        list(batch.run(pictures))


def kinds(events: Sequence[BatchEvent]) -> list[str]:
    return [event.kind.capitalize() for event in events]


def test_pictures_are_done_once(run: Run, make: Make, out: Path, applied: Applied) -> None:
    pictures = [make("a.png", 1), make("sub/b.png", 2)]
    planned, *done = run(pictures)
    assert planned == BatchPlanned(total=2, done=0)
    assert [(event.source, event.output) for event in done if isinstance(event, PictureDone)] == [
        (str(pictures[0].source), str(out / "a.png")),
        (str(pictures[1].source), str(out / "sub" / "b.png")),
    ]
    with Image.open(out / "sub" / "b.png") as image:
        assert image.getpixel((0, 0)) == (253, 254, 253)
    assert run(pictures) == [BatchPlanned(total=2, done=2)]
    assert applied() == [1, 2]


def test_what_began_is_done_again_what_is_in_its_place_is_not(
    run: Run, make: Make, out: Path, applied: Applied
) -> None:
    pictures = [make("a.png", 1), make("b.png", 2), make("c.png", 3)]
    die(pictures, out, before=True)
    assert applied() == []
    die(pictures, out, before=False)
    assert applied() == [1]
    assert kinds(run(pictures)) == ["Planned", "Done", "Done"], "a is recognised"
    assert applied() == [1, 2, 3]


def test_a_picture_that_has_changed_is_done_again(
    run: Run, make: Make, out: Path, applied: Applied
) -> None:
    run([make("a.png", 1), make("b.png", 2)])
    changed = [make("a.png", 3), InputFile(out.parent / "in" / "b.png", Path("b.png"))]
    die(changed, out, before=True)
    assert run(changed)[0] == BatchPlanned(total=2, done=1)
    assert applied() == [1, 2, 3]
    with Image.open(out / "a.png") as image:
        assert image.getpixel((0, 0)) == (252, 254, 253)


def test_a_result_that_is_gone_is_made_again(
    run: Run, make: Make, out: Path, applied: Applied
) -> None:
    run([make("a.png", 1)])
    (out / "a.png").unlink()
    assert kinds(run([make("a.png", 1)])) == ["Planned", "Done"]
    assert applied() == [1, 1]


def test_a_result_that_someone_has_changed_stays(run: Run, make: Make, out: Path) -> None:
    picture = make("a.png", 1)
    run([picture])
    (out / "a.png").write_text("retouched")
    assert run([picture]) == [BatchPlanned(1, 1)]
    assert "exists already" in run([make("a.png", 2)])[1].problem
    assert (out / "a.png").read_text() == "retouched"


def test_other_options_are_refused_before_any_work(
    run: Run, make: Make, out: Path, applied: Applied
) -> None:
    pictures = [make("a.png", 1), make("b.png", 2)]
    run(pictures[1:])
    with pytest.raises(ConfigError, match=r"--overwrite be given: b\.png .* other options"):
        run(pictures, FAINT)
    assert applied() == [2]
    assert kinds(run(pictures, FAINT, overwrite=True)) == ["Planned", "Done", "Done"]
    assert run(pictures, FAINT) == [BatchPlanned(2, 2)]


def test_a_changed_mask_in_a_folder_of_masks_is_noticed(
    run: Run, make: Make, out: Path, applied: Applied
) -> None:
    masks = out.parent / "masks"
    masks.mkdir()
    for name in ("a.png", "b.png"):
        Image.new("L", (16, 12), 255).save(masks / name)
    pictures = [make("a.png", 1), make("b.png", 2)]
    job = FilterJob("negative", mask=masks)
    run(pictures, job)
    assert run(pictures, job) == [BatchPlanned(2, 2)]
    Image.new("L", (16, 12), 100).save(masks / "b.png")
    with pytest.raises(ConfigError, match=r"b\.png .* another mask"):
        run(pictures, job)
    assert run(pictures, job, overwrite=True)[0] == BatchPlanned(total=2, done=1)
    assert applied() == [1, 2, 2]


def test_files_of_others_stay(run: Run, make: Make, out: Path, applied: Applied) -> None:
    out.mkdir()
    (out / "a.png").write_text("another's")
    pictures = [make("a.png", 1), make("b.png", 2)]
    events = run(pictures)
    assert kinds(events) == ["Planned", "Failed", "Done"]
    assert events[1].problem.startswith(f"{out / 'a.png'}: exists already")
    assert kinds(run(pictures, skip_existing=True)) == ["Planned", "Skipped"]
    assert (out / "a.png").read_text() == "another's"
    die(pictures, out, before=True, overwrite=True)
    assert (out / "a.png").read_text() == "another's"
    assert kinds(run(pictures)) == ["Planned", "Done"], "it was to be replaced"
    assert applied() == [2, 1]


def test_a_file_of_another_that_appears_meanwhile_stays(
    make: Make, out: Path, plugin: None
) -> None:
    pictures = [make(f"{name}.png") for name in "abc"]
    with Batch(BatchSpec(NEGATIVE, out), Here()) as batch:
        events = []
        for event in batch.run(pictures):
            events.append(event)
            if isinstance(event, BatchPlanned):
                (out / "c.png").write_text("another's")
    assert kinds(events) == ["Planned", "Started", "Started", "Done", "Failed", "Done"]
    assert (out / "c.png").read_text() == "another's"


def test_failures_are_told_and_tried_again(
    run: Run, make: Make, out: Path, applied: Applied
) -> None:
    pictures = [make("a.png", 1), make("b.png", 2)]
    pictures[0].source.write_text("no picture")
    events = run(pictures)
    assert kinds(events) == ["Planned", "Failed", "Done"]
    assert events[1].source == str(pictures[0].source)
    assert events[1].code == "image-unreadable"
    assert events[1].problem.startswith("is no picture of a known kind")
    make("a.png", 3)
    assert kinds(run(pictures)) == ["Planned", "Done"]
    assert applied() == [2, 3]


def test_what_concerns_all_ends_the_batch(
    make: Make, out: Path, plugin: None, applied: Applied
) -> None:
    pictures = [make(f"{name}.png", number) for number, name in enumerate("abcdef")]
    with (
        pytest.raises(ConfigError, match="one that is installed"),
        Batch(BatchSpec(FilterJob("wave", FilterConfig()), out), Here()) as batch,
    ):
        list(batch.run(pictures))
    assert kinds_in(out) == ["failed", "started"]


def kinds_in(out: Path) -> list[str]:
    """States in the journal."""
    with sqlite3.connect(out / ".styleplug" / "journal.sqlite") as journal:
        rows = journal.execute("SELECT state FROM picture ORDER BY output").fetchall()
    journal.close()
    return [state for (state,) in rows]


def test_a_full_disk_ends_the_batch_and_more_space_goes_on(
    make: Make, small_disk: Path, plugin: None, applied: Applied
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    pictures = [make(f"{number:02}.png") for number in range(9)]
    for number, picture in enumerate(pictures):
        noise[0, 0] = number
        Image.fromarray(noise).save(picture.source)
    large = small_disk / "large"
    large.write_bytes(bytes(2**21))
    order = BatchSpec(NEGATIVE, small_disk / "out")
    with (
        pytest.raises(StyleplugError, match="free some space") as caught,
        Batch(order, Here()) as batch,
    ):
        list(batch.run(pictures))
    assert not isinstance(caught.value, UnwritableImageError), "nothing was asked for wrongly"
    done = sorted((small_disk / "out").glob("*.png"))
    assert 2 <= len(done) < 9
    large.unlink()
    before = len(applied())
    with Batch(order, Here()) as batch:
        assert set(kinds(list(batch.run(pictures)))) == {"Planned", "Started", "Done"}
    assert applied()[before:] == list(range(len(done), 9))
    for path in (small_disk / "out").glob("*.png"):
        with Image.open(path) as image:
            image.load()


def test_advances_are_told(make: Make, out: Path, plugin: None) -> None:
    class Telling(Here):
        def receive(self) -> Sequence[TaskProgress | Outcome]:
            return [TaskProgress(self.tasks[0].id, 0.5), *super().receive()]

    picture = make("a.png")
    with Batch(BatchSpec(NEGATIVE, out), Telling()) as batch:
        events = list(batch.run([picture]))
    assert events[1:3] == [
        PictureStarted(str(picture.source)),
        PictureAdvanced(str(picture.source), 0.5),
    ]


def test_results_are_no_pictures_to_do(make: Make, out: Path, plugin: None) -> None:
    order = BatchSpec(NEGATIVE, out.parent / "in", suffix="-n")
    picture, result = make("a.png", 1), InputFile(order.folder / "a-n.png", Path("a-n.png"))
    with Batch(order, Here()) as batch:
        assert kinds(list(batch.run([picture]))) == ["Planned", "Started", "Done"]
    with Batch(order, Here()) as batch:
        assert list(batch.run([picture, result])) == [BatchPlanned(total=1, done=1)]
    assert sorted(path.name for path in order.folder.glob("*.png")) == ["a-n.png", "a.png"]


def test_a_folder_that_cant_be_made(make: Make, out: Path) -> None:
    out.write_text("a file in the way")
    executor = Here()
    with pytest.raises(UnwritableImageError, match="no results can be put here"):
        Batch(BatchSpec(NEGATIVE, out), executor).__enter__()
    assert executor.is_closed


def test_a_format_that_cant_be_written_is_told_before_any_folder_is_made(out: Path) -> None:
    with pytest.raises(UnwritableImageError, match="--format doc: has no known extension"):
        Batch(BatchSpec(NEGATIVE, out, kind="doc"), Here()).__enter__()
    assert not out.exists()


def test_skipped_pictures_are_told(run: Run, make: Make, out: Path) -> None:
    out.mkdir()
    (out / "a.png").touch()
    picture = make("a.png")
    assert run([picture], skip_existing=True)[1:] == [
        PictureSkipped(str(picture.source), str(out / "a.png"))
    ]
    assert PictureFailed not in map(type, run([picture], overwrite=True))


@pytest.mark.parametrize("year", [1960, 2300, 2400])
def test_the_date_of_a_picture_ends_no_batch(
    run: Run, make: Make, out: Path, applied: Applied, year: int
) -> None:
    pictures = [make("a.png", 1), make("b.png", 2)]
    nanoseconds = (year - 1970) * 31_556_952 * 10**9
    os.utime(pictures[0].source, ns=(0, nanoseconds))
    assert kinds(run(pictures)) == ["Planned", "Done", "Done"]
    assert kinds(run(pictures)) == ["Planned"]
    os.utime(pictures[0].source, ns=(0, nanoseconds + 10**9))
    assert kinds(run(pictures)) == ["Planned", "Done"]
    assert applied() == [1, 2, 1]


@pytest.mark.parametrize("name", [".", "staging", "lock", "journal.sqlite", "journal.sqlite-wal"])
def test_a_link_in_the_place_of_its_own_files_is_refused(
    run: Run, make: Make, out: Path, tmp_path: Path, name: str
) -> None:
    private, precious = out / ".styleplug", tmp_path / "precious"
    (precious / "staging").mkdir(parents=True)
    (precious / "staging" / "letter").write_text("dear")
    place = private / name if name != "." else private
    place.parent.mkdir(parents=True)
    place.symlink_to(precious if name in (".", "staging") else precious / "staging" / "letter")
    with pytest.raises(UnwritableImageError, match=f"{place.name}: is a link, or no file"):
        run([make("a.png", 1)])
    assert (precious / "staging" / "letter").read_text() == "dear"
    assert [path.name for path in precious.rglob("*")] == ["staging", "letter"]


def test_a_pipe_in_the_place_of_its_own_files_is_refused(run: Run, make: Make, out: Path) -> None:
    (out / ".styleplug").mkdir(parents=True)
    os.mkfifo(out / ".styleplug" / "journal.sqlite")
    with pytest.raises(UnwritableImageError, match=r"journal\.sqlite: is a link, or no file"):
        run([make("a.png", 1)])
