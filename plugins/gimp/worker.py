"""styleplug's own process, and the lines of JSON that the plug-in speaks with it.

The worker runs in a session of its own: when GIMP cancels, it kills the plug-in's process group,
and the worker, which sees its input close, still removes its files.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from typing import Any

import messages
from installation import Installation

PROTOCOL = 1
PATIENCE = 120
"""Seconds to wait for an answer: a cold disk takes long to start Python from."""
LAST_WORDS = 12
"""Lines of the worker's standard error to show where it died."""
OWN_PYTHON = ("PYTHONHOME", "PYTHONPATH")
"""What a GIMP that carries its own Python sets, and another Python must not see."""

Message = dict[str, Any]
"""A line of the protocol, or a part of one."""


class Worker:
    """A running worker; a context manager, at whose end the process is gone.

    Raises:
        Problem: it can't be started, is of another version, or died.
    """

    def __init__(self, installation: Installation, client: str) -> None:
        own_session: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
            own_session = {"creationflags": flags}
        try:
            self._process = subprocess.Popen(
                [installation.interpreter, "-P", "-m", "styleplug", "worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={name: v for name, v in os.environ.items() if name not in OWN_PYTHON},
                **own_session,
            )
        except OSError:
            raise messages.no_interpreter(installation.interpreter) from None
        pipes = self._process.stdin, self._process.stdout, self._process.stderr
        self._input, self._output, self._errors = (pipe for pipe in pipes if pipe is not None)
        self._received: queue.Queue[Message | None] = queue.Queue()
        self._last_words: collections.deque[str] = collections.deque(maxlen=LAST_WORDS)
        self._ids = map(str, itertools.count(1))
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._read, self._listen)
        ]
        for thread in self._threads:
            thread.start()
        try:
            self._greet(installation, client)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def new_id(self) -> str:
        """A name for a request that no other has."""
        return next(self._ids)

    def send(self, type: str, **fields: Any) -> None:
        """Write one message."""
        line = json.dumps({"type": type, **fields}) + "\n"
        try:
            self._input.write(line.encode("utf-8"))
            self._input.flush()
        except OSError:
            raise self._death() from None

    def receive(self, timeout: float) -> Message | None:
        """The next message, or None where none came within so many seconds."""
        try:
            message = self._received.get(timeout=timeout) if timeout else self._received.get(False)
        except queue.Empty:
            return None
        if message is None:
            raise self._death()
        return message

    def ask(self, type: str, **fields: Any) -> Message:
        """Send a message and wait for its answer, which has the same `id`, where there is one."""
        self.send(type, **fields)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            message = self.receive(timeout=1)
            if message is None or message.get("id") != fields.get("id"):
                continue
            if message["type"] in ("error", "failed"):
                raise messages.Problem(message["message"])
            return message
        raise messages.no_answer(PATIENCE)

    def catalogue(self) -> Message:
        """The presets, styles, filters and options that there are."""
        return self.ask("catalogue", id=self.new_id())

    def close(self) -> None:
        """End the process: the end of its input is all that it needs."""
        with contextlib.suppress(OSError):  # it had died, with something unsent
            self._input.close()
        self._end()

    def _greet(self, installation: Installation, client: str) -> None:
        hello = self.ask("hello", protocol=PROTOCOL, client=client)
        if hello["styleplug"] != installation.version:
            raise messages.other_version(
                installation.version, hello["styleplug"], installation.interpreter
            )
        self.problems = [] if "stylize" in hello["capabilities"] else hello.get("problems", [])

    def _read(self) -> None:
        with self._output as lines:
            for line in lines:
                try:
                    message = json.loads(line)
                except ValueError:
                    continue  # a library that prints; the protocol's lines are whole
                if isinstance(message, dict) and "type" in message:
                    self._received.put(message)
        self._received.put(None)

    def _listen(self) -> None:
        with self._errors as lines:
            for line in lines:
                self._last_words.append(line.decode("utf-8", "replace").rstrip())

    def _death(self) -> messages.Problem:
        """The error to raise once the worker's output has ended."""
        code = self._end()
        self._received.put(None)  # for whoever asks again
        return messages.worker_died(code, "\n".join(self._last_words))

    def _end(self) -> int:
        """Wait for the process to end, and make it; returns its exit code."""
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for thread in self._threads:
            thread.join(timeout=1)
        return self._process.wait()
