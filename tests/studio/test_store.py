"""What a service keeps, and what gives way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from styleplug.studio.limits import Limits
from styleplug.studio.names import new_id
from styleplug.studio.records import DONE, QUEUED, RUNNING, Job, Upload
from styleplug.studio.store import Store

ME, OTHER = "me", "other"
Add = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "studio", Limits(disk_bytes=1000, kept_jobs=3, kept_uploads=3))
    yield made
    made.close()


@pytest.fixture
def add_upload(store: Store) -> Add:
    """Adds uploads, each newer than the one before."""

    def add(size: int = 10, owner: str = ME, origin: str = "") -> str:
        id = new_id()
        folder = store.upload_folder(id)
        folder.mkdir()
        (folder / "a.png").write_bytes(b"x" * size)
        created = float(len(store.uploads(owner)))
        store.add_upload(Upload(id, owner, "a.png", origin, 3, 2, True, created))
        return id

    return add


@pytest.fixture
def add_job(store: Store) -> Add:
    def add(state: str = DONE, owner: str = ME, photo: str = "none", size: int = 10) -> str:
        id = new_id()
        recipe = {"kind": "filter", "photo": photo}
        store.add_job(Job(id, owner, state, 100.0, recipe, photo))
        (store.job_folder(id) / "result.png").write_bytes(b"x" * size)
        return id

    return add


def ids(store: Store) -> list[str]:
    return [job.id for job in store.jobs(ME, 100)]


def test_what_is_written_is_read_by_the_next(store, add_upload, add_job, tmp_path):
    upload, job = add_upload(), add_job()
    again = Store(tmp_path / "studio", Limits())
    assert again.upload(upload, ME) == store.upload(upload, ME)
    assert again.job(job) == store.job(job)
    again.close()


def test_everybody_sees_their_own(store, add_upload, add_job):
    upload, job = add_upload(), add_job()
    assert store.upload(upload, OTHER) is None
    assert store.job(job, OTHER) is None
    assert store.uploads(OTHER) == []
    store.adopt(OTHER, ME)
    assert store.upload(upload, OTHER) is not None


def test_interrupted_work_comes_first_and_others_have_a_turn(store, add_job):
    mine, later, theirs = add_job(QUEUED), add_job(QUEUED), add_job(QUEUED, OTHER)
    assert store.next_job("").id == mine
    assert store.next_job(ME).id == theirs
    assert store.next_job(OTHER).id == mine
    running = add_job(RUNNING)
    assert store.next_job(ME).id == running
    assert store.waiting_before(store.job(later)) == 1
    assert (store.count_waiting(ME), store.count_waiting()) == (3, 4)


def test_the_oldest_history_gives_way(store, add_job):
    jobs = [add_job() for _ in range(5)]
    waiting = add_job(QUEUED)
    store.prune()
    assert ids(store) == [waiting, *reversed(jobs[2:])]
    assert not store.job_folder(jobs[0]).exists()


def test_the_oldest_pictures_give_way_but_what_waits_is_kept(store, add_upload, add_job):
    needed, old = add_upload(600), add_upload(600)
    waiting = add_job(QUEUED, photo=needed)
    store.prune()
    assert [upload.id for upload in store.uploads(ME)] == [needed]
    assert not store.upload_folder(old).exists()
    assert store.used_bytes() <= 1000
    assert ids(store) == [waiting]


def test_many_small_pictures_give_way_too(store, add_upload):
    uploads = [add_upload() for _ in range(5)]
    store.prune()
    assert [upload.id for upload in store.uploads(ME)] == uploads[:1:-1]


def test_a_file_of_the_command_line_is_never_removed(store, add_upload, tmp_path):
    photograph = tmp_path / "mine.png"
    photograph.write_bytes(b"x")
    upload = add_upload(origin=str(photograph))
    assert store.upload_file(store.upload(upload, ME)) == photograph
    store.remove_upload(upload)
    assert photograph.exists()


def test_what_a_killed_service_left_half_made_is_removed(store, add_upload):
    upload = add_upload()
    stray = store.upload_folder(new_id())
    stray.mkdir()
    store.prune()
    assert stray.exists(), "it may be just arriving"
    store.clear_strays()
    assert not stray.exists()
    assert store.upload_folder(upload).exists()


@pytest.mark.parametrize("id", ["", "..", "../../etc", "a" * 15, "a/b" * 8, "a" * 65])
def test_what_is_no_id_is_no_folder(store, id):
    with pytest.raises(ValueError, match="no id"):
        store.upload_folder(id)
