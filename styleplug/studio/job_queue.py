"""The queue: jobs one after another, by the worker, so that each has the whole machine. Whoever has
asked for many lets others have a turn between two of them.

A job that was running when the service was killed is begun again, a painting at its checkpoint; one
that the service did not survive several times is given up.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import styleplug
from styleplug.errors import CheckpointError, ConfigError, StyleplugError
from styleplug.studio.event_stream import EventHub
from styleplug.studio.limits import Limits
from styleplug.studio.records import DONE, FAILED, RUNNING, STOPPED, Job
from styleplug.studio.store import Store
from styleplug.studio.worker_host import Conversation, Message, WorkerHost

CHECKPOINT, PREVIEW = "checkpoint.npz", "preview.png"
PREVIEW_SIDE = 1024
"""Longest side of pictures on the way, in pixels."""
_MOST_ATTEMPTS = 3

_log = logging.getLogger("styleplug")


class JobQueue:
    """Does the jobs of a store.

    Args:
        store: that has them.
        hub: where it is told what becomes of them.
        worker: that does the work.
        limits: of the service.
        described: a job as clients see it.
    """

    def __init__(
        self,
        store: Store,
        hub: EventHub,
        worker: WorkerHost,
        limits: Limits,
        described: Callable[[Job], dict[str, Any]],
    ) -> None:
        self._store, self._hub, self._worker, self._limits = store, hub, worker, limits
        self._described = described
        self._wake = asyncio.Event()
        self._current: _Running | None = None
        self._last_owner = ""

    async def run(self) -> None:
        """Do jobs until cancelled."""
        while True:
            self._wake.clear()
            job = self._store.next_job(self._last_owner)
            if job is None:
                await self._wake.wait()
            elif job.attempts >= _MOST_ATTEMPTS:
                message = "the service ended each time that it worked on this; try a smaller size"
                self._end(job, FAILED, error={"code": "crashed", "message": message})
            else:
                await self._do(job)
            self._store.prune()

    def add(self, job: Job) -> None:
        """Put a job at the end."""
        self._store.add_job(job)
        self._tell(job)
        self._wake.set()

    async def stop(self, job: Job, keep: bool) -> None:
        """End a job that has not ended, with the picture as it is if that is to be kept."""
        if self._current and self._current.job.id == job.id:
            await self._current.stop(keep)
        else:
            self._end(job, STOPPED)

    async def remove(self, job: Job) -> None:
        """Remove a job, with all that is of it; one that runs is ended."""
        current = self._current
        if current and current.job.id == job.id:
            await current.stop(keep=False)
            await current.ended.wait()
        elif not job.has_ended:
            self._end(job, STOPPED)
        self._store.remove_job(job.id)

    async def _do(self, job: Job) -> None:
        self._last_owner = job.owner
        job = replace(job, state=RUNNING, attempts=job.attempts + 1, progress={"fraction": 0.0})
        self._save(job)
        async with self._worker.conversation() as talk:
            running = self._current = _Running(job, talk)
            try:
                await self._converse(running)
            except StyleplugError as error:
                self._fail(running.job, error.code, str(error))
            except OSError as error:
                self._fail(running.job, "image-unwritable", f"no room ({error.strerror})")
            finally:
                self._current = None
                running.ended.set()

    async def _converse(self, running: _Running) -> None:
        folder = await running.talk.open()
        kind, fields = worker_message(running.job, self._store)
        if kind == "stylize":
            fields["checkpoint_seconds"] = self._limits.checkpoint_seconds
        await running.begin(kind, fields)
        timer = asyncio.get_running_loop().call_later(self._limits.job_seconds, running.time_out)
        try:
            async for message in running.talk.messages():
                await self._hear(running, message)
        finally:
            timer.cancel()
        with suppress(OSError):
            shutil.rmtree(folder)

    async def _hear(self, running: _Running, message: Message) -> None:
        job = running.job
        match message["type"]:
            case "planned":
                seconds = message["seconds"]
                notes = " ".join(message["notes"])
                self._progress(running, 0.0, seconds, notes)
            case "progress":
                self._progress(running, message["fraction"], message["remaining"], message["text"])
            case "preview":
                self._keep_preview(running, message)
            case "finished":
                state = DONE if message["stopped"] != "stopped" else STOPPED
                result = await asyncio.to_thread(self._keep_result, job, message["result"])
                self._end(job, state, result=result)
            case "cancelled" if running.is_over_time:
                hours = f"{self._limits.job_seconds / 60:g} minutes"
                self._fail(job, "time", f"it took more than the {hours} that a job may take")
            case "cancelled":
                self._end(job, STOPPED)
            case "failed" if message["code"] == CheckpointError.code:
                # Of another version, or damaged: the job is begun anew, in its turn.
                (self._store.job_folder(job.id) / CHECKPOINT).unlink(missing_ok=True)
            case "failed":
                self._fail(job, message["code"], message["message"])

    def _progress(self, running: _Running, fraction: float, seconds: float, text: str) -> None:
        progress = {"fraction": fraction, "seconds_left": seconds, "message": text}
        running.job = replace(running.job, progress=progress)
        self._hub.publish(running.job.id, "progress", progress)

    def _keep_preview(self, running: _Running, message: Message) -> None:
        running.previews += 1
        job = running.job
        _move(Path(message["path"]), self._store.job_folder(job.id) / PREVIEW)
        url = f"/api/v1/jobs/{job.id}/preview?v={running.previews}"
        size = {"width": message["width"], "height": message["height"]}
        self._hub.publish(job.id, "preview", {"url": url, **size})

    def _keep_result(self, job: Job, result: Message) -> dict[str, Any]:
        source = Path(result["path"])
        file = f"result{source.suffix}"
        target = self._store.job_folder(job.id) / file
        _move(source, target)
        return {
            "file": file,
            "width": result["width"],
            "height": result["height"],
            "bytes": target.stat().st_size,
            "format": result["format"],
        }

    def _fail(self, job: Job, code: str, message: str) -> None:
        text = self._without_paths(message)
        self._end(job, FAILED, error={"code": code, "message": text})

    def _without_paths(self, message: str) -> str:
        """A text without the folders of this machine."""
        return message.replace(f"{self._store.folder}{os.sep}", "")

    def _end(self, job: Job, state: str, **changes: Any) -> None:
        job = replace(job, state=state, **changes)
        (self._store.job_folder(job.id) / CHECKPOINT).unlink(missing_ok=True)
        self._store.save_job(job)
        self._hub.publish(job.id, "failed" if state == FAILED else "done", self._described(job))

    def _save(self, job: Job) -> None:
        self._store.save_job(job)
        self._tell(job)

    def _tell(self, job: Job) -> None:
        self._hub.publish(job.id, "state", self._described(job))

    def progress_of(self, job: Job) -> dict[str, Any]:
        """How far a job is; what the store knows of one that runs is how it began."""
        current = self._current
        return current.job.progress if current and current.job.id == job.id else job.progress


class _Running:
    """The job that is being done."""

    def __init__(self, job: Job, talk: Conversation) -> None:
        self.job, self.talk = job, talk
        self.ended = asyncio.Event()
        self.previews = 0
        self.is_over_time = False
        self._has_begun = False
        self._wish: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, kind: str, fields: dict[str, Any]) -> None:
        """Ask for the work; and for its end, where that was wished meanwhile."""
        await self.talk.say(kind, **fields)
        self._has_begun = True
        if self._wish:
            await self.talk.say(self._wish)

    async def stop(self, keep: bool) -> None:
        """Have it end."""
        self._wish = "stop" if keep and self.job.recipe["kind"] == "stylize" else "cancel"
        if self._has_begun:
            await self.talk.say(self._wish)

    def time_out(self) -> None:
        """Have it end because of its time; a painting is kept as it is."""
        self.is_over_time = True
        self._tasks.add(asyncio.ensure_future(self.stop(keep=True)))


def worker_message(job: Job, store: Store) -> tuple[str, dict[str, Any]]:
    """The message, but for its id, that asks the worker for a job.

    Raises:
        StyleplugError: a picture that it speaks of is no longer there.
    """
    recipe = job.recipe
    photo = _picture(store, job.owner, {"upload": recipe["photo"]})
    if "after" in recipe:
        photo = _picture(store, job.owner, {"job": recipe["after"]})
    fields: dict[str, Any] = {
        "photo": {"path": str(photo)},
        "options": dict(recipe["options"]),
        "result": {"format": recipe.get("format") or result_format(photo)},
    }
    if "mask" in recipe:
        fields["mask"] = {"path": str(_picture(store, job.owner, {"upload": recipe["mask"]}))}
    if recipe["kind"] == "filter":
        return "filter", fields | {"filter": recipe["filter"]}
    if "start_from" in recipe:
        fields["options"]["init"] = str(_picture(store, job.owner, {"job": recipe["start_from"]}))
    paintings = _paintings(recipe, store, job.owner)
    for region in recipe.get("regions", ()):
        mask = {"path": str(_picture(store, job.owner, {"upload": region["mask"]}))}
        of_region = _paintings(region, store, job.owner)
        paintings += [painting | {"region": mask} for painting in of_region]
    return "stylize", fields | {
        "paintings": paintings,
        "preset": recipe["preset"],
        "preview": PREVIEW_SIDE,
        "checkpoint": str(store.job_folder(job.id) / CHECKPOINT),
    }


def _paintings(part: Mapping[str, Any], store: Store, owner: str) -> list[dict[str, Any]]:
    """The paintings of a recipe, or of a region of it, as the worker has them."""
    paintings: list[dict[str, Any]] = [
        {"name": painting["style"]}
        if "style" in painting
        else {"path": str(_picture(store, owner, painting))}
        for painting in part.get("paintings", ())
    ]
    for painting, weight in zip(paintings, part.get("weights", ()), strict=False):
        painting["weight"] = weight
    return paintings


def _picture(store: Store, owner: str, source: dict[str, str]) -> Path:
    """The file of an upload, or of the result of a job."""
    if "upload" in source:
        if upload := store.upload(source["upload"], owner):
            return store.upload_file(upload)
    elif earlier := store.job(source["job"], owner):
        if earlier.result:
            return store.result_file(earlier)
        preview = store.job_folder(earlier.id) / PREVIEW
        if preview.exists():
            return preview
    raise StyleplugError("a picture that this job needs is no longer there; send it again")


def result_format(photo: Path) -> str:
    """The name of the format of a result: the photograph's own, or png where that isn't written."""
    suffix = photo.suffix.lower()
    formats = (known.name for known in styleplug.list_formats() if suffix in known.writes)
    return next(formats, "png")


def check_format(name: str) -> None:
    """Make sure that pictures are written in a format of this name.

    Raises:
        ConfigError: they aren't.
    """
    written = [known.name for known in styleplug.list_formats() if known.writes]
    if name not in written:
        raise ConfigError("format", name, f"one of {', '.join(written)}")


def _move(source: Path, target: Path) -> None:
    """Move a file, even to another file system; whoever reads the target sees a whole one."""
    partial = target.with_name(f".{target.name}.part")
    shutil.move(source, partial)
    os.replace(partial, target)
