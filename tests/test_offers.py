"""What plug-ins offer is listed, whatever one of them does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pluggy
import pytest

from styleplug import hookspecs
from styleplug.guard import OWN_PLUGIN
from styleplug.hookspecs import Filter, Job, hookimpl
from styleplug.image.formats import Format
from styleplug.offers import offered_filters, offered_formats


def offers(*filters: object) -> SimpleNamespace:
    return SimpleNamespace(styleplug_register_filters=hookimpl(lambda: filters))


def fail() -> list[Filter]:
    raise ZeroDivisionError


def leave() -> list[Filter]:
    raise SystemExit


@pytest.fixture
def manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("styleplug")
    manager.add_hookspecs(hookspecs)
    return manager


def test_filters_are_listed_by_name_with_their_plug_in(manager: pluggy.PluginManager) -> None:
    manager.register(offers(Filter("waves", "Waves"), Filter("dots", "Dots")), "first")
    manager.register(offers(Filter("lines-2", "Lines", source="pretended")), "second")
    assert offered_filters(manager) == (
        Filter("dots", "Dots", "first"),
        Filter("lines-2", "Lines", "second"),
        Filter("waves", "Waves", "first"),
    )


def test_a_plug_in_that_fails_is_left_out(
    manager: pluggy.PluginManager, caplog: pytest.LogCaptureFixture
) -> None:
    manager.register(offers(Filter("dots", "Dots")), "good")
    manager.register(offers("a text"), "wrong")
    manager.register(offers(Job(None)), "another")
    manager.register(SimpleNamespace(styleplug_register_filters=hookimpl(fail)), "bad")
    manager.register(SimpleNamespace(styleplug_register_filters=hookimpl(leave)), "worse")
    assert [filter.name for filter in offered_filters(manager)] == ["dots"]
    assert [message.split(" can't")[0] for message in caplog.messages] == [
        "plug-in worse",
        "plug-in bad",
        "plug-in another",
        "plug-in wrong",
    ]


@pytest.mark.parametrize("description", [None, b"Odd", "x" * 1001])
def test_a_description_that_nobody_could_read_is_left_out(
    description: Any, manager: pluggy.PluginManager, caplog: pytest.LogCaptureFixture
) -> None:
    manager.register(offers(Filter("odd", description), Filter("dots", "Dots")), "odd")
    assert [filter.name for filter in offered_filters(manager)] == ["dots"]
    assert "plug-in odd: 'odd' has a description that is no text of at most 1000" in caplog.text


@pytest.mark.parametrize("name", ["", "Dots", "two words", "-dots", "a--b", "dots.png", "../x", 5])
def test_a_name_that_is_none_is_left_out(
    name: Any, manager: pluggy.PluginManager, caplog: pytest.LogCaptureFixture
) -> None:
    manager.register(offers(Filter(name, "Odd"), Filter("dots", "Dots")), "odd")
    assert [filter.name for filter in offered_filters(manager)] == ["dots"]
    assert "is no name of lower-case words" in caplog.text


def test_of_two_with_one_name_the_one_that_answers_first_is_listed(
    manager: pluggy.PluginManager, caplog: pytest.LogCaptureFixture
) -> None:
    manager.register(offers(Filter("dots", "Old")), "old")
    manager.register(offers(Filter("dots", "New")), "new")
    assert offered_filters(manager) == (Filter("dots", "New", "new"),)
    assert caplog.messages == [
        "plug-in old: 'dots' is the name of a filter of plug-in new; left out"
    ]


def has_formats(*formats: object) -> SimpleNamespace:
    return SimpleNamespace(styleplug_register_formats=hookimpl(lambda: formats))


def test_formats_are_listed_with_their_plug_in_and_our_own_come_first(
    manager: pluggy.PluginManager,
) -> None:
    manager.register(has_formats(Format("png", "PNG", writes=(".png",))), OWN_PLUGIN)
    manager.register(has_formats(Format("exr", "OpenEXR", reads=(".exr",))), "other")
    assert offered_formats(manager) == (
        Format("png", "PNG", writes=(".png",), source=OWN_PLUGIN),
        Format("exr", "OpenEXR", reads=(".exr",), source="other"),
    )


@pytest.mark.parametrize(
    ("format", "problem"),
    [
        (Format("Open EXR", "OpenEXR"), "is no name of lower-case words"),
        (Format("exr", None), "has a label that is no text"),
        (Format("exr", "OpenEXR", reads=".exr"), "reads what is no tuple of extensions"),
        (Format("exr", "OpenEXR", reads=("exr",)), "reads what is no tuple of extensions"),
        (Format("exr", "OpenEXR", writes=(".EXR",)), "writes what is no tuple of extensions"),
        (Format("exr", "OpenEXR", writes=(None,)), "writes what is no tuple of extensions"),
    ],
)
def test_a_format_that_makes_no_sense_is_left_out(
    format: Format, problem: str, manager: pluggy.PluginManager, caplog: pytest.LogCaptureFixture
) -> None:
    manager.register(has_formats(format, Format("qoi", "QOI")), "odd")
    assert [format.name for format in offered_formats(manager)] == ["qoi"]
    assert f"plug-in odd: '{format.name}' {problem}" in caplog.text


def test_a_plug_in_that_cant_say_its_formats_is_left_out(
    manager: pluggy.PluginManager, caplog: pytest.LogCaptureFixture
) -> None:
    manager.register(has_formats(Format("qoi", "QOI")), "good")
    manager.register(has_formats("a text"), "wrong")
    manager.register(SimpleNamespace(styleplug_register_formats=hookimpl(leave)), "worse")
    assert [format.name for format in offered_formats(manager)] == ["qoi"]
    assert "plug-in wrong can't say which formats it has" in caplog.text
    assert "plug-in worse can't say which formats it has" in caplog.text


def test_no_plug_in_takes_a_format_of_our_own_away(
    manager: pluggy.PluginManager, caplog: pytest.LogCaptureFixture
) -> None:
    manager.register(has_formats(Format("png", "PNG", (".png",), (".png",))), OWN_PLUGIN)
    manager.register(has_formats(Format("png", "PNG", (".png",))), "viewer")
    assert [format.writes for format in offered_formats(manager)] == [(".png",)]
    assert "plug-in viewer: 'png'" in caplog.text
