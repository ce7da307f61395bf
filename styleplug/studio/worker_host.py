"""The host's side of the worker protocol (`styleplug/worker/PROTOCOL.md`): the service is a host
program like any other, and when it dies, the worker ends with all its jobs."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from styleplug.errors import StyleplugError
from styleplug.studio.names import new_id

LAST = ("finished", "failed", "cancelled", "catalogue")
"""Types of messages that end a job."""
_COMMAND = ("-P", "-m", "styleplug", "worker")
_LONGEST_LINE = 2**20 + 1

Message = dict[str, Any]


class WorkerHost:
    """One worker, started when it is first needed, and again once it has died."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._listener: asyncio.Task[None] | None = None
        self._heard: dict[str, asyncio.Queue[Message]] = {}
        self._starting = asyncio.Lock()

    async def catalogue(self) -> Message:
        """All that there is to choose from.

        Raises:
            StyleplugError: it can't be had.
        """
        async with self.conversation() as talk:
            await talk.say("catalogue")
            answer = await talk.hear()
        if answer["type"] != "catalogue":
            raise StyleplugError(answer["message"])
        return answer

    def conversation(self) -> Conversation:
        """A new one, about one job; a context."""
        return Conversation(self)

    async def close(self) -> None:
        """End the worker, with all its jobs."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._listener:
            await self._listener

    async def say(self, kind: str, **fields: Any) -> None:
        """Send a message to the worker, which is started where none lives."""
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                await self._start()
        self._write(kind, **fields)

    def say_if_alive(self, kind: str, **fields: Any) -> None:
        """Send a message that means nothing to a new worker."""
        if self._process is not None and self._process.returncode is None:
            self._write(kind, **fields)

    def listen(self, id: str) -> asyncio.Queue[Message]:
        """What comes about one id from now on."""
        return self._heard.setdefault(id, asyncio.Queue())

    def forget(self, id: str) -> None:
        """Nobody hears about an id any longer."""
        self._heard.pop(id, None)

    async def _start(self) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *_COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C in the terminal is the service's
            limit=_LONGEST_LINE,
        )
        self._process = process
        self._write("hello", protocol=1, client="styleplug studio")
        self._listener = asyncio.create_task(self._listen(process))

    def _write(self, kind: str, **fields: Any) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with suppress(ConnectionError, RuntimeError):  # the listener says that it has gone
            self._process.stdin.write(json.dumps({"type": kind, **fields}).encode() + b"\n")

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Hand on what the worker says; when it dies, tell everybody who waits."""
        assert process.stdout is not None
        with suppress(ValueError, ConnectionError):  # a line that is too long
            while line := await process.stdout.readline():
                message = json.loads(line)
                if heard := self._heard.get(message.get("id") or ""):
                    heard.put_nowait(message)
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        for heard in self._heard.values():
            heard.put_nowait(
                {"type": "failed", "code": "crashed", "message": "the worker has ended; try again"}
            )


class Conversation:
    """What is said about one job; leaving it ends the job and removes its folder.

    Args:
        host: through which it goes.
    """

    def __init__(self, host: WorkerHost) -> None:
        self._host, self._id = host, new_id()

    async def __aenter__(self) -> Conversation:
        self._heard = self._host.listen(self._id)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._host.forget(self._id)
        self._host.say_if_alive("close", id=self._id)

    async def say(self, kind: str, **fields: Any) -> None:
        """Send a message about this job."""
        await self._host.say(kind, id=self._id, **fields)

    async def hear(self) -> Message:
        """The next message about it."""
        message = await self._heard.get()
        if message["type"] == "error":
            message = message | {"type": "failed"}
        return message

    async def open(self) -> Path:
        """The job's folder.

        Raises:
            StyleplugError: there is none.
        """
        await self.say("open")
        answer = await self.hear()
        if answer["type"] != "opened":
            raise StyleplugError(answer["message"])
        return Path(answer["folder"])

    async def messages(self) -> AsyncIterator[Message]:
        """All that come, up to the last."""
        while True:
            message = await self.hear()
            yield message
            if message["type"] in LAST:
                return
