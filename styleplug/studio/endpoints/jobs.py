"""Jobs: asked for, followed, stopped, and their pictures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from styleplug.errors import ConfigError, StyleplugError
from styleplug.studio.endpoints.asking import body_of, caller_of, job_of, picture, service_of
from styleplug.studio.endpoints.saving import saved_beside
from styleplug.studio.event_stream import encoded
from styleplug.studio.job_queue import PREVIEW, check_format
from styleplug.studio.job_request import all_paintings, checked_recipe
from styleplug.studio.names import is_id, new_id
from styleplug.studio.pictures import size_asked_for, whole_number
from styleplug.studio.problems import Problem, busy, not_found, wrong_field
from styleplug.studio.records import FAILED, QUEUED, Job
from styleplug.studio.service import Service
from styleplug.styles import find_style

_USUAL_COUNT, _LARGEST_COUNT = 50, 200
_USUAL_SIZE = 1024


async def add(request: Request) -> Response:
    """Puts a job into the queue."""
    service, owner = service_of(request), caller_of(request).owner
    recipe = checked_recipe(await body_of(request), service.limits.paintings)
    await _check_references(request, recipe)
    store, limits = service.store, service.limits
    if store.count_waiting(owner) >= limits.jobs or store.count_waiting() >= limits.all_jobs:
        raise busy("too-many-jobs", "the queue is full; try again when a job has ended", 10)
    job = Job(new_id(), owner, QUEUED, time.time(), recipe, recipe["photo"])
    service.queue.add(job)
    return JSONResponse(service.described_job(job), 202)


async def _check_references(request: Request, recipe: dict[str, Any]) -> None:
    """Make sure that all that a recipe speaks of is there, and the caller's."""
    service, owner = service_of(request), caller_of(request).owner
    _check_upload(request, recipe["photo"], "photo")
    if "mask" in recipe:
        _check_upload(request, recipe["mask"], "mask")
    for field in ("after", "start_from"):
        if field in recipe and not (
            is_id(recipe[field]) and service.store.job(recipe[field], owner)
        ):
            raise wrong_field(field, "the id of a job that is there")
    _check_paintings(request, recipe)
    for i, region in enumerate(recipe.get("regions", ())):
        _check_upload(request, region["mask"], f"regions[{i}].mask")
        _check_paintings(request, region, f"regions[{i}].")
    if "format" in recipe:
        try:
            check_format(recipe["format"])
        except ConfigError as error:
            raise Problem.of(error) from error
    if "filter" in recipe:
        await service.catalogue.check_filter(recipe["filter"])


def _check_paintings(request: Request, part: dict[str, Any], place: str = "") -> None:
    """Likewise, the paintings of a recipe, or of a region of it."""
    for i, painting in enumerate(part.get("paintings", ())):
        field = f"{place}paintings[{i}]"
        if "upload" in painting:
            _check_upload(request, painting["upload"], f"{field}.upload")
        else:
            try:
                find_style(painting["style"])
            except StyleplugError as error:
                raise Problem(422, error.code, str(error), f"{field}.style") from error


def _check_upload(request: Request, id: str, field: str) -> None:
    owner = caller_of(request).owner
    if not is_id(id) or service_of(request).store.upload(id, owner) is None:
        raise wrong_field(field, "the id of an upload that is there")


async def listed(request: Request) -> Response:
    """The caller's jobs, newest first: the history."""
    service, asked = service_of(request), request.query_params
    count = whole_number(asked.get("limit", str(_USUAL_COUNT)))
    if not 1 <= count <= _LARGEST_COUNT:
        raise wrong_field("limit", f"a whole number from 1 to {_LARGEST_COUNT}")
    before = asked.get("before")
    if before is not None:
        job_of(request, before)
    jobs = service.store.jobs(caller_of(request).owner, count, before)
    return JSONResponse({"jobs": [service.described_job(job) for job in jobs]})


async def described(request: Request) -> Response:
    """One of them."""
    job = job_of(request, request.path_params["id"])
    return JSONResponse(service_of(request).described_job(job))


