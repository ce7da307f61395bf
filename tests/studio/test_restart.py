"""A service that is killed, ended or started twice: nothing is lost, and nothing is left behind."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from studio_client import COMMAND, Answer, StudioClient, children, has_ended

pytestmark = pytest.mark.slow


def test_a_killed_services_jobs_are_done_by_the_next_and_the_history_is_whole(
    start, png, small_network
):
    first = start(limits={"checkpoint_seconds": 1})
    photo = first.upload(png).json["id"]
    done = first.job(kind="filter", photo=photo, filter="posterise")
    before = first.finished(done)
    picture = first.get(f"/api/v1/jobs/{done}/result").body
    painting = {"kind": "stylize", "photo": photo, "paintings": [{"upload": photo}]}
    interrupted = first.job(**painting, options={"size": 32, "iterations": 20_000})
    hopeless = first.job(kind="filter", photo=photo, filter="wait")
    queued = first.job(kind="filter", photo=photo, filter="posterise")
    checkpoint = paint_to_a_checkpoint(first, interrupted)
    processes = descendants(first)
    first.kill()
    assert all(has_ended(process) for process in processes)
    assert attempts(first, interrupted) == 1
    set_attempts(first, hopeless, 3)

    second = start()
    assert second.token != first.token
    jobs = second.get("/api/v1/jobs").json["jobs"]
    assert [job["id"] for job in jobs] == [queued, hopeless, interrupted, done]
    assert jobs[-1] == before
    assert second.get(f"/api/v1/jobs/{done}/result").body == picture
    assert second.get("/api/v1/uploads", {"Authorization": f"Bearer {first.token}"}).status == 401

    steps = (data for kind, data in second.events(interrupted) if kind == "progress")
    fraction = next(data["fraction"] for data in steps if "step" in data["message"])
    assert fraction > 0.005, "it has begun anew"
    assert attempts(second, interrupted) == 2
    second.post(f"/api/v1/jobs/{interrupted}/stop", {"keep": True})
    assert second.finished(interrupted)["result"]["width"] == 48
    assert not checkpoint.exists()
    given_up = second.finished(hopeless)
    assert (given_up["state"], given_up["error"]["code"]) == ("failed", "crashed")
    assert second.finished(queued)["state"] == "done"

    second.wait_until(second.job(kind="filter", photo=photo, filter="wait"), "running")
    processes = descendants(second)
    assert second.end() == 128 + 15
    assert all(has_ended(process) for process in processes)
    assert not (second.folder / "studio" / "service.json").exists()


def paint_to_a_checkpoint(client: StudioClient, job: str) -> Path:
    """Wait until a painting has come some way, and its state is kept in the file that is given."""
    steps = (data for kind, data in client.events(job) if kind == "progress")
    next(data for data in steps if data["fraction"] > 0.005)
    checkpoint = client.folder / "studio" / "jobs" / job / "checkpoint.npz"
    checkpoint.unlink(missing_ok=True)  # it may be from before that
    until = time.monotonic() + 60
    while not checkpoint.exists() and time.monotonic() < until:
        time.sleep(0.01)
    return checkpoint


def descendants(client: StudioClient) -> list[int]:
    """The processes of a service, and theirs."""
    processes = children(client.process.pid)
    return processes + [one for process in processes for one in children(process)]


def attempts(client: StudioClient, job: str) -> int:
    """How often a job was begun, as the service remembers it."""
    with closing(sqlite3.connect(client.folder / "studio" / "studio.sqlite3")) as database:
        [count] = database.execute("select attempts from jobs where id = ?", (job,)).fetchone()
    return int(count)


def set_attempts(client: StudioClient, job: str, count: int) -> None:
    """Have a service that has ended remember that a job was begun so often."""
    with closing(sqlite3.connect(client.folder / "studio" / "studio.sqlite3")) as database:
        database.execute("update jobs set attempts = ? where id = ?", (count, job))
        database.commit()


@pytest.fixture(scope="module")
def photograph(tmp_path_factory: pytest.TempPathFactory, png: bytes) -> Path:
    """A file for the command line, in a folder where a result's first name is taken."""
    path = tmp_path_factory.mktemp("photographs") / "cat.png"
    path.write_bytes(png)
    path.with_name("cat-posterise.png").write_text("mine")
    return path


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, odd_environment: dict[str, str], photograph: Path
) -> Iterator[StudioClient]:
    """A studio that was started on it."""
    folder = tmp_path_factory.mktemp("data")
    client = StudioClient(
        folder, "--no-browser", photograph, command="studio", environment=odd_environment
    )
    yield client
    client.end()


@pytest.fixture(scope="module")
def mine(opened: StudioClient) -> dict[str, str]:
    """The cookies of the browser that came first: the photograph is its."""
    return opened.cookies()


def test_a_second_service_is_refused_and_a_second_studio_opens_in_the_first(
    opened, mine, png, tmp_path, odd_environment
):
    other = tmp_path / "second.png"
    other.write_bytes(png)
    environment = odd_environment | {"STYLEPLUG_DATA_DIR": str(opened.folder)}

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, env=environment, check=False
        )

    refused = run("serve", "--port", 0)
    assert (refused.returncode, opened.address in refused.stderr) == (1, True)

    assert names(opened, mine) == {"cat.png"}
    word = opened.folder / "studio" / "service.json"
    assert word.stat().st_mode & 0o077 == 0
    second = run("studio", "--no-browser", other)
    assert second.returncode == 0
    code = second.stdout.rpartition("token=")[2].strip()
    assert code != opened.token
    assert opened.cookies(code, mine["Cookie"])["Cookie"] == mine["Cookie"]
    assert names(opened, mine) == {"cat.png", "second.png"}
    assert opened.ask("GET", f"/?token={code}", anonymous=True).status == 403  # it counts once


def names(client: StudioClient, cookies: dict[str, str]) -> set[str]:
    answer = client.ask("GET", "/api/v1/uploads", None, cookies, anonymous=True)
    uploads = answer.json["uploads"]
    assert all(upload["origin"] for upload in uploads)
    assert str(client.folder.parent) not in answer.body.decode()
    return {upload["name"] for upload in uploads}


def test_a_result_is_saved_beside_the_photograph_and_replaces_nothing(opened, mine, photograph):
    def ask(method: str, path: str, body: object = None) -> Answer:
        headers = {**mine, "X-Styleplug-Token": opened.page_token(mine)}
        return opened.ask(method, f"/api/v1/{path}", body, headers, anonymous=True)

    uploads = ask("GET", "uploads").json["uploads"]
    id = next(upload["id"] for upload in uploads if upload["name"] == "cat.png")
    before = photograph.read_bytes()
    job = ask("POST", "jobs", {"kind": "filter", "photo": id, "filter": "posterise"}).json["id"]
    until = time.monotonic() + 60
    while ask("GET", f"jobs/{job}").json["state"] != "done" and time.monotonic() < until:
        time.sleep(0.1)
    assert ask("POST", f"jobs/{job}/save", {}).json == {"name": "cat-posterise-2.png"}
    folder = photograph.parent
    assert (folder / "cat-posterise-2.png").read_bytes() == ask("GET", f"jobs/{job}/result").body
    assert (folder / "cat-posterise.png").read_text() == "mine"
    assert ask("DELETE", f"uploads/{id}").status == 204
    assert photograph.read_bytes() == before


def test_a_studio_that_nobody_uses_ends_if_it_is_to(start):
    client = start("--no-browser", "--end-when-idle", 0.02, command="studio")
    assert client.process.wait(60) == 0
    assert not (client.folder / "studio" / "service.json").exists()
