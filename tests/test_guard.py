"""What a plug-in of others raises or gives where the first result counts is named after it."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import styleplug
from styleplug import hookspecs
from styleplug.errors import (
    Cancelled,
    OutOfMemoryError,
    PluginError,
    UnreadableImageError,
    UnsupportedImageError,
)
from styleplug.guard import OWN_PLUGIN
from styleplug.hookspecs import (
    FeaturesRequest,
    FilterRequest,
    FilterResult,
    StylizeRequest,
    StylizeResult,
    hookimpl,
)
from styleplug.image.picture import Picture
from styleplug.plugins import plugin_manager

PIXELS = np.full((20, 30, 3), 0.5, np.float32)
RESULT = StylizeResult(PIXELS, "finished", "none", 0.5, 0.25, 1.0, 2.0)
NAN = np.full_like(PIXELS, np.nan)
ARGUMENTS: dict[str, dict[str, Any]] = {
    "styleplug_stylize": {"request": StylizeRequest(PIXELS, (PIXELS,))},
    "styleplug_apply_filter": {"request": FilterRequest(PIXELS, "odd")},
    "styleplug_extract_features": {"request": FeaturesRequest(PIXELS, ("relu1_1",))},
    "styleplug_read_image": {"path": Path("a.odd")},
    "styleplug_write_image": {"image": Picture(PIXELS), "path": Path("a.odd"), "overwrite": False},
}
"""What each hook whose first result counts is called with."""

Register = Callable[..., None]


class Panic(BaseException):
    """As libraries written in Rust raise it."""


def call(hook: str) -> Any:
    """Call a hook as a host does."""
    return getattr(plugin_manager().hook, hook)(**ARGUMENTS[hook])


@pytest.fixture
def register() -> Iterator[Register]:
    """Registers a plug-in "odd" with one implementation, for the time of a test."""
    plugins = []

    def add(hook: str, function: Callable[..., Any], name: str = "odd", **options: bool) -> None:
        plugins.append(SimpleNamespace(**{hook: hookimpl(**options)(function)}))
        plugin_manager().register(plugins[-1], name)

    yield add
    for plugin in plugins:
        plugin_manager().unregister(plugin)


def raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_all_hooks_are_tried_here() -> None:
    assert ARGUMENTS.keys() == {
        name
        for name, hook in vars(hookspecs).items()
        if getattr(hook, "styleplug_spec", {}).get("firstresult")
    }


@pytest.mark.parametrize("hook", ARGUMENTS)
@pytest.mark.parametrize("error", [ValueError("no luck"), SystemExit("no luck"), Panic("no luck")])
def test_what_escapes_is_named(hook: str, error: BaseException, register: Register) -> None:
    register(hook, raising(error))
    with pytest.raises(PluginError) as caught:
        call(hook)
    assert caught.value.plugin == "odd"
    assert caught.value.__cause__ is error
    assert f"odd: failed in {hook} ({type(error).__name__}: no luck)" in str(caught.value)


@pytest.mark.parametrize("hook", ARGUMENTS)
@pytest.mark.parametrize(
    "error", [UnsupportedImageError(None, "too odd"), Cancelled(), KeyboardInterrupt()]
)
def test_what_is_raised_on_purpose_stays(
    hook: str, error: BaseException, register: Register
) -> None:
    register(hook, raising(error))
    with pytest.raises(type(error)) as caught:
        call(hook)
    assert caught.value is error


@pytest.mark.parametrize("hook", ARGUMENTS)
def test_too_little_memory_is_nobodys_fault(hook: str, register: Register) -> None:
    register(hook, raising(MemoryError()))
    with pytest.raises(OutOfMemoryError):
        call(hook)


@pytest.mark.parametrize("hook", ARGUMENTS)
def test_a_wrong_type_is_named(hook: str, register: Register) -> None:
    register(hook, lambda: ["a list"])
    with pytest.raises(PluginError, match=f"odd: gave list, not .* in {hook};"):
        call(hook)


@pytest.mark.parametrize(
    ("hook", "result", "words"),
    [
        ("styleplug_stylize", FilterResult(PIXELS), "FilterResult, not a StylizeResult"),
        ("styleplug_stylize", replace(RESULT, image=[[0.5]]), "list, not (H, W, 3) float32, as"),
        ("styleplug_stylize", replace(RESULT, image=NAN), "values that aren't finite numbers"),
        ("styleplug_stylize", replace(RESULT, alpha=PIXELS), "not (20, 30) float32, as alpha"),
        ("styleplug_stylize", replace(RESULT, stopped="done"), "'done', not one of finished, "),
        ("styleplug_stylize", replace(RESULT, engine=None), "NoneType, not a text, as engine"),
        ("styleplug_stylize", replace(RESULT, seconds="2"), "str, not a number, as seconds"),
        ("styleplug_apply_filter", RESULT, "StylizeResult, not a FilterResult"),
        ("styleplug_apply_filter", FilterResult(PIXELS[..., 0]), "(20, 30) float32, not (H, W, 3)"),
        ("styleplug_apply_filter", FilterResult(PIXELS * 1.0), None),
        ("styleplug_apply_filter", FilterResult(PIXELS.astype(float)), "float64, not (H, W, 3)"),
        ("styleplug_apply_filter", FilterResult(NAN), "values that aren't finite numbers"),
        ("styleplug_extract_features", {"relu1_1": PIXELS}, "float32, as features of 'relu1_1'"),
        ("styleplug_read_image", PIXELS, "(20, 30, 3) float32, not a Picture"),
        ("styleplug_read_image", Picture(NAN), "values that aren't finite numbers"),
        ("styleplug_read_image", Picture(PIXELS, origin=None), "as the picture's origin"),
        ("styleplug_write_image", False, "bool, not True"),
    ],
)
def test_what_is_given_is_checked(
    hook: str, result: Any, words: str | None, register: Register
) -> None:
    register(hook, lambda: result)
    if words is None:
        call(hook)
        return
    with pytest.raises(PluginError, match=re.escape(words)):
        call(hook)


def test_commands_hear_of_the_plug_in_that_reads(register: Register, tmp_path: Path) -> None:
    register("styleplug_read_image", raising(ValueError("no luck")))
    with pytest.raises(PluginError, match="plug-in odd: failed in styleplug_read_image"):
        styleplug.apply_filter(tmp_path / "a.odd", "udnie")


@pytest.mark.parametrize("old", [False, True])
def test_a_wrapper_answers_for_itself_alone(old: bool, register: Register) -> None:
    def around() -> Generator[None, Any, Any]:
        outcome = yield
        return outcome

    kind = {"hookwrapper": True} if old else {"wrapper": True}
    register("styleplug_read_image", around, "around", **kind)
    with pytest.raises(UnreadableImageError):  # styleplug's own
        call("styleplug_read_image")
    register("styleplug_read_image", raising(ValueError("no luck")))
    with pytest.raises(PluginError) as caught:
        call("styleplug_read_image")
    assert caught.value.plugin == "odd"


def test_a_wrapper_that_fails_is_named(register: Register) -> None:
    def around() -> Generator[None, Any, Any]:
        yield
        raise ValueError

    picture = Picture(PIXELS)
    register("styleplug_read_image", lambda: picture)
    register("styleplug_read_image", around, "around", wrapper=True)
    with pytest.raises(PluginError) as caught:
        call("styleplug_read_image")
    assert caught.value.plugin == "around"


def test_a_fault_of_styleplugs_own_is_no_plug_ins(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    def around() -> Generator[None, Any, Any]:
        return (yield)

    own = plugin_manager().get_plugin(OWN_PLUGIN)
    plugin_manager().unregister(own)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(own, "styleplug_read_image", hookimpl(raising(ValueError("ours"))))
            plugin_manager().register(own, OWN_PLUGIN)
            register("styleplug_read_image", around, "around", wrapper=True)
            with pytest.raises(ValueError, match="ours"):
                call("styleplug_read_image")
            plugin_manager().unregister(own)
    finally:
        plugin_manager().register(own, OWN_PLUGIN)
