"""Many clients of one service for a while: errors, memory, handles and folders.

usage: python tests/benchmarks/soak.py [--clients 50] [--minutes 10]

Each client sends a small picture, and then, again and again, asks for it small, or through a
filter, or has it filtered by a job whose events it hears; now and then it lets go in the middle.
Printed every ten seconds, and at the end, are requests, those put off (429, 503), errors, and of
the service and its processes the memory (MB) and handles, and the folders that it keeps. After the
first tenth of the time none of these should grow. When the time is up, jobs that still wait are
removed, which ends the streams of events that clients hear. The exit code is 1 where there was an
error, or where a client had no answer two minutes later.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from studio_client import StudioClient, encoded

BUSY = (429, 503)
EVERY = 10.0
PATIENCE = 120.0
"""Seconds for what clients had begun when the time was up."""
KEPT = {"kept_jobs": 100, "kept_uploads": 100}
"""Small, so that what is deleted keeps up with what comes within minutes."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        studio = StudioClient(Path(folder) / "data", limits=KEPT)
        try:
            counts = soak(studio, arguments.clients, arguments.minutes * 60)
        finally:
            studio.end()
        log = Path(f"{studio.folder}.log").read_text()
    if log:
        print(f"the service's log:\n{log[-5000:]}")
    return 1 if counts["errors"] or "Traceback" in log else 0


def soak(studio: StudioClient, clients: int, seconds: float) -> Counter[str]:
    counts: Counter[str] = Counter()
    until = time.monotonic() + seconds
    # Daemons, so that one that hangs is told of and doesn't keep this process from its end.
    threads = [
        threading.Thread(
            target=be_a_client, args=(studio, random.Random(seed), until, counts), daemon=True
        )
        for seed in range(clients)
    ]
    for thread in threads:
        thread.start()
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(EVERY, left))
        left = until - time.monotonic()
        print(f"{left:7.0f} s left  {dict(counts)}  {sizes(studio)}", flush=True)
    while any(thread.is_alive() for thread in threads):
        if time.monotonic() > until + PATIENCE:
            counts["errors"] += 1
            print(f"{sum(thread.is_alive() for thread in threads)} clients have no answer")
            break
        remove_jobs(studio)
        time.sleep(1)
    time.sleep(3)
    print(f"at the end      {dict(counts)}  {sizes(studio)}")
    return counts


def remove_jobs(studio: StudioClient) -> None:
    """Remove all jobs that have not ended, for which a busy machine may take minutes."""
    for job in studio.get("/api/v1/jobs?limit=200").json["jobs"]:
        if job["state"] in ("queued", "running"):
            studio.ask("DELETE", f"/api/v1/jobs/{job['id']}")


def be_a_client(
    studio: StudioClient, choose: random.Random, until: float, counts: Counter[str]
) -> None:
    photo = ""
    while time.monotonic() < until:
        try:
            if not photo:
                photo = sent(studio, choose, counts)
            else:
                choose.choice(DEEDS)(studio, photo, counts)
        except Exception as error:
            if time.monotonic() > until:
                return  # its job may have been removed
            counts["errors"] += 1
            print(f"{type(error).__name__}: {error}", flush=True)
        time.sleep(choose.random())


def sent(studio: StudioClient, choose: random.Random, counts: Counter[str]) -> str:
    answer = studio.upload(encoded(64 + choose.randrange(64), 64))
    if not accepted(answer.status, counts):
        return ""
    id: str = answer.json["id"]
    return id


def accepted(status: int, counts: Counter[str]) -> bool:
    """Whether a request was granted; what was neither that nor put off is an error."""
    counts["requests"] += 1
    if status in BUSY:
        counts["busy"] += 1
        time.sleep(1)
    elif status >= 400 and status != 404:  # the oldest pictures give way
        raise ValueError(f"status {status}")
    return status < 400


def look(studio: StudioClient, photo: str, counts: Counter[str]) -> None:
    accepted(studio.get(f"/api/v1/uploads/{photo}/preview?size=64").status, counts)


def filter_small(studio: StudioClient, photo: str, counts: Counter[str]) -> None:
    accepted(studio.get(f"/api/v1/uploads/{photo}/filters/udnie?size=64").status, counts)


def do_job(studio: StudioClient, photo: str, counts: Counter[str]) -> None:
    recipe = {"kind": "filter", "photo": photo, "filter": "udnie"}
    answer = studio.post("/api/v1/jobs", recipe)
    if not accepted(answer.status if answer.status != 422 else 404, counts):
        return
    job = answer.json["id"]
    for heard, (kind, _) in enumerate(studio.events(job), 1):
        counts["events"] += 1
        if kind == "failed":
            raise ValueError("a job failed")
        if heard == 2 and counts["events"] % 3 == 0:
            break  # it vanishes, and the job is stopped
    with suppress(ConnectionError):
        studio.ask("DELETE", f"/api/v1/jobs/{job}")
    counts["jobs"] += 1


DEEDS = (look, filter_small, do_job, do_job)


def sizes(studio: StudioClient) -> str:
    """Of the service and its processes, jobs of the worker left out, which come and go."""
    service = psutil.Process(studio.process.pid)
    processes = [service, *service.children()]
    memory, handles = 0, 0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            memory += process.memory_info().rss
            handles += process.num_fds()
    folders = sum(1 for _ in os.walk(studio.folder / "studio"))
    return f"{memory / 1e6:.0f} MB, {handles} handles, {folders} folders"


if __name__ == "__main__":
    sys.exit(main())
