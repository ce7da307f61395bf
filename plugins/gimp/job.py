"""One job of the worker: the picture handed over, its messages, its folder let go of."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator

import messages
from worker import Message, Worker

ENDED = ("failed", "error")


def run_job(
    worker: Worker, request: Message, write_photo: Callable[[str], Message], timeout: float
) -> Generator[Message | None, None, None]:
    """Run a `stylize` or `filter` request; yields the job's messages as they come.

    `write_photo(path)` writes the raw picture, and returns what the request's `photo` says of it.
    Yields None where no message came within `timeout` seconds, so that the caller can look after
    its windows; "finished" is the last, and its files stay until the generator ends. Closing the
    generator cancels the job.

    Raises:
        Problem: the job failed, the worker died, or the picture can't be written.
    """
    job = worker.new_id()
    worker.send("open", id=job)
    try:
        while True:
            message = worker.receive(timeout)
            if message is not None and message.get("id") != job:
                continue  # of a job before
            if message is None:
                yield None
            elif message["type"] == "opened":
                photo = _written(write_photo, os.path.join(message["folder"], "photo.raw"))
                worker.send(id=job, photo={"path": "photo.raw", **photo}, **request)
            elif message["type"] in ENDED:
                raise messages.Problem(message["message"])
            else:
                yield message
                if message["type"] == "finished":
                    return
    finally:
        _let_go(worker, job)


def _written(write_photo: Callable[[str], Message], path: str) -> Message:
    try:
        return write_photo(path)
    except OSError as error:
        raise messages.cannot_write(error) from None


def _let_go(worker: Worker, job: str) -> None:
    with contextlib.suppress(messages.Problem):  # it died, and its death is told already
        worker.send("close", id=job)
