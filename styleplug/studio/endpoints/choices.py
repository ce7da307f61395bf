"""The catalogue, and the collection of styles."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import styleplug
from styleplug.studio.catalogue import style_of
from styleplug.studio.endpoints.asking import (
    body_of,
    caller_of,
    picture,
    service_of,
    upload_of,
)
from styleplug.studio.names import new_id
from styleplug.studio.problems import Problem, wrong_field

CAPABILITIES = ("weights", "mask", "person-mask")
"""What else works; pages hide what doesn't."""
_LONGEST_NAME = 64


async def person_mask(request: Request) -> Response:
    """Adds an upload: a mask of the persons in another."""
    service, body = service_of(request), await body_of(request)
    upload, id = upload_of(request, str(body.get("upload"))), new_id()
    name = f"{Path(upload.name).stem}-person.png"
    file = service.store.upload_folder(id) / name
    file.parent.mkdir(mode=0o700)
    if not await service.pictures.mask(service.store.upload_file(upload), upload.name, file):
        service.store.remove_upload(id)
        raise Problem(422, "nobody", f"nobody is found in {upload.name}; paint the region")
    mask = await service.take_in(file, name, caller_of(request).owner, id=id)
    service.store.prune()
    return JSONResponse(service.described_upload(mask), 201)


async def health(request: Request) -> Response:
    """Says that the service lives."""
    return JSONResponse({"version": styleplug.__version__})


async def catalogue(request: Request) -> Response:
    """All that there is to choose from, and the limits."""
    service = service_of(request)
    limits = {
        name: getattr(service.limits, name)
        for name in ("upload_bytes", "pixels", "jobs", "paintings", "disk_bytes", "job_seconds")
    }
    known = await service.catalogue.get()
    return JSONResponse({**known, "limits": limits, "capabilities": CAPABILITIES})


async def thumbnail(request: Request) -> Response:
    """A style's small picture."""
    return picture(style_of(request.path_params["id"]).thumbnail, lasts=True)


async def add_style(request: Request) -> Response:
    """Adds an upload to the user's collection."""
    service, body = service_of(request), await body_of(request)
    name = body.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise wrong_field("name", f"a text of at most {_LONGEST_NAME} characters")
    upload = upload_of(request, str(body.get("upload")))
    file = service.store.upload_file(upload)
    return JSONResponse(await service.catalogue.add_style(upload, file, name), 201)
