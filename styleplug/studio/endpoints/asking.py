"""What all endpoints take from a request, and how they answer with files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Never
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse

from styleplug.studio.names import is_id
from styleplug.studio.problems import Problem, not_found, wrong_field
from styleplug.studio.records import Job, Upload
from styleplug.studio.security import Caller
from styleplug.studio.service import Service

MEDIA_TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}
"""By the ending of a file of ours; what else there is goes out as bytes to be kept."""


def service_of(request: Request) -> Service:
    """The service that a request is sent to."""
    service: Service = request.app.state.service
    return service


def caller_of(request: Request) -> Caller:
    """Who sends a request; the gate has made sure that it is known."""
    caller: Caller = request.scope["state"]["caller"]
    return caller


def upload_of(request: Request, id: str) -> Upload:
    """The caller's upload of an id.

    Raises:
        Problem: there is none.
    """
    upload = service_of(request).store.upload(id, caller_of(request).owner) if is_id(id) else None
    return upload or _raise(not_found("upload"))


def job_of(request: Request, id: str) -> Job:
    """The caller's job of an id.

    Raises:
        Problem: there is none.
    """
    job = service_of(request).store.job(id, caller_of(request).owner) if is_id(id) else None
    return job or _raise(not_found("job"))


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object in a request's body; an empty body is an empty one.

    Raises:
        Problem: it holds none.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    data = await request.body()
    if data and kind != "application/json":
        raise Problem(415, "content-type", "the body must be of the type application/json")
    try:
        body = json.loads(data.decode(), parse_constant=_refuse) if data else {}
    except (ValueError, RecursionError) as error:
        raise Problem(400, "json", f"the body is no JSON ({error})") from error
    if not isinstance(body, dict):
        raise wrong_field("body", "a JSON object")
    return body


def picture(path: Path, *, name: str | None = None, lasts: bool = False) -> FileResponse:
    """A file of ours as an answer.

    Args:
        path: of it.
        name: to keep it under, where it is to be kept rather than shown.
        lasts: whether it stays the same under this address, for this caller.
    """
    media_type = MEDIA_TYPES.get(path.suffix.lower())
    headers = {"Cache-Control": "private, max-age=86400" if lasts else "no-store"}
    if name is not None or media_type is None:
        headers["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(name or path.name)}"
    return FileResponse(path, media_type=media_type or "application/octet-stream", headers=headers)


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is no value of JSON")


def _raise(problem: Problem) -> Never:
    raise problem
