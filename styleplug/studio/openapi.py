"""The description of the interface for programs: OpenAPI 3.1. Tests hold it against the routes, and
real answers against its schemas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from styleplug.studio.job_request import KINDS
from styleplug.studio.pictures import LARGEST_FILTER, SIZES

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_FLAG: Schema = {"type": "boolean"}
_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$"}
_PICTURE = "image/*"
_EVENTS = "text/event-stream"
_JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """What one method of one address does.

    Args:
        summary: in a line.
        answer: its schema, or the media type of an answer that isn't JSON; None for an empty one.
        status: of the answer where all went well.
        query: parameters of the address by name.
        body: the schema of what is sent.
        form: whether that is a form of several parts.
        is_open: whether it needs no token.
    """

    summary: str
    answer: Schema | str | None
    status: int = 200
    query: Mapping[str, Schema] | None = None
    body: Schema | None = None
    form: bool = False
    is_open: bool = False


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object(fields: Mapping[str, Schema], *optional: str) -> Schema:
    required = [name for name in fields if name not in optional]
    return {"type": "object", "properties": dict(fields), "required": required}


def _size(most: int) -> dict[str, Schema]:
    return {"size": {"type": "integer", "minimum": SIZES[0], "maximum": most}}


_PAINTINGS = _list({"oneOf": [_object({"style": _TEXT}), _object({"upload": _ID})]})
_WEIGHTS = _list(_NUMBER) | {"description": "How much each painting counts."}
_MASK = _ID | {"description": "A grey picture: white where to paint."}
_SCHEMAS: Mapping[str, Schema] = {
    "Problem": _object(
        {"error": _object({"code": _TEXT, "message": _TEXT, "field": _TEXT}, "field")}
    ),
    "Style": _object(
        {"id": _TEXT, "name": _TEXT, "title": _TEXT, "bundled": _FLAG, "thumbnail": _TEXT}
    ),
    "Catalogue": _object(
        {
            "presets": _list({"type": "object"}),
            "styles": _list(_ref("Style")),
            "filters": _list(_object({"name": _TEXT, "description": _TEXT, "source": _TEXT})),
            "formats": _list({"type": "object"}),
            "options": _list({"type": "object"}),
            "capabilities": _list(_TEXT)
            | {"description": "What else works: weights, mask, regions, person-mask."},
            "limits": {"type": "object", "additionalProperties": _NUMBER},
        }
    ),
    "Upload": _object(
        {
            "id": _ID,
            "name": _TEXT,
            "width": _WHOLE,
            "height": _WHOLE,
            "has_alpha": _FLAG,
            "origin": _FLAG | {"description": "Whether the command line named it."},
            "created": _NUMBER | {"description": "Seconds since 1970."},
            "thumbnail": _TEXT,
            "preview": _TEXT,
        }
    ),
    "Recipe": _object(
        {
            "kind": {"enum": [*KINDS]},
            "photo": _ID,
            "paintings": _PAINTINGS,
            "weights": _WEIGHTS,
            "regions": _list(
                _object({"mask": _MASK, "paintings": _PAINTINGS, "weights": _WEIGHTS}, "weights")
            )
            | {
                "description": "Parts with paintings of their own. What they leave is painted by"
                " `paintings`, and stays as it is without."
            },
            "mask": _MASK,
            "preset": _TEXT,
            "filter": _TEXT,
            "options": {
                "type": "object",
                "description": "By name, as the catalogue has them.",
                "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            },
            "format": _TEXT | {"description": "Of the result; by default the photograph's."},
            "after": _ID | {"description": "A job whose result is the photograph."},
            "start_from": _ID | {"description": "A job from whose picture the work starts."},
            "parent": _TEXT | {"description": "What this was made from, for the client."},
        },
        *(
            "paintings",
            "weights",
            "regions",
            "mask",
            "preset",
            "filter",
            "options",
            "format",
            "after",
            "start_from",
            "parent",
        ),
    ),
    "Job": _object(
        {
            "id": _ID,
            "state": {"enum": ["queued", "running", "done", "stopped", "failed"]},
            "kind": {"enum": [*KINDS]},
            "photo": _ID,
            "photo_name": _TEXT | {"description": "As long as the photograph is there."},
            "created": _NUMBER,
            "recipe": _ref("Recipe"),
            "before": _WHOLE | {"description": "How many older jobs wait."},
            "progress": _object(
                {
                    "fraction": {"type": "number", "minimum": 0, "maximum": 1},
                    "seconds_left": _NUMBER,
                    "message": _TEXT,
                },
                *("fraction", "seconds_left", "message"),
            ),
            "error": _object({"code": _TEXT, "message": _TEXT}),
            "result": _object(
                {
                    "width": _WHOLE,
                    "height": _WHOLE,
                    "bytes": _WHOLE,
                    "format": _TEXT,
                    "url": _TEXT,
                    "preview": _TEXT,
                }
            ),
        },
        *("photo_name", "before", "error", "result"),
    ),
}

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/api/v1/health"): Operation(
        "Whether the service lives.", _object({"version": _TEXT}), is_open=True
    ),
    ("GET", "/api/v1/openapi.json"): Operation("This document.", {"type": "object"}),
    ("GET", "/api/v1/catalogue"): Operation("What there is to choose from.", _ref("Catalogue")),
    ("POST", "/api/v1/styles"): Operation(
        "Add an upload to the user's collection of paintings.",
        _ref("Style"),
        201,
        body=_object({"upload": _ID, "name": _TEXT}),
    ),
    ("GET", "/api/v1/styles/{id}/thumbnail"): Operation("A painting, small.", _PICTURE),
    ("POST", "/api/v1/masks/person"): Operation(
        "Where there is a person in an upload, as a grey picture.",
        _ref("Upload"),
        201,
        body=_object({"upload": _ID}),
    ),
    ("GET", "/api/v1/uploads"): Operation(
        "Your pictures, newest first.", _object({"uploads": _list(_ref("Upload"))})
    ),
    ("POST", "/api/v1/uploads"): Operation(
        "Send a picture.",
        _ref("Upload"),
        201,
        body=_object({"file": {"type": "string", "format": "binary"}}),
        form=True,
    ),
    ("GET", "/api/v1/uploads/{id}"): Operation("One of your pictures.", _ref("Upload")),
    ("DELETE", "/api/v1/uploads/{id}"): Operation("Remove it.", None, 204),
    ("GET", "/api/v1/uploads/{id}/preview"): Operation(
        "It, small.", _PICTURE, query=_size(SIZES[-1])
    ),
    ("GET", "/api/v1/uploads/{id}/filters/{name}"): Operation(
        "It through a filter, small.", _PICTURE, query=_size(LARGEST_FILTER)
    ),
    ("GET", "/api/v1/jobs"): Operation(
        "Your jobs, newest first.",
        _object({"jobs": _list(_ref("Job"))}),
        query={"limit": _WHOLE, "before": _ID},
    ),
    ("POST", "/api/v1/jobs"): Operation(
        "Have a picture painted or filtered.", _ref("Job"), 202, body=_ref("Recipe")
    ),
    ("GET", "/api/v1/jobs/{id}"): Operation("One of your jobs.", _ref("Job")),
    ("DELETE", "/api/v1/jobs/{id}"): Operation("Remove it, with its pictures.", None, 204),
    ("GET", "/api/v1/jobs/{id}/events"): Operation(
        "What becomes of it: state, progress, preview, and at last done or failed.", _EVENTS
    ),
    ("POST", "/api/v1/jobs/{id}/stop"): Operation(
        "End it; a painting may be kept as it is.",
        _ref("Job"),
        202,
        body=_object({"keep": _FLAG}, "keep"),
    ),
    ("GET", "/api/v1/jobs/{id}/preview"): Operation(
        "Its picture, small: the result, or how far it is.",
        _PICTURE,
        query=_size(SIZES[-1]) | {"v": _WHOLE},
    ),
    ("GET", "/api/v1/jobs/{id}/result"): Operation(
        "The finished file.", _PICTURE, query={"download": {"enum": ["1"]}}
    ),
    ("POST", "/api/v1/jobs/{id}/save"): Operation(
        "Save the result beside a photograph that the command line named.",
        _object({"name": _TEXT}),
    ),
}
"""All that programs may ask for, by method and address."""


def document(version: str) -> dict[str, Any]:
    """The whole document, for a version of styleplug."""
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), operation in OPERATIONS.items():
        paths.setdefault(path, {})[method.lower()] = _described(path, operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "styleplug",
            "version": version,
            "description": "Pictures in the manner of paintings. Errors are of the schema Problem.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": dict(_SCHEMAS),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"Problem": _content("What is wrong.", _ref("Problem"))},
        },
    }


def _described(path: str, operation: Operation) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _TEXT}
        for name in re.findall(r"{(\w+)}", path)
    ]
    parameters += [
        {"name": name, "in": "query", "schema": schema}
        for name, schema in (operation.query or {}).items()
    ]
    said: dict[str, Any] = {
        "summary": operation.summary,
        "responses": {
            str(operation.status): _content("It is done.", operation.answer),
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    if parameters:
        said["parameters"] = parameters
    if operation.body:
        kind = "multipart/form-data" if operation.form else _JSON
        said["requestBody"] = {"required": True, "content": {kind: {"schema": operation.body}}}
    if operation.is_open:
        said["security"] = []
    return said


def _content(description: str, answer: Schema | str | None) -> dict[str, Any]:
    if answer is None:
        return {"description": description}
    content = {answer: {}} if isinstance(answer, str) else {_JSON: {"schema": answer}}
    return {"description": description, "content": content}
