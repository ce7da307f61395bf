"""A service that is killed, ended or started twice: nothing is lost, and nothing is left behind."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from studio_client import COMMAND, StudioClient, children, has_ended

pytestmark = pytest.mark.slow


def test_a_killed_services_jobs_are_done_by_the_next_and_the_history_is_whole(start, png):
    first = start()
    photo = first.upload(png).json["id"]
    done = first.job(kind="filter", photo=photo, filter="posterise")
    before = first.finished(done)
    picture = first.get(f"/api/v1/jobs/{done}/result").body
    interrupted = first.job(kind="filter", photo=photo, filter="wait")
    queued = first.job(kind="filter", photo=photo, filter="posterise")
    first.wait_until(interrupted, "running")
    processes = children(first.process.pid)
    processes += [grandchild for child in processes for grandchild in children(child)]
    first.kill()
    assert all(has_ended(process) for process in processes)

    second = start()
    assert second.token != first.token
    jobs = second.get("/api/v1/jobs").json["jobs"]
    assert [job["id"] for job in jobs] == [queued, interrupted, done]
    assert jobs[-1] == before
    assert second.get(f"/api/v1/jobs/{done}/result").body == picture
    second.wait_until(interrupted, "running")  # it is begun again
    second.post(f"/api/v1/jobs/{interrupted}/stop", {})
    assert second.finished(queued)["state"] == "done"
    assert second.get("/api/v1/uploads", {"Authorization": f"Bearer {first.token}"}).status == 401


def test_a_job_that_no_service_survives_is_given_up(start, png):
    client = start()
    photo = client.upload(png).json["id"]
    job = client.job(kind="filter", photo=photo, filter="wait")
    for _ in range(3):
        client.wait_until(job, "running")
        client.kill()
        client = start()
    failed = client.finished(job)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "crashed")


def test_an_interrupted_painting_goes_on_from_its_checkpoint(start, png, small_network):
    client = start(limits={"checkpoint_seconds": 1})
    photo = client.upload(png).json["id"]
    recipe = {"kind": "stylize", "photo": photo, "paintings": [{"upload": photo}]}
    job = client.job(**recipe, options={"size": 32, "iterations": 20_000})
    steps = (data for kind, data in client.events(job) if kind == "progress")
    next(data for data in steps if data["fraction"] > 0.005)
    checkpoint = client.folder / "studio" / "jobs" / job / "checkpoint.npz"
    checkpoint.unlink(missing_ok=True)  # it may be from before that
    until = time.monotonic() + 60
    while not checkpoint.exists() and time.monotonic() < until:
        time.sleep(0.01)
    client.kill()
    client = start()
    steps = (data for kind, data in client.events(job) if kind == "progress")
    first = next(data["fraction"] for data in steps if "step" in data["message"])
    assert first > 0.005, "it has begun anew"
    client.post(f"/api/v1/jobs/{job}/stop", {"keep": True})
    assert client.finished(job)["result"]["width"] == 48
    assert not checkpoint.exists()


def test_an_ended_service_leaves_no_process_and_no_word(start, png, tmp_path):
    client = start()
    photo = client.upload(png).json["id"]
    client.wait_until(client.job(kind="filter", photo=photo, filter="wait"), "running")
    processes = children(client.process.pid)
    assert client.end() == 128 + 15
    assert all(has_ended(process) for process in processes)
    assert not (client.folder / "studio" / "service.json").exists()


def test_a_second_service_is_refused_and_a_second_studio_opens_in_the_first(
    start, png, tmp_path, odd_environment
):
    photo, other = tmp_path / "first.png", tmp_path / "second.png"
    photo.write_bytes(png)
    other.write_bytes(png)
    client = start("--no-browser", photo, command="studio")
    environment = odd_environment | {"STYLEPLUG_DATA_DIR": str(client.folder)}

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, env=environment, check=False
        )

    refused = run("serve", "--port", 0)
    assert (refused.returncode, client.address in refused.stderr) == (1, True)

    mine = client.cookies()
    assert names(client, mine) == {"first.png"}
    word = client.folder / "studio" / "service.json"
    assert word.stat().st_mode & 0o077 == 0
    opened = run("studio", "--no-browser", other)
    assert opened.returncode == 0
    code = opened.stdout.rpartition("token=")[2].strip()
    assert code != client.token
    mine = client.cookies(code, mine["Cookie"])
    assert names(client, mine) == {"first.png", "second.png"}
    assert client.ask("GET", f"/?token={code}", anonymous=True).status == 403  # it counts once


def names(client: StudioClient, cookies: dict[str, str]) -> set[str]:
    answer = client.ask("GET", "/api/v1/uploads", None, cookies, anonymous=True)
    uploads = answer.json["uploads"]
    assert all(upload["origin"] for upload in uploads)
    assert str(client.folder.parent) not in answer.body.decode()
    return {upload["name"] for upload in uploads}


def test_a_result_is_saved_beside_the_photograph_and_replaces_nothing(start, png, tmp_path):
    photo = tmp_path / "cat.png"
    photo.write_bytes(png)
    (tmp_path / "cat-posterise.png").write_text("mine")
    client = start("--no-browser", photo, command="studio")
    cookies = client.cookies()
    [upload] = client.ask("GET", "/api/v1/uploads", None, cookies, anonymous=True).json["uploads"]
    cookies |= {"X-Styleplug-Token": page_token(client, cookies)}
    recipe = {"kind": "filter", "photo": upload["id"], "filter": "posterise"}
    job = client.ask("POST", "/api/v1/jobs", recipe, cookies, anonymous=True).json["id"]
    path, until = f"/api/v1/jobs/{job}", time.monotonic() + 60
    while time.monotonic() < until:
        state = client.ask("GET", path, None, cookies, anonymous=True).json["state"]
        if state == "done":
            break
        time.sleep(0.1)
    saved = client.ask("POST", f"{path}/save", {}, cookies, anonymous=True)
    assert saved.json == {"name": "cat-posterise-2.png"}
    result = client.ask("GET", f"{path}/result", None, cookies, anonymous=True).body
    assert (tmp_path / "cat-posterise-2.png").read_bytes() == result
    assert (tmp_path / "cat-posterise.png").read_text() == "mine"
    removed = client.ask("DELETE", f"/api/v1/uploads/{upload['id']}", None, cookies, anonymous=True)
    assert removed.status == 204
    assert photo.read_bytes() == png


def page_token(client: StudioClient, cookies: dict[str, str]) -> str:
    import styleplug.studio

    if not (Path(styleplug.studio.__file__).parent / "page" / "index.html").exists():
        pytest.skip("the page is built elsewhere")
    return client.page_token(cookies)
