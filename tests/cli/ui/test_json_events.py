"""Events as JSON: everything but the pixels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args

import numpy as np
import pytest

from styleplug.cli.ui.json_events import as_record, summary
from styleplug.events import Event, Failed, Finished, Planned, Preview, Progress
from styleplug.hookspecs import StylizeResult

PIXELS = np.zeros((4, 5, 3), np.float32)
RESULT = StylizeResult(
    PIXELS, "finished", "vgg16", 0.5, 0.25, 8.0, 2.5, "torch", device="NVIDIA H200 (CUDA)"
)
SUMMARY = {
    "stopped": "finished",
    "backbone": "vgg16",
    "content_error": 0.5,
    "style_error": 0.25,
    "cost": 8.0,
    "seconds": 2.5,
    "engine": "torch",
    "device": "NVIDIA H200 (CUDA)",
}
PROGRESS = {field.name: i for i, field in enumerate(fields(Progress))}
RECORDS = [
    (
        Planned((64, 128), (75, 60), 12.5, "vgg16", ("a note",), "onnx", "CPU"),
        {
            "event": "planned",
            "scales": [64, 128],
            "evaluations": [75, 60],
            "seconds": 12.5,
            "backbone": "vgg16",
            "notes": ["a note"],
            "engine": "onnx",
            "device": "CPU",
        },
    ),
    (Progress(**PROGRESS), {"event": "progress", **PROGRESS}),
    (Preview(64, PIXELS), {"event": "preview", "scale": 64}),
    (Finished(RESULT), {"event": "finished", **SUMMARY}),
    (Failed("config", "no"), {"event": "failed", "code": "config", "message": "no"}),
]


def test_the_list_of_events_is_complete() -> None:
    assert {type(event) for event, _ in RECORDS} == set(get_args(Event))


@pytest.mark.parametrize(("event", "record"), RECORDS, ids=lambda value: type(value).__name__)
def test_an_event_as_json(event: Event, record: Mapping[str, Any]) -> None:
    line = json.dumps(as_record(event), allow_nan=False)
    assert json.loads(line) == record
    assert "\n" not in line


def test_the_summary_of_a_result() -> None:
    assert summary(RESULT) == SUMMARY