async def events(request: Request) -> Response:
    """What becomes of one of them, as it happens."""
    service, job = service_of(request), job_of(request, request.path_params["id"])
    place = service.hub.place(caller_of(request).owner)
    return _EventStream(_events(service, job), place)


async def _events(service: Service, job: Job) -> AsyncIterator[bytes]:
    now = service.store.job(job.id) or job
    if now.has_ended:
        yield encoded("failed" if now.state == FAILED else "done", service.described_job(now))
        return
    topic = service.hub.topic(job.id)  # before anything else can happen, or its end may be missed
    yield encoded("state", service.described_job(now))
    async for event in topic.listen():
        yield event


class _EventStream(StreamingResponse):
    """A stream that takes a listener's place as long as it lasts."""

    def __init__(self, events: AsyncIterator[bytes], place: AbstractContextManager[None]) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._place:
            await super().__call__(scope, receive, send)


async def stop(request: Request) -> Response:
    """Ends one of them; with `keep`, the picture as it is becomes the result."""
    service, body = service_of(request), await body_of(request)
    keep = body.get("keep", False)
    if not isinstance(keep, bool):
        raise wrong_field("keep", "true or false")
    job = job_of(request, request.path_params["id"])
    if job.has_ended:
        raise Problem(409, "ended", "the job has ended already")
    await service.queue.stop(job, keep)
    return JSONResponse(service.described_job(service.store.job(job.id) or job), 202)


async def remove(request: Request) -> Response:
    """Removes one of them, with its pictures."""
    await service_of(request).queue.remove(job_of(request, request.path_params["id"]))
    return Response(status_code=204)


async def preview(request: Request) -> Response:
    """Its picture, small: the result, or how far it is."""
    service, job = service_of(request), job_of(request, request.path_params["id"])
    size = size_asked_for(request.query_params.get("size"), _USUAL_SIZE)
    folder = service.store.job_folder(job.id)
    if not job.result:
        return picture(_existing(folder / PREVIEW))
    upload = service.store.upload(job.photo, job.owner)
    alpha = upload is None or upload.has_alpha  # where nobody knows, PNG does for both
    file = service.store.result_file(job)
    name = file.name
    small = await service.pictures.preview(file, folder, name, size, alpha)
    return picture(small, lasts="v" not in request.query_params)


async def result(request: Request) -> Response:
    """The finished file, with its metadata."""
    service, job = service_of(request), job_of(request, request.path_params["id"])
    if not job.result:
        raise Problem(409, "no-result", "the job has no picture yet, or none at all")
    file = _existing(service.store.result_file(job))
    name = _result_name(request, job) if request.query_params.get("download") == "1" else None
    return picture(file, name=name, lasts=True)


async def save(request: Request) -> Response:
    """Saves the result beside a photograph that the command line named."""
    service, job = service_of(request), job_of(request, request.path_params["id"])
    upload = service.store.upload(job.photo, job.owner)
    if upload is None or not upload.origin:
        raise Problem(409, "no-origin", "this photograph was sent; download the result instead")
    if not job.result:
        raise Problem(409, "no-result", "the job has no picture yet, or none at all")
    file = _existing(service.store.result_file(job))
    name = await asyncio.to_thread(saved_beside, Path(upload.origin), file, _manner(job))
    return JSONResponse({"name": name})


def _result_name(request: Request, job: Job) -> str:
    upload = service_of(request).store.upload(job.photo, job.owner)
    stem = Path(upload.name).stem if upload else "picture"
    return f"{stem}-{_manner(job)}{Path(job.result['file']).suffix}"


def _manner(job: Job) -> str:
    """In whose manner a picture is, as a part of a name."""
    recipe = job.recipe
    if recipe["kind"] == "filter":
        return "".join(c if c.isalnum() else "-" for c in recipe["filter"])[:40]
    styles = [painting["style"] for painting in all_paintings(recipe) if "style" in painting]
    return styles[0][:40] if styles else "painted"


def _existing(path: Path) -> Path:
    if not path.exists():
        raise not_found("picture")
    return path
