"""The catalogue, and the collection of styles."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import styleplug
from styleplug.studio.catalogue import style_of
from styleplug.studio.endpoints.asking import body_of, picture, service_of, upload_of
from styleplug.studio.problems import Problem, wrong_field

CAPABILITIES = ("weights", "mask", "regions")
"""Of `weights`, `mask`, `regions` and `person-mask`, those that work; pages hide the others."""
_LONGEST_NAME = 64


async def person_mask(request: Request) -> Response:
    """Where there is a person in an upload, once there is a model that finds it."""
    raise Problem(501, "not-available", "persons can't be found by this version; paint the region")


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
