"""Events as records for programs: one JSON object each, without the pixels."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from styleplug.events import Event, Failed, Finished, Planned, Preview, Progress
from styleplug.hookspecs import StylizeResult

_NAMES = {
    Planned: "planned",
    Progress: "progress",
    Preview: "preview",
    Finished: "finished",
    Failed: "failed",
}


def as_record(event: Event) -> dict[str, Any]:
    """The event's fields, with its name as "event"."""
    if isinstance(event, Finished):
        return {"event": "finished", **summary(event.result)}
    return {"event": _NAMES[type(event)], **_plain(event)}


def summary(result: StylizeResult) -> dict[str, Any]:
    """What there is to say of a result besides its pixels."""
    return _plain(result)


def _plain(record: Any) -> dict[str, Any]:
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: value for name, value in values.items() if name not in ("image", "pixels")}
