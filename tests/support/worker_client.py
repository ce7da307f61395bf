"""A host for tests: speaks with a real worker, and holds every message against the schema."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = json.loads((files("styleplug.worker") / "protocol.schema.json").read_text("utf-8"))
COMMAND = (sys.executable, "-P", "-m", "styleplug", "worker")
SECONDS = 120
"""After which silence is taken for a hang."""

Message = dict[str, Any]


def validator(side: str) -> Draft202012Validator:
    """Of the messages of one side, `fromHost` or `fromWorker`."""
    return Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{side}"})


class WorkerClient:
    """A worker, and the host's end of its pipes; `end` it.

    Args:
        greet: whether to say hello.
    """

    def __init__(self, *, greet: bool = True) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # `end` closes it
        self.process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**os.environ, "PYTHONWARNINGS": "error"},
        )
        assert self.process.stdin
        assert self.process.stdout
        self._to, self._from = self.process.stdin, self.process.stdout
        self._heard: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._early: list[Message] = []
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        self.hello = self.ask("hello", protocol=1, client="a test") if greet else {}

    def _listen(self) -> None:
        for line in self._from:
            self._heard.put(line)
        self._heard.put(None)

    def say(self, kind: str, **fields: Any) -> None:
        """Say something that the schema allows."""
        message = {"type": kind, **fields}
        validator("fromHost").validate(message)
        self.say_raw(json.dumps(message).encode() + b"\n")

    def say_raw(self, data: bytes) -> None:
        """Say anything at all."""
        self._to.write(data)
        self._to.flush()

    def hear(self) -> Message:
        """The worker's next message."""
        if self._early:
            return self._early.pop(0)
        message: Message = json.loads(self.hear_line())
        validator("fromWorker").validate(message)
        return message

    def hear_line(self) -> bytes:
        """The line of that message, as it comes."""
        line = self._heard.get(timeout=SECONDS)
        assert line is not None, f"the worker has ended: {self.stderr()}"
        assert len(line) <= 2**20 + 1, "no line is longer"
        return line

    def hear_until(self, *kinds: str, id: str | None = None) -> list[Message]:
        """Messages up to the first of these types, of this job if it is named; it comes last."""
        heard = [self.hear()]
        while heard[-1]["type"] not in kinds or id not in (None, heard[-1]["id"]):
            heard.append(self.hear())
        return heard

    def ask(self, kind: str, **fields: Any) -> Message:
        """Say something, and give what is heard next."""
        self.say(kind, **fields)
        return self.hear()

    def open(self, id: str) -> Path:
        """A job's folder; what other jobs say meanwhile is heard later."""
        self.say("open", id=id)
        *others, opened = self.hear_until("opened", id=id)
        self._early += others
        return Path(opened["folder"])

    def jobs(self) -> list[int]:
        """Process numbers of the jobs that run (on Linux)."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(number) for task in tasks for number in task.read_text().split()]

    def stderr(self) -> str:
        """What the worker and its jobs have said for people so far."""
        self._stderr.seek(0)
        return self._stderr.read().decode()

    def end(self) -> list[Message]:
        """Close the worker's input, await its end, and give what it still said."""
        if self._stderr.closed:
            return []
        self._to.close()
        self.process.wait(SECONDS)
        self._listener.join()
        self._from.close()
        self.last_words = self.stderr()
        self._stderr.close()
        return [json.loads(line) for line in iter(self._heard.get, None)]
