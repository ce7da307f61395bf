"""Jobs as processes: whatever befalls one, the host hears of it, and the others go on."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from worker_client import SECONDS, WorkerClient

Begin = Callable[..., Path]


def is_alive(process: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet doesn't."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def await_end(*processes: int) -> None:
    """Return once none of the processes runs."""
    until = time.monotonic() + SECONDS
    while any(is_alive(process) for process in processes):
        assert time.monotonic() < until, "a process runs on"
        time.sleep(0.01)


def test_a_cancelled_job_is_killed_with_all_that_it_started(
    worker: WorkerClient, begin: Begin
) -> None:
    folder = begin("a", "multiply")
    worker.hear_until("progress")
    [job] = worker.jobs()
    child = int((folder / "child").read_text())
    assert is_alive(child)
    assert worker.ask("cancel", id="a") == {"type": "cancelled", "id": "a"}
    await_end(job, child)
    assert worker.ask("close", id="a") == {"type": "closed", "id": "a"}
    assert not folder.exists()


def test_cancelling_what_has_ended_or_not_begun_says_nothing(
    worker: WorkerClient, begin: Begin
) -> None:
    begin("a", "posterise")
    worker.hear_until("finished")
    worker.open("b")
    for id in ("a", "a", "b"):
        worker.say("cancel", id=id)
    assert worker.ask("close", id="a") == {"type": "closed", "id": "a"}


def test_a_job_that_is_cancelled_twice_is_cancelled_once(
    worker: WorkerClient, begin: Begin
) -> None:
    begin("a", "wait")
    worker.hear_until("progress")
    worker.say("cancel", id="a")
    worker.say("cancel", id="a")
    assert worker.hear()["type"] == "cancelled"
    assert worker.ask("close", id="a")["type"] == "closed"


def test_a_filter_that_is_stopped_at_once_is_cancelled(worker: WorkerClient, begin: Begin) -> None:
    """The wish may come before the job's process has read what to do."""
    begin("a", "wait-to-be-asked")
    worker.say("stop", id="a")
    assert worker.hear_until("cancelled", "failed", "finished")[-1]["type"] == "cancelled"


def test_jobs_run_side_by_side(worker: WorkerClient, begin: Begin) -> None:
    folders = {id: begin(id, "finish-with-file") for id in "abc"}
    begun = {message["id"] for message in (worker.hear() for _ in folders)}
    assert begun == {"a", "b", "c"}, "each has begun, and none has ended"
    worker.say("cancel", id="b")
    assert worker.hear() == {"type": "cancelled", "id": "b"}
    for id in ("c", "a"):
        (folders[id] / "go").touch()
        assert worker.hear_until("finished")[-1]["id"] == id


@pytest.mark.parametrize(
    ("filter", "words"), [("die", "signal 11, Segmentation fault"), ("leave", "exit code 3")]
)
def test_a_crash_ends_only_its_job(
    worker: WorkerClient, begin: Begin, filter: str, words: str
) -> None:
    other = begin("other", "finish-with-file")
    worker.hear_until("progress", id="other")
    begin("a", filter)
    failed = worker.hear_until("failed")[-1]
    assert (failed["id"], failed["code"]) == ("a", "crashed")
    assert words in failed["message"]
    assert "take a smaller size" in failed["message"]
    (other / "go").touch()
    assert worker.hear()["type"] == "finished"


def test_a_job_that_the_system_kills(worker: WorkerClient, begin: Begin) -> None:
    begin("a", "wait")
    worker.hear_until("progress")
    os.kill(*worker.jobs(), signal.SIGKILL)
    failed = worker.hear()
    assert (failed["type"], failed["code"]) == ("failed", "crashed")
    assert "signal 9" in failed["message"]


@pytest.mark.slow
def test_a_picture_that_memory_does_not_hold(worker: WorkerClient) -> None:
    _, hard = resource.prlimit(worker.process.pid, resource.RLIMIT_AS)
    resource.prlimit(worker.process.pid, resource.RLIMIT_AS, (1500 * 2**20, hard))
    folder = worker.open("a")
    side = 11_000
    with (folder / "photo.raw").open("wb") as file:
        file.truncate(side * side)  # zeros that take no room on the disk
    photo = {"path": "photo.raw", "width": side, "height": side, "layout": "Y", "dtype": "uint8"}
    worker.say(
        "filter", id="a", photo=photo, filter="posterise", result={"layout": "Y", "dtype": "uint8"}
    )
    failed = worker.hear()
    assert (failed["type"], failed["code"]) == ("failed", "out-of-memory")
    assert "close other programs" in failed["message"]


@pytest.mark.parametrize("filter", ["scribble", "scribble-a-lot"])
def test_what_is_no_message_is_left_out(worker: WorkerClient, begin: Begin, filter: str) -> None:
    begin("a", filter)
    assert worker.hear()["type"] == "finished"
    assert "the job 'a' has written what is no message" in worker.stderr()


def test_a_message_that_is_spoilt_is_not_waited_for(worker: WorkerClient, begin: Begin) -> None:
    begin("a", "scribble-half-a-line")
    failed = worker.hear()
    assert (failed["type"], failed["id"], failed["code"]) == ("failed", "a", "crashed")
    begin("b", "posterise")
    assert worker.hear()["type"] == "finished"


def test_a_job_speaks_for_itself_alone(worker: WorkerClient, begin: Begin) -> None:
    begin("other", "wait")
    worker.hear_until("progress", id="other")
    begin("a", "pretend")
    finished = worker.hear()
    assert (finished["type"], finished["id"]) == ("finished", "a")


def test_what_a_plug_in_says_is_what_the_schema_allows(worker: WorkerClient, begin: Begin) -> None:
    begin("a", "exaggerate")
    *said, finished = worker.hear_until("finished", "failed")
    assert finished["type"] == "finished"
    assert [message["fraction"] for message in said] == [1, 0, 0, 0.5]


def test_the_end_of_the_input_ends_everything(
    worker: WorkerClient, begin: Begin, temporary: Path
) -> None:
    folder = begin("a", "multiply")
    begin("b", "wait")
    assert {worker.hear()["id"], worker.hear()["id"]} == {"a", "b"}
    processes = [*worker.jobs(), int((folder / "child").read_text())]
    assert len(processes) == 3
    worker.end()
    assert worker.process.returncode == 0
    await_end(*processes)
    assert list(temporary.iterdir()) == []


def test_shutdown_takes_leave_last(worker: WorkerClient, begin: Begin) -> None:
    begin("a", "wait")
    worker.hear_until("progress")
    processes = worker.jobs()
    assert worker.ask("shutdown") == {"type": "bye"}
    assert worker.end() == []
    assert worker.process.returncode == 0
    await_end(*processes)


def test_a_killed_worker_takes_its_jobs_along_and_the_next_one_its_folders(
    worker: WorkerClient, begin: Begin, start: Callable[..., WorkerClient], temporary: Path
) -> None:
    folder = begin("a", "multiply")
    worker.hear_until("progress")
    processes = [*worker.jobs(), int((folder / "child").read_text())]
    assert len(processes) == 2
    worker.process.kill()
    await_end(*processes)
    assert folder.exists()
    successor = start()
    assert not folder.parent.exists()
    assert len(list(temporary.iterdir())) == 1
    assert successor.open("b").parent in temporary.iterdir()
