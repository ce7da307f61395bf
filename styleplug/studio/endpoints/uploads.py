"""Pictures that clients send."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from styleplug.studio.endpoints.asking import caller_of, picture, service_of, upload_of
from styleplug.studio.names import new_id, safe_name
from styleplug.studio.pictures import FILTER_SIZE, LARGEST_FILTER, size_asked_for
from styleplug.studio.problems import Problem, busy, not_found, wrong_field
from styleplug.studio.records import Upload

_USUAL_SIZE = 1024


async def add(request: Request) -> Response:
    """Takes the picture in the field `file` of a form of several parts."""
    service, owner = service_of(request), caller_of(request).owner
    turns = request.app.state.turns.setdefault(
        owner, asyncio.Semaphore(service.limits.uploads_at_once)
    )
    try:  # what is sent meanwhile waits in the connection, and takes nothing here
        async with asyncio.timeout(service.limits.silence_seconds):
            await turns.acquire()
    except TimeoutError:
        raise busy("too-many-uploads", "send fewer pictures at once") from None
    try:
        upload = await _taken_in(request, owner)
    finally:
        turns.release()
    service.store.prune()
    return JSONResponse(service.described_upload(upload), 201)


async def _taken_in(request: Request, owner: str) -> Upload:
    service, id = service_of(request), new_id()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise Problem(415, "content-type", "the body must be of the type multipart/form-data")
    try:
        form = await request.form(max_files=1, max_fields=8)
    except HTTPException as error:
        raise Problem(400, "form", f"the form can't be read ({error.detail})") from error
    try:
        sent = form.get("file")
        if not isinstance(sent, UploadFile) or not sent.size:
            raise wrong_field("file", "a picture's file, with its name")
        name = safe_name(sent.filename)
        folder = service.store.upload_folder(id)
        await asyncio.to_thread(_copy, sent, folder / name)
    except OSError as error:
        service.store.remove_upload(id)
        raise Problem(507, "disk-full", f"no room for it ({error.strerror})") from error
    finally:
        await form.close()
    return await service.take_in(folder / name, name, owner, id=id)


def _copy(sent: UploadFile, path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    with path.open("xb") as file:
        shutil.copyfileobj(sent.file, file)


async def listed(request: Request) -> Response:
    """The caller's pictures, newest first."""
    service = service_of(request)
    uploads = service.store.uploads(caller_of(request).owner)
    return JSONResponse({"uploads": [service.described_upload(upload) for upload in uploads]})


async def described(request: Request) -> Response:
    """One of them."""
    upload = upload_of(request, request.path_params["id"])
    return JSONResponse(service_of(request).described_upload(upload))


async def remove(request: Request) -> Response:
    """Removes one, unless a job that has not ended needs it; never the file of the command line."""
    service, upload = service_of(request), upload_of(request, request.path_params["id"])
    if service.store.is_in_use(upload.id):
        raise Problem(409, "in-use", "a job needs this picture; stop that first")
    service.store.remove_upload(upload.id)
    return Response(status_code=204)


async def preview(request: Request) -> Response:
    """One of them, small."""
    service, upload = service_of(request), upload_of(request, request.path_params["id"])
    size = size_asked_for(request.query_params.get("size"), _USUAL_SIZE)
    store = service.store
    small = await service.pictures.preview(
        store.upload_file(upload),
        store.upload_folder(upload.id),
        upload.name,
        size,
        upload.has_alpha,
    )
    return picture(small, lasts=True)


async def filtered(request: Request) -> Response:
    """One of them through a filter, small."""
    service, upload = service_of(request), upload_of(request, request.path_params["id"])
    size = size_asked_for(request.query_params.get("size"), FILTER_SIZE, LARGEST_FILTER)
    name = request.path_params["name"]
    if name not in {filter["name"] for filter in (await service.catalogue.get())["filters"]}:
        raise not_found("filter")
    folder = service.store.upload_folder(upload.id)
    return picture(await service.pictures.filtered(upload, folder, name, size), lasts=True)
