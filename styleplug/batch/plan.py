"""What there is to do for each picture, seeing what was done before and what is in its place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from styleplug.batch.events import PictureFailed, PictureSkipped
from styleplug.batch.inputs import InputFile
from styleplug.batch.journal import Journal, JournalEntry
from styleplug.batch.task import Stamp, Task
from styleplug.errors import ConfigError, ImageError, UnreadableImageError, UnwritableImageError
from styleplug.jobs.job import PictureJob
from styleplug.jobs.provenance import SourceFile

Step = Task | PictureSkipped | PictureFailed | None
"""Something to do, something to say, or nothing: it was done before."""


@dataclass(frozen=True)
class BatchSpec:
    """What a batch is to do.

    Args:
        job: what is done to each picture.
        folder: where results go, an absolute path; it is made as needed.
        suffix: what is added to each name, before its extension.
        kind: the extension of all results, without the dot; None for each picture's own.
        overwrite: whether files of others, and results of other work, may be replaced.
        skip_existing: whether pictures are left out whose place is taken.
    """

    job: PictureJob
    folder: Path
    suffix: str = ""
    kind: str | None = None
    overwrite: bool = False
    skip_existing: bool = False


class Planner:
    """Plans the tasks of a batch.

    Args:
        spec: what to do.
        journal: what was done before.
        staging: the folder for what isn't finished.
    """

    def __init__(self, spec: BatchSpec, journal: Journal, staging: Path) -> None:
        self._spec = spec
        self._journal = journal
        self._staging = staging
        self._digest = spec.job.digest()

    def relative_output(self, task: Task) -> PurePath:
        """Where a task's result is in the output folder."""
        return task.output.relative_to(self._spec.folder)

    def work(self, source: Path) -> str:
        """The digest of what is done to a picture, with the contents of its masks."""
        job = self._spec.job
        try:
            own = [one for one in job.for_photo(source).pictures if one not in job.pictures]
        except UnreadableImageError:  # whoever carries it out says so
            return self._digest
        texts = [self._digest, *(SourceFile.of(mask).sha256 for mask in own)]
        return hashlib.sha256("".join(texts).encode()).hexdigest() if own else self._digest

    def planned(self, pictures: Iterable[tuple[InputFile, PurePath]]) -> list[Step]:
        """What there is to do for pictures, each with the place of its result.

        Raises:
            ConfigError: there are results of other work, which may not be replaced.
        """
        return [self._step(id, found.source, output) for id, (found, output) in enumerate(pictures)]

    def taken_meanwhile(self, task: Task) -> PictureFailed | None:
        """What to say of a task in whose place a file of others has appeared since it was planned.

        One that was started before may still have been in the hands of someone, who was done now.
        """
        if not task.is_published:
            return None
        entry = self._journal.entry(self.relative_output(task))
        is_its_own = entry is not None and entry.state == "started" and entry.stamp == task.before
        return None if is_its_own else _taken(task)

    def _step(self, id: int, source: Path, relative_output: PurePath) -> Step:
        entry = self._journal.entry(relative_output)
        task = Task(
            id=id,
            job=self._spec.job,
            source=source,
            output=self._spec.folder / relative_output,
            before=Stamp.of(self._spec.folder / relative_output, follow=False),
            staging=self._staging,
        )
        if task.before is not None:
            if entry is not None and self._is_current(entry, source):
                return None
            if self._spec.skip_existing:
                return PictureSkipped(str(source), str(task.output))
            if not self._spec.overwrite:
                # Either made by an earlier run, or what one was allowed to replace.
                if entry is None or entry.stamp != task.before:
                    return _taken(task)
                self._check_work(entry, source)
        return self._sidecars_in_the_way(task, relative_output) or task

    def _is_current(self, entry: JournalEntry, source: Path) -> bool:
        """Whether a result is what this work would come to, unless someone has changed it since."""
        return (
            entry.state == "done"
            and entry.source_stamp == Stamp.of(source)
            and entry.work == self.work(source)
        )

    def _check_work(self, entry: JournalEntry, source: Path) -> None:
        if entry.state == "done" and entry.work != self.work(source):
            raise ConfigError(
                "output",
                str(self._spec.folder),
                f"another folder, or --overwrite be given: {entry.relative_output} in it was made"
                " with other options, or another mask",
            )

    def _sidecars_in_the_way(self, task: Task, relative_output: PurePath) -> PictureFailed | None:
        from styleplug.image.sidecar import check_sidecars

        if task.job.strip:
            return None
        try:
            check_sidecars(task.source, task.output, overwrite=self._spec.overwrite)
        except ImageError as error:
            # A sidecar of photo.jpg is one of photo.raw too, and stays so.
            if not isinstance(error, UnwritableImageError) or not self._journal.has_begun(
                relative_output
            ):
                return PictureFailed.of(task.source, error)
        return None


def _taken(task: Task) -> PictureFailed:
    from styleplug.image.write import EXISTS

    return PictureFailed.of(task.source, UnwritableImageError(task.output, EXISTS))
