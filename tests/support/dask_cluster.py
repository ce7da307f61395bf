"""A Dask cluster of processes on the loopback interface."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 120
"""Seconds until a process is taken to hang."""


class DaskCluster:
    """A scheduler, and the workers that a test starts.

    Args:
        folder: an empty one for what the processes write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        about = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", about)
        self.address = json.loads(self._awaited(about, "}"))["address"]

    def worker(
        self, *options: object, preload: str = "", **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start a worker, for one picture at a time unless the options say otherwise, and wait
        until it is there.

        Args:
            options: of `dask worker`.
            preload: what its process runs first.
            environment: variables that it has besides this process's.
        """
        name = self._folder / f"worker-{len(self._processes)}"
        script = name.with_suffix(".py")
        script.write_text(preload)
        process = self._start(
            *("worker", self.address, "--nthreads", "1", "--local-directory", name),
            *("--preload", script, *options),
            **environment,
        )
        self._awaited(self._log, "Registered to:")
        return process

    def end(self) -> None:
        """Kill all processes, with those that they have started."""
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, *arguments: object, **environment: str) -> subprocess.Popen[bytes]:
        self._log = self._folder / f"{len(self._processes)}.log"
        with self._log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "dask", *map(str, arguments)),
                    *("--host", "127.0.0.1", "--no-dashboard"),
                ],
                env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def _awaited(self, file: Path, part: str) -> str:
        """What a file that the last process writes holds, once this is part of it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._processes[-1].poll() is None:
            if file.exists() and part in (text := file.read_text()):
                return text
            time.sleep(0.05)
        raise AssertionError(f"a process of Dask has ended, or hangs:\n{self._log.read_text()}")
