"""A service as a whole: its store, queue, worker and processes for pictures, begun and ended."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from styleplug.studio.access import COMMAND_LINE
from styleplug.studio.catalogue import Catalogue
from styleplug.studio.event_stream import EventHub
from styleplug.studio.job_queue import JobQueue
from styleplug.studio.limits import Limits
from styleplug.studio.names import new_id, safe_name
from styleplug.studio.picture_workers import PictureWorkers
from styleplug.studio.pictures import SmallPictures
from styleplug.studio.problems import Problem
from styleplug.studio.records import QUEUED, Job, Upload
from styleplug.studio.store import Store
from styleplug.studio.worker_host import WorkerHost

_PICTURE_PROCESSES = 2

_log = logging.getLogger("styleplug")


class Service:
    """All that answers requests have need of.

    Args:
        folder: what the service keeps is there; it is no other service's.
        limits: of it.
        photographs: that the command line named.
    """

    def __init__(self, folder: Path, limits: Limits, photographs: Iterable[Path] = ()) -> None:
        self.limits = limits
        self.store = Store(folder, limits)
        self.hub = EventHub(limits)
        self.worker = WorkerHost()
        self.catalogue = Catalogue(self.worker)
        self.workers = PictureWorkers(_PICTURE_PROCESSES, limits.picture_seconds)
        self.pictures = SmallPictures(self.workers, limits)
        self.queue = JobQueue(self.store, self.hub, self.worker, limits, self.described_job)
        self._photographs = tuple(photographs)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The time in which it works; what waits in the queue is then done."""
        self.store.clear_strays()
        self.store.prune()
        await self.workers.warm_up()
        await self.open_photographs(self._photographs)
        doing = asyncio.create_task(self._do_jobs())
        try:
            yield
        finally:
            doing.cancel()
            with suppress(asyncio.CancelledError):
                await doing
            await self.worker.close()
            await self.workers.close()
            self.store.close()

    async def _do_jobs(self) -> None:
        """The queue, begun again where an error of ours would end it."""
        while True:
            try:
                await self.queue.run()
            except Exception:
                _log.exception("the queue failed, and is begun again")
                await asyncio.sleep(1)

    async def open_photographs(self, paths: Iterable[Path]) -> None:
        """Take in what the command line named; what is no picture is said there."""
        for path in paths:
            try:
                await self.take_in(path, path.name, COMMAND_LINE, origin=path)
            except Problem as problem:
                _log.warning("%s", problem.message)

    async def take_in(
        self, file: Path, name: str, owner: str, origin: Path | None = None, id: str | None = None
    ) -> Upload:
        """Keep a picture as an upload.

        Args:
            file: of the picture; in the upload's folder already, unless it is an `origin`.
            name: as people know it.
            owner: whose it is.
            origin: the file, where the command line named it; it stays where it is.
            id: of the upload.

        Raises:
            Problem: it is no picture that can be used.
        """
        id = id or new_id()
        folder = self.store.upload_folder(id)
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            width, height, has_alpha = await self.pictures.take_in(file, name, folder)
        except BaseException:
            self.store.remove_upload(id)
            raise
        origin_text = str(origin.absolute()) if origin else ""
        upload = Upload(
            id, owner, safe_name(name), origin_text, width, height, has_alpha, time.time()
        )
        self.store.add_upload(upload)
        return upload

    def adopt(self, owner: str) -> None:
        """Give a browser that has come the photographs that the command line named."""
        self.store.adopt(owner, COMMAND_LINE)

    def described_upload(self, upload: Upload) -> dict[str, Any]:
        """An upload as clients see it."""
        address = f"/api/v1/uploads/{upload.id}"
        return {
            "id": upload.id,
            "name": upload.name,
            "width": upload.width,
            "height": upload.height,
            "has_alpha": upload.has_alpha,
            "origin": bool(upload.origin),
            "created": upload.created,
            "thumbnail": f"{address}/preview?size=192",
            "preview": f"{address}/preview?size=1024",
        }

    def described_job(self, job: Job) -> dict[str, Any]:
        """A job as clients see it."""
        address = f"/api/v1/jobs/{job.id}"
        said: dict[str, Any] = {
            "id": job.id,
            "state": job.state,
            "kind": job.recipe["kind"],
            "photo": job.photo,
            "created": job.created,
            "recipe": job.recipe,
            "progress": self.queue.progress_of(job),
        }
        if photo := self.store.upload(job.photo, job.owner):
            said["photo_name"] = photo.name
        if job.state == QUEUED:
            said["before"] = self.store.waiting_before(job)
        if job.error:
            said["error"] = job.error
        if job.result:
            shown = {name: job.result[name] for name in ("width", "height", "bytes", "format")}
            said["result"] = shown | {
                "url": f"{address}/result",
                "preview": f"{address}/preview?size=1024",
            }
        return said
