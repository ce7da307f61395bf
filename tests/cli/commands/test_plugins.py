"""`styleplug plugins`: the list, also of what is broken, and the trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from styleplug import plugins
from styleplug.hookspecs import StylizeRequest, StylizeResult, hookimpl
from styleplug.plugins import Plugin, plugin_manager

BROKEN = Plugin("dots", "styleplug-dots", "1.5", problem="ImportError: no dots", broken=True)
LEFT_OUT = Plugin("lines", "styleplug-lines", "2.0", problem="left out by STYLEPLUG_PLUGINS")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Plugin]:
    """What is found beside styleplug itself."""
    others: list[Plugin] = []
    own = plugins.found_plugins()
    monkeypatch.setattr(plugins, "found_plugins", lambda: (*own, *others))
    return others


def test_styleplug_itself_is_listed_with_its_hooks(run: Callable[..., Result]) -> None:
    result = run("plugins", "list")
    assert result.exit_code == 0
    assert "styleplug_stylize" in result.stdout.splitlines()[1]


def test_what_is_broken_is_listed_with_its_problem(
    run: Callable[..., Result], found: list[Plugin]
) -> None:
    found.append(LEFT_OUT)
    assert run("plugins", "list").exit_code == 0
    found.append(BROKEN)
    result = run("plugins", "list")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-2:] == [
        "dots  styleplug-dots 1.5",
        "    ImportError: no dots",
    ]
    listed = json.loads(run("plugins", "list", "--json").stdout)
    assert [plugin["name"] for plugin in listed] == ["styleplug", "lines", "dots"]
    assert listed[2]["problem"] == "ImportError: no dots"


def test_a_plug_in_that_answers_first_changes_what_the_command_paints(
    paint: Callable[..., Result], folder: Path
) -> None:
    class Red:
        @hookimpl
        def styleplug_stylize(self, request: StylizeRequest) -> StylizeResult:
            red = np.zeros_like(request.content_image)
            red[..., 0] = 1
            return StylizeResult(red, "finished", "none", 0.5, 0.25, 1.0, 2.0)

    plugin = Red()
    plugin_manager().register(plugin)
    try:
        assert paint().exit_code == 0
    finally:
        plugin_manager().unregister(plugin)
    with Image.open(folder / "out.png") as painted:
        assert painted.getcolors() == [(36 * 48, (255, 0, 0))]


def test_a_trace_shows_who_is_asked_and_what_is_given(
    run: Callable[..., Result], folder: Path
) -> None:
    result = run("plugins", "trace", "filter", "photo.png", "--filter", "wave", "-o", "out.png")
    assert result.exit_code == 2, "as without the trace"
    assert "styleplug_read_image(path=photo.png)  asks styleplug" in result.stderr
    assert "styleplug_read_image  gave Picture" in result.stderr
    assert "styleplug_apply_filter  raised ConfigError" in result.stderr
    assert "wave" not in run("filters").stderr, "the trace has ended"


def test_a_trace_needs_a_command(run: Callable[..., Result]) -> None:
    assert run("plugins", "trace").exit_code == 2
    assert run("plugins", "trace", "filters").exit_code == 0
    assert len(plugin_manager().hook.styleplug_register_filters()) == 1, "styleplug's own"
