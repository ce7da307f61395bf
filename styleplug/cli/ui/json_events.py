"""Events as records for programs: one JSON object each, without the pixels."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from styleplug.cli.ui.terminal import say_json
from styleplug.events import Event, Finished
from styleplug.hookspecs import JobResult

if TYPE_CHECKING:
    from styleplug.batch.events import BatchEvent
    from styleplug.video.events import VideoEvent


def as_record(event: Event) -> dict[str, Any]:
    """The event's fields, with its name as "event"."""
    record = event.result if isinstance(event, Finished) else event
    return {"event": type(event).__name__.lower(), **summary(record)}


def summary(record: Event | JobResult) -> dict[str, Any]:
    """What there is to say of an event or a result besides its pixels."""
    left_out = ("image", "pixels", "alpha", "weaker")
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: value for name, value in values.items() if name not in left_out}


def say_event(event: BatchEvent | VideoEvent) -> None:
    """Print an event of many pictures, all of its fields, with its `kind` as "event"."""
    say_json({"event": event.kind, **asdict(event)})
