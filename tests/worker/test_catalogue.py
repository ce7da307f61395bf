"""The catalogue says everything that a dialog needs, and says it as the configs do."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from worker_client import validator

from styleplug.config import PRESET_HELP, PRESETS, FilterConfig, StylizeConfig
from styleplug.worker.catalogue import catalogue

CONFIGS = {"stylize": StylizeConfig, "filter": FilterConfig}


@pytest.fixture(scope="module")
def message() -> dict[str, Any]:
    return {"type": "catalogue", "id": "1", **catalogue()}


def options(message: dict[str, Any], job: str) -> dict[str, dict[str, Any]]:
    return {option["name"]: option for option in message["options"] if job in option["jobs"]}


def test_it_is_as_the_schema_has_it(message: dict[str, Any]) -> None:
    validator("fromWorker").validate(message)


@pytest.mark.parametrize("job", CONFIGS)
def test_every_option_is_there_and_its_default_is_allowed(
    message: dict[str, Any], job: str
) -> None:
    found = options(message, job)
    assert list(found) == [field.name for field in fields(CONFIGS[job])]
    defaults = {name: option["default"] for name, option in found.items()}
    assert CONFIGS[job](**defaults) == CONFIGS[job]()


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("size", {"type": "int", "low": 32, "high": 16384, "basic": True, "optional": False}),
        ("strength", {"type": "float", "default": 0.5, "label": "Strength", "basic": True}),
        ("content_weight", {"type": "float", "default": None, "optional": True, "low": 0}),
        ("tv_weight", {"label": "Smoothing", "basic": False}),
        ("colors", {"type": "choice", "label": "Colours", "basic": True, "default": "painted"}),
        ("palette", {"type": "text", "default": None, "optional": True, "basic": False}),
        ("stroke_scale", {"type": "float", "label": "Stroke scale", "basic": True}),
        ("pyramid", {"type": "bool", "default": True}),
        ("pooling", {"type": "choice", "choices": ["max", "avg"]}),
        ("content_layers", {"type": "text", "default": "relu4_2"}),
    ],
)
def test_an_option(message: dict[str, Any], name: str, facts: dict[str, Any]) -> None:
    option = options(message, "stylize")[name]
    assert {key: option[key] for key in facts} == facts


def test_no_limit_is_left_out(message: dict[str, Any]) -> None:
    assert "high" not in options(message, "stylize")["content_weight"]
    assert "low" not in options(message, "stylize")["pooling"]


def test_presets(message: dict[str, Any]) -> None:
    assert PRESET_HELP.keys() == PRESETS.keys()
    for preset in message["presets"]:
        assert StylizeConfig(**preset["options"]) == StylizeConfig.from_preset(preset["name"])
