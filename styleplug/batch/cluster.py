"""Workers of a Dask cluster carry tasks out; CLUSTER.md beside this file is the page about it.

The process that leads the batch gives Dask little more than the workers can begin, and alone writes
the journal. A worker makes sure that it sees the batch's files before it begins a picture, and
counts attempts at it in a file beside what isn't finished, which outlives the worker. So a picture
that ends every worker is known from those that waited behind it: Dask blames them all.
"""

from __future__ import annotations

import logging
import math
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import styleplug
from styleplug.batch.task import Outcome, Task, TaskProgress, carry_out
from styleplug.errors import Cancelled, ConfigError, StyleplugError
from styleplug.extras import import_extra

ATTEMPTS = 3
"""How many workers a picture may end before it has failed."""
PATIENCE = 10
"""Seconds to wait for a scheduler's answer, and for its first worker."""
_IN_HAND = 2
"""Tasks to a worker: one that it does, and one that it finds when it has done that."""
_GLANCE = 5.0
"""Seconds between looks at which workers there are."""


class Cluster:
    """The workers of a Dask cluster, those that come later included.

    Args:
        address: the scheduler's, such as "tcp://host:8786".

    Raises:
        MissingDependencyError: Dask isn't installed.
        ConfigError: this is no address.
        StyleplugError: no scheduler answers there.
    """

    def __init__(self, address: str) -> None:
        self._dask = import_extra("distributed", "cluster")
        for name in ("distributed", "distributed.client", "tornado.application", "asyncio"):
            # What matters becomes an error; their tracebacks would come on top of it.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._address = address
        try:
            self._client = self._dask.Client(address, timeout=PATIENCE, set_as_default=False)
        except ValueError as error:
            raise ConfigError("scheduler", address, "an address such as tcp://host:8786") from error
        except OSError as error:
            raise StyleplugError(
                f"no Dask scheduler answers at {address}; start one with: dask scheduler"
            ) from error
        self._completed = self._dask.as_completed(
            loop=self._client.loop, with_results=True, raise_errors=False
        )
        self._tasks: dict[Any, Task] = {}
        self._blamed: Counter[int] = Counter()
        self._lease: Lease | None = None
        self._looked = -math.inf

    @property
    def width(self) -> int:
        """Enough for each worker to have another task when it is done with one."""
        if time.monotonic() - self._looked > _GLANCE:
            self._look()
        return max(1, _IN_HAND * (self._gpus or len(self._workers)))

    def submit(self, task: Task) -> None:
        """Give a task to the scheduler; first of all, see whether the workers can do any.

        Raises:
            StyleplugError: there are none, or one of them can't.
        """
        if self._lease is None:
            self._lease = self._agreed(task)
        future = self._client.submit(
            attempt,
            *(task, self._lease, task.source.exists()),
            resources={"GPU": 1} if self._gpus and task.job.may_use_gpu else None,
            pure=False,
        )
        self._tasks[future] = task
        self._completed.add(future)

    def receive(self) -> Sequence[TaskProgress | Outcome]:
        """What the workers have done. Where all are lost, it waits for others to come.

        Raises:
            StyleplugError: the scheduler is lost.
        """
        return [
            outcome
            for future, result in self._completed.next_batch()
            for outcome in self._received(future, result)
        ]

    def close(self) -> None:
        """Let go of the cluster: what waits is dropped, what is at work notices (see `Lease`)."""
        self._client.close()

    def _received(self, future: Any, result: Any) -> Iterator[Outcome]:
        task = self._tasks.pop(future)
        if future.status == "finished":
            del self._blamed[task.id]
            yield result
        elif future.status != "error":
            raise StyleplugError(
                f"the connection to the scheduler at {self._address} is lost; the same command"
                " again goes on from here"
            )
        elif isinstance(result[1], self._dask.KilledWorker) and self._blamed[task.id] < ATTEMPTS:
            # It may just have waited in line at workers that another picture has ended.
            self._blamed[task.id] += 1
            self.submit(task)
        else:
            problem = f"the cluster can't do it: {type(result[1]).__name__}: {result[1]}"
            yield Outcome(task.id, 0.0, error=StyleplugError(problem), is_fatal=True)

    def _agreed(self, task: Task) -> Lease:
        """The lease of this batch, to which all workers that there are have agreed."""
        lease = Lease(task.staging / "marker", uuid.uuid4().hex, styleplug.__version__)
        lease.marker.write_text(lease.token)
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise StyleplugError(
                f"the scheduler at {self._address} has no workers; start some with:"
                f" dask worker {self._address} --nthreads 1 --nworkers N"
            ) from error
        self._look()
        source = task.source if task.source.exists() else None
        answers = self._client.run(lease.violation, source, on_error="return")
        problems = [f"worker {name}: {answer}" for name, answer in answers.items() if answer]
        if problems:
            raise StyleplugError("; ".join(problems))
        return lease

    def _look(self) -> None:
        """See which workers there are, and whether each does one picture at a time, as it must: a
        picture's warnings are what its process logs meanwhile, and cores are shared by process."""
        self._workers = self._client.scheduler_info(n_workers=-1)["workers"]
        self._gpus = int(sum(each["resources"].get("GPU", 0) for each in self._workers.values()))
        self._looked = time.monotonic()
        for name, worker in self._workers.items():
            if worker["nthreads"] != 1:
                raise StyleplugError(
                    f"worker {name}: has {worker['nthreads']} threads; start it with:"
                    f" dask worker {self._address} --nthreads 1 --nworkers N"
                )


