"""Leads a batch: plans what is to be done, has it done, and notes what becomes of it.

All that is its own is in `.styleplug` in the output folder: the journal, a lock, and what isn't
finished.
"""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from styleplug.batch.events import (
    BatchEvent,
    BatchPlanned,
    PictureAdvanced,
    PictureDone,
    PictureFailed,
    PictureSkipped,
    PictureStarted,
)
from styleplug.batch.executors import Executor
from styleplug.batch.inputs import InputFile
from styleplug.batch.journal import Journal, JournalEntry
from styleplug.batch.names import Names
from styleplug.batch.plan import BatchSpec, Planner
from styleplug.batch.task import Outcome, Stamp, Task, TaskProgress
from styleplug.errors import StyleplugError, UnwritableImageError

PRIVATE = ".styleplug"


class Batch:
    """A batch at work, the only one in its folder as long as the context lasts.

    Args:
        spec: what to do.
        executor: who does it; closed in the end.

    Raises:
        UnwritableImageError: the folder can't be made or written to, or not in this format.
        StyleplugError: the journal can't be used.
    """

    def __init__(self, spec: BatchSpec, executor: Executor) -> None:
        self._spec = spec
        self._executor = executor
        self._private = spec.folder / PRIVATE
        self._staging = self._private / "staging"
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with self._stack:  # which undoes all of it should a step fail
            self._stack.callback(self._executor.close)
            self._check_kind()
            self._claim_folder()
            self.journal = Journal(self._private / "journal.sqlite")
            self._stack.callback(self.journal.close)
            self._reconcile()
            self._names = Names(
                self._spec.folder,
                self.journal.sources(),
                self._spec.job.inputs,
                self._spec.suffix,
                self._spec.kind,
            )
            self._planner = Planner(self._spec, self.journal, self._staging)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def run(self, pictures: Iterable[InputFile]) -> Iterator[BatchEvent]:
        """Do pictures, but for what was done before; say what becomes of them.

        A result of the same work, made from the picture as it is, isn't made again. One of a
        picture that has changed since is.

        Raises:
            ConfigError: there are results of other work, which may not be replaced.
            StyleplugError: something that concerns all pictures, such as a full disk.
        """
        plan = self._planner.planned(self._names.assigned(pictures))
        yield BatchPlanned(len(plan), plan.count(None))
        yield from (step for step in plan if isinstance(step, PictureSkipped | PictureFailed))
        yield from self._carried_out([step for step in plan if isinstance(step, Task)])

    def _claim_folder(self) -> None:
        """Keep other batches out, and throw away what an earlier one hadn't finished."""
        from styleplug.runtime.locks import exclusive

        folder = self._spec.folder
        try:
            self._private.mkdir(parents=True, exist_ok=True)
            self._check_own()
            self._stack.enter_context(exclusive(self._private / "lock", f"a batch in {folder}"))
            shutil.rmtree(self._staging, ignore_errors=True)
            self._staging.mkdir(exist_ok=True)
        except OSError as error:
            raise UnwritableImageError(
                folder, f"no results can be put here ({error.strerror}); choose another folder"
            ) from error
        self._stack.callback(shutil.rmtree, self._staging, ignore_errors=True)

    def _check_own(self) -> None:
        """Make sure that what is to be written and deleted lies here, not where a link leads that
        came with the folder.

        Raises:
            UnwritableImageError: there is a link, or something else than files and folders.
        """
        inside = [] if self._private.is_symlink() else self._private.iterdir()
        for path in (self._private, *inside):
            mode = path.lstat().st_mode
            if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                raise UnwritableImageError(
                    path, "is a link, or no file, where a batch keeps what is its own; remove it"
                )

    def _check_kind(self) -> None:
        """Make sure that results can be written in the format that was asked for."""
        from styleplug.api import check_output

        kind = self._spec.kind
        if kind is not None:
            try:
                anywhere = Path(tempfile.gettempdir(), f"picture.{kind}")
                check_output(anywhere, inputs=(), overwrite=True)
            except UnwritableImageError as error:
                raise error.about(f"--format {kind}") from error

    def _reconcile(self) -> None:
        """Note the results that are in their places, though nobody lived to say so."""
        for entry in list(self.journal.entries("started")):
            stamp = Stamp.of(self._spec.folder / entry.relative_output, follow=False)
            if stamp not in (None, entry.stamp):
                self.journal.finish(entry.relative_output, stamp, entry.seconds)

    def _carried_out(self, tasks: Sequence[Task]) -> Iterator[BatchEvent]:
        waiting = iter(tasks)
        running: dict[int, Task] = {}
        while True:
            while len(running) < self._executor.width and (task := next(waiting, None)):
                if problem := self._planner.taken_meanwhile(task):
                    yield problem
                    continue
                self._start(task)
                running[task.id] = task
                yield PictureStarted(str(task.source))
            if not running:
                return
            for update in self._executor.receive():
                if isinstance(update, TaskProgress):
                    yield PictureAdvanced(str(running[update.id].source), update.fraction)
                    continue
                event = self._noted(running.pop(update.id), update)
                if update.error is not None and update.is_fatal:
                    raise _for_all(update.error)
                yield event

    def _start(self, task: Task) -> None:
        self.journal.start(
            JournalEntry(
                relative_output=self._planner.relative_output(task),
                source=task.source,
                work=self._planner.work(task.source),
                source_stamp=Stamp.of(task.source),
                state="started",
                stamp=task.before,
            )
        )
        self._executor.submit(task)

    def _noted(self, task: Task, outcome: Outcome) -> PictureDone | PictureFailed:
        """The outcome, once it is in the journal."""
        output = self._planner.relative_output(task)
        if outcome.error is None:
            self.journal.finish(output, outcome.stamp, outcome.seconds)
            done = outcome.seconds, outcome.warnings, outcome.device
            return PictureDone(str(task.source), str(task.output), *done)
        failed = PictureFailed.of(task.source, outcome.error)
        self.journal.fail(output, failed.problem)
        return failed


def _for_all(error: StyleplugError) -> StyleplugError:
    """What ends the batch. Where a picture can't be written, it isn't what was asked for that is at
    fault."""
    return StyleplugError(str(error)) if isinstance(error, UnwritableImageError) else error
