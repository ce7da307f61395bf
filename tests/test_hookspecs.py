"""The contract with host programs and plug-ins."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, is_dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import styleplug
from styleplug import builtin, hookspecs
from styleplug.guard import OWN_PLUGIN
from styleplug.hookspecs import (
    FeaturesRequest,
    Filter,
    FilterRequest,
    FilterResult,
    Job,
    StylizeRequest,
    StylizeResult,
    hookimpl,
)
from styleplug.image.picture import Picture
from styleplug.plugins import plugin_manager

# Plug-ins and hosts rely on these: a hook or an argument may be added, but none renamed.
HOOKS = {
    "styleplug_stylize": ["request"],
    "styleplug_register_filters": [],
    "styleplug_apply_filter": ["request"],
    "styleplug_extract_features": ["request"],
    "styleplug_register_formats": [],
    "styleplug_read_image": ["path"],
    "styleplug_write_image": ["image", "path", "overwrite"],
    "styleplug_before_job": ["job"],
    "styleplug_progress": ["job", "event"],
    "styleplug_after_job": ["job", "result", "error"],
}
OWN = (
    "styleplug_stylize",
    "styleplug_extract_features",
    "styleplug_register_formats",
    "styleplug_read_image",
    "styleplug_write_image",
)
DECLARED = {
    name: value for name, value in vars(hookspecs).items() if hasattr(value, "styleplug_spec")
}
PIXELS = np.full((20, 30, 3), 0.5, np.float32)
RESULT = StylizeResult(PIXELS, "finished", "none", 0.5, 0.25, 1.0, 2.0)
FEATURES = {"relu1_1": np.zeros((1, 4, 2, 2), np.float32)}


class Plugin:
    """Answers every request, or passes it on."""

    def __init__(self, answers: bool = True) -> None:
        self.answers = answers
        self.requests: list[object] = []

    @hookimpl
    def styleplug_stylize(self, request: StylizeRequest) -> StylizeResult | None:
        self.requests.append(request)
        return RESULT if self.answers else None

    @hookimpl
    def styleplug_extract_features(self, request: FeaturesRequest) -> dict[str, np.ndarray] | None:
        self.requests.append(request)
        return FEATURES if self.answers else None


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    plugin = Plugin()
    plugin_manager().register(plugin)
    yield plugin
    plugin_manager().unregister(plugin)


def test_the_hooks_and_their_arguments_are_stable() -> None:
    signatures = {name: list(inspect.signature(hook).parameters) for name, hook in DECLARED.items()}
    assert signatures == HOOKS


@pytest.mark.parametrize("name", HOOKS)
def test_each_hook_is_documented_and_prefixed(name: str) -> None:
    assert name.startswith("styleplug_")
    assert len(inspect.getdoc(DECLARED[name])) > 40


@pytest.mark.parametrize("name", OWN)
def test_styleplug_itself_answers_as_a_plug_in(name: str) -> None:
    callers = getattr(plugin_manager().hook, name).get_hookimpls()
    assert [caller.plugin for caller in callers if not caller.wrapper] == [builtin]
    assert list(inspect.signature(getattr(builtin, name)).parameters) == HOOKS[name]


def test_there_is_one_manager() -> None:
    assert plugin_manager() is plugin_manager()


def test_the_public_door_leads_to_the_manager() -> None:
    assert styleplug.plugin_manager() is plugin_manager()


def test_a_plug_in_that_is_registered_later_answers_first(plugin: Plugin) -> None:
    assert styleplug.stylize(PIXELS, PIXELS) is RESULT
    assert styleplug.extract_features(PIXELS) is FEATURES
    assert [type(request) for request in plugin.requests] == [StylizeRequest, FeaturesRequest]


def test_a_plug_in_can_read_and_write_pictures(tmp_path) -> None:
    picture, written = Picture(PIXELS), []

    class Format:
        @hookimpl
        def styleplug_read_image(self, path: Path) -> Picture | None:
            return picture if path.suffix == ".odd" else None

        @hookimpl
        def styleplug_write_image(self, image: Picture, path: Path) -> bool | None:
            return written.append(image) or True if path.suffix == ".odd" else None

    format = Format()
    plugin_manager().register(format)
    try:
        assert styleplug.read_image("a.odd") is picture
        styleplug.write_image(picture, "a.odd")
        styleplug.write_image(picture, tmp_path / "a.png")
    finally:
        plugin_manager().unregister(format)
    assert written == [picture]
    assert styleplug.read_image(tmp_path / "a.png").size == (30, 20)


def test_a_plug_in_that_answers_none_passes_the_request_on(plugin: Plugin) -> None:
    plugin.answers = False
    last = Plugin()
    plugin_manager().unregister(builtin)
    plugin_manager().unregister(plugin)
    try:
        plugin_manager().register(last)
        plugin_manager().register(plugin)
        assert styleplug.stylize(PIXELS, PIXELS) is RESULT
    finally:
        plugin_manager().unregister(last)
        plugin_manager().unregister(plugin)
        plugin_manager().register(builtin, OWN_PLUGIN)
        plugin_manager().register(plugin)
    assert plugin.requests == last.requests


@pytest.mark.parametrize(
    "record",
    [
        StylizeRequest(PIXELS, (PIXELS,)),
        RESULT,
        FeaturesRequest(PIXELS, ("relu1_1",)),
        FilterRequest(PIXELS, "dots"),
        FilterResult(PIXELS),
        Filter("dots", "Dots"),
        Job(FilterRequest(PIXELS, "dots")),
    ],
)
def test_requests_and_results_are_frozen_and_documented(record: object) -> None:
    assert is_dataclass(record)
    assert not inspect.getdoc(type(record)).startswith(f"{type(record).__name__}(")
    with pytest.raises(FrozenInstanceError):
        record.image = PIXELS


def test_each_request_has_a_cancel_of_its_own() -> None:
    one, other = StylizeRequest(PIXELS, (PIXELS,)), StylizeRequest(PIXELS, (PIXELS,))
    assert isinstance(one.cancel, threading.Event)
    assert one.cancel is not other.cancel


def test_a_result_becomes_a_pil_image_and_a_file(tmp_path) -> None:
    assert RESULT.to_pil().size == (30, 20)
    RESULT.save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        np.testing.assert_array_equal(np.asarray(image), np.asarray(RESULT.to_pil()))
    with pytest.raises(styleplug.StyleplugError, match="exists already"):
        RESULT.save(tmp_path / "a.png")
    RESULT.save(tmp_path / "a.png", overwrite=True)


def test_a_transparent_result_stays_so(tmp_path) -> None:
    alpha = np.tri(20, 30, dtype=np.float32)
    result = StylizeResult(PIXELS, "finished", "none", 0.5, 0.25, 1.0, 2.0, alpha=alpha)
    assert result.to_pil().mode == "RGBA"
    result.save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        np.testing.assert_array_equal(np.asarray(image)[..., 3], alpha * 255)