@dataclass(frozen=True)
class Lease:
    """What a worker must have in common with who leads the batch, for as long as that lasts.

    Args:
        marker: a file in the staging folder, which goes when the batch ends.
        token: what is in it.
        version: of styleplug.
    """

    marker: Path
    token: str
    version: str

    @property
    def is_active(self) -> bool:
        """Whether the batch still goes on, as far as can be seen from here."""
        try:
            return self.marker.read_text() == self.token
        except OSError:
            return False

    def violation(self, source: Path | None) -> str | None:
        """What a worker lacks, None for nothing; `source` is a picture that it should see."""
        if styleplug.__version__ != self.version:
            return (
                f"has styleplug {styleplug.__version__}, but the batch {self.version}; install"
                " the same there"
            )
        if not self.is_active:
            return (
                f"doesn't see the file {self.marker}; the output folder must be there under the"
                " same path"
            )
        if source is not None and not source.exists():
            return f"doesn't see the file {source}; pictures must be there under the same path"
        return None


def attempt(task: Task, lease: Lease, is_there: bool) -> Outcome:
    """Do a task, in a worker's process; what concerns all tasks names the worker.

    Args:
        task: what to do.
        lease: what it is done on.
        is_there: whether the picture was there when the task was submitted.

    Raises:
        Cancelled: the batch has ended meanwhile.
    """
    problem = lease.violation(task.source if is_there else None)
    outcome = _refused(task, problem) if problem else _counted(task, lease)
    if not outcome.is_fatal:
        return outcome
    worker = import_extra("distributed", "cluster").get_worker()
    return replace(outcome, error=StyleplugError(f"worker {worker.address}: {outcome.error}"))


def _counted(task: Task, lease: Lease) -> Outcome:
    """Do a task, unless it has ended too many workers."""

    def notice(progress: TaskProgress) -> None:
        if not lease.is_active:
            raise Cancelled

    attempts = task.staging / f"{task.id}.attempts"
    try:
        with attempts.open("ab") as file:
            earlier = file.tell()
            file.write(b".")
        if earlier < ATTEMPTS:
            outcome = carry_out(task, notice)
        else:
            error = StyleplugError(
                f"{earlier} workers that began it have ended; they may have too little memory"
            )
            outcome = Outcome(task.id, 0.0, error=error)
        attempts.unlink()
        return outcome
    except OSError as error:
        return _refused(task, f"{attempts}: {error.strerror}")


def _refused(task: Task, problem: str) -> Outcome:
    return Outcome(task.id, 0.0, error=StyleplugError(problem), is_fatal=True)
