"""The processes that read pictures, seen from the service: each does one task at a time."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from styleplug.runtime.threads import available_cores
from styleplug.studio.problems import Problem, status_of

_COMMAND = ("-P", "-m", "styleplug.studio.picture_process")
_TASKS_OF_A_LIFE = 500
"""After which a process is replaced, so that what libraries don't give back is given back."""


class PictureWorkers:
    """So many processes, started when they are first needed and replaced when one dies.

    Args:
        count: of processes.
        seconds: that a task may take before its process is killed.
    """

    def __init__(self, count: int, seconds: float) -> None:
        self._idle: asyncio.LifoQueue[_Process] = asyncio.LifoQueue()
        cores = max(1, available_cores() // count)  # they share the machine
        environment = {**os.environ, "OMP_NUM_THREADS": str(cores)}
        self._all = [_Process(seconds, environment) for _ in range(count)]
        for process in self._all:
            self._idle.put_nowait(process)

    async def warm_up(self) -> None:
        """Start the processes, so that the first task finds them ready."""
        for process in self._all:
            await process.start()

    async def do(self, task: str, name: str, **fields: Any) -> Any:
        """Have a task done, and give its answer.

        Args:
            task: one of those of `picture_process.py`.
            name: of the picture, for messages.
            fields: of the task.

        Raises:
            Problem: the picture can't be used, or it took too long.
        """
        process = await self._idle.get()
        try:
            answer = await process.do({"task": task, "name": name, **fields})
        finally:
            self._idle.put_nowait(process)
        if "code" in answer:
            raise Problem(status_of(answer["code"]), answer["code"], answer["message"])
        return answer["answer"]

    async def close(self) -> None:
        """End all processes."""
        for process in self._all:
            await process.end()


class _Process:
    def __init__(self, seconds: float, environment: Mapping[str, str]) -> None:
        self._seconds, self._environment = seconds, environment
        self._process: asyncio.subprocess.Process | None = None
        self._done = 0

    async def start(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *_COMMAND,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=self._environment,
                start_new_session=True,  # a Ctrl-C in the terminal is the service's
            )
            self._done = 0
        return self._process

    async def do(self, task: dict[str, Any]) -> dict[str, Any]:
        process = await self.start()
        assert process.stdin is not None
        assert process.stdout is not None
        answer = b""
        try:
            async with asyncio.timeout(self._seconds):
                with suppress(ConnectionError):
                    process.stdin.write(json.dumps(task).encode() + b"\n")
                    await process.stdin.drain()
                answer = await process.stdout.readline()
        except TimeoutError:
            raise Problem(
                413, "too-slow", f"{task['name']}: it takes too long to read; use a smaller copy"
            ) from None
        finally:
            self._done += 1
            if not answer.endswith(b"\n") or self._done >= _TASKS_OF_A_LIFE:
                await self.end()  # also where whoever asked has gone: the answer is for nobody
        if not answer.endswith(b"\n"):
            raise Problem(
                415, "image-unreadable", f"{task['name']}: reading it failed; save it anew"
            )
        said: dict[str, Any] = json.loads(answer)
        return said

    async def end(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None
