"""Who carries tasks out: processes on this machine, or whatever keeps to the same contract.

An executor takes tasks and tells what becomes of them; it knows nothing of folders, options or
the journal, which only the process that leads the batch writes. A `Task` can be pickled and is
complete in itself: wherever `carry_out(task)` of `styleplug.batch.task` is called on a machine that
sees the same files under the same paths, it makes the result and gives an `Outcome`, which can be
pickled too. A task may be carried out again, even while another still does so, when whoever had it
is lost: what is done already is left alone, and a result is never seen half.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Protocol

from styleplug.batch.task import Outcome, Task, TaskProgress, carry_out
from styleplug.errors import StyleplugError
from styleplug.runtime.threads import available_cores
from styleplug.signals import ENDING


class Executor(Protocol):
    """What leads a batch asks of who carries it out."""

    @property
    def width(self) -> int:
        """How many tasks it wants to have at a time, at least 1."""

    def submit(self, task: Task) -> None:
        """Take a task; there are fewer than `width` that have no outcome yet."""

    def receive(self) -> Sequence[TaskProgress | Outcome]:
        """Wait until there is something to say of the tasks that were submitted, and say it.

        Of each task there is one outcome in the end, whatever happens to who carries it out;
        advances are welcome, but nobody waits for them.
        """

    def close(self) -> None:
        """End all work at once; tasks without an outcome will be submitted another time."""


class Processes:
    """Processes on this machine, each with its share of the cores. They start when needed, end with
    this process, however that ends, and leave signals that ask for an end to it.

    Args:
        count: how many.
    """

    def __init__(self, count: int) -> None:
        self.width = count
        self._threads = max(1, available_cores() // count)
        # Not a copy of this process: it may have threads that hold locks.
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []

    def submit(self, task: Task) -> None:
        """Give a task to a process that has none."""
        worker = self._idle_worker()
        worker.task = task
        with suppress(OSError):  # if it has just died, it shows in the end
            worker.connection.send(task)

    def receive(self) -> Sequence[TaskProgress | Outcome]:
        """What the processes say; the task of one that has died has failed."""
        busy = {worker.connection: worker for worker in self._workers if worker.task}
        return [
            self._receive_from(busy[ready])
            for ready in wait(list(busy))
            if isinstance(ready, Connection)
        ]

    def close(self) -> None:
        """Kill the processes: none of them has anything to lose."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def _idle_worker(self) -> _Worker:
        for worker in [worker for worker in self._workers if worker.task is None]:
            if worker.process.is_alive():
                return worker
            self._remove(worker)
        worker = _Worker.started(self._context, self._threads)
        self._workers.append(worker)
        return worker

    def _receive_from(self, worker: _Worker) -> TaskProgress | Outcome:
        assert worker.task is not None, "only those with a task are listened to"
        try:
            update: TaskProgress | Outcome = worker.connection.recv()
        except (EOFError, OSError):
            update = Outcome(worker.task.id, 0.0, error=self._remove(worker))
        if isinstance(update, Outcome):
            worker.task = None
        return update

    def _remove(self, worker: _Worker) -> StyleplugError:
        """Forget a process that has died; why, as an error."""
        self._workers.remove(worker)
        code = worker.end()
        how = f"by signal {-code}" if code < 0 else f"with {code}"
        return StyleplugError(
            f"the process that did it ended {how}; there may be too little memory for --jobs"
            f" {self.width}"
        )


@dataclass
class _Worker:
    """A process, the way to it, and the task that it has."""

    process: BaseProcess
    connection: Connection
    task: Task | None = None

    @classmethod
    def started(cls, context: multiprocessing.context.SpawnContext, threads: int) -> _Worker:
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, threads), daemon=True)
        with _interrupts_held():
            process.start()
        theirs.close()
        return cls(process, ours)

    def end(self) -> int:
        """Wait for its end, which is near; its exit code."""
        self.process.join()
        self.connection.close()
        code = self.process.exitcode
        self.process.close()
        return code or 0


def _serve(connection: Connection, threads: int) -> None:
    """The life of a process: one task after the other, until nobody has any more."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    # What plug-ins print must not come between the lines of --json.
    os.dup2(2, 1)
    os.environ["OMP_NUM_THREADS"] = str(threads)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            task: Task = connection.recv()
            connection.send(carry_out(task, connection.send))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "this is a child"
    parent.join()
    os._exit(1)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep signals from a process that is just being started, and can't ignore them yet."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
