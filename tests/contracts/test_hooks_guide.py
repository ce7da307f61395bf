"""The guide to the hooks tells the truth: its plug-in, its host and its table."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

import styleplug
from styleplug import hookspecs, pictures
from styleplug.plugins import plugin_manager

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "styleplug" / "HOOKS.md").read_text(encoding="utf-8")
HOOKS = {name for name, value in vars(hookspecs).items() if hasattr(value, "styleplug_spec")}


def block(info: str) -> str:
    """The block of code whose opening line ends in this text."""
    [code] = re.findall(rf"^```{re.escape(info)}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return code


def test_every_hook_has_its_row() -> None:
    rows = re.findall(r"^\| `(\w+)\((.*?)\)` \| (.*?) \|", GUIDE, re.MULTILINE)
    assert {name for name, _, _ in rows} == HOOKS
    for name, arguments, who in rows:
        hook = getattr(hookspecs, name)
        assert arguments == ", ".join(hook.__code__.co_varnames[: hook.__code__.co_argcount])
        assert (who == "the first with a result") is bool(hook.styleplug_spec["firstresult"])


def test_the_plug_in_has_twenty_lines() -> None:
    lines = [line for line in block("python posterise.py").splitlines() if line]
    assert len(lines) <= 20


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Runs a program of an environment in which the guide's package was built and installed."""
    folder = tmp_path_factory.mktemp("guide")
    for info in ("python posterise.py", "toml pyproject.toml"):
        (folder / info.split()[1]).write_text(block(info), encoding="utf-8")
    with Image.open(pictures.path("photograph.jpg")) as photograph:
        photograph.reduce(8).save(folder / "photo.jpg")
    # All but the plug-in is what runs these tests: styleplug itself, and what it and pip need.
    beside = os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])
    environment = {**os.environ, "PYTHONPATH": beside}

    def run(program: str, *arguments: object) -> str:
        done = subprocess.run(
            [program, *map(str, arguments)],
            **{"cwd": folder, "env": environment, "text": True, "timeout": 300},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    run(sys.executable, "-m", "venv", "--without-pip", "venv")
    python = folder / "venv" / "bin" / "python"
    offline = ("--no-deps", "--no-index", "--no-build-isolation")
    run(python, "-m", "pip", "install", *offline, folder)
    return lambda *arguments: run(python, *arguments)


@pytest.mark.slow
def test_the_plug_in_works_once_it_is_installed(command: Callable[..., str]) -> None:
    filters = json.loads(command("-m", "styleplug", "filters", "--json"))
    assert [filter for filter in filters if filter["source"] != "styleplug"] == [
        {
            "name": "posterise",
            "description": "Flat colours, 4 levels a channel",
            "source": "posterise",
        }
    ]
    command("-m", "styleplug", *["filter", "photo.jpg", "--filter", "posterise", "-o", "flat.png"])
    values = (
        "import sys; from PIL import Image; print(sorted(set(Image.open(sys.argv[1]).tobytes())))"
    )
    assert command("-c", values, "flat.png").strip() == "[0, 85, 170, 255]"
    half = "filter photo.jpg --filter posterise --strength 0.5 -o half.png"
    command("-m", "styleplug", *half.split())
    assert len(command("-c", values, "half.png").split(",")) > 50
    found = json.loads(command("-m", "styleplug", "plugins", "list", "--json"))
    assert [(plugin["name"], plugin["version"]) for plugin in found][1:] == [("posterise", "1.0")]
    assert found[1]["hooks"] == ["styleplug_apply_filter", "styleplug_register_filters"]


def test_the_format_works(tmp_path: Path) -> None:
    plugin = ModuleType("farbfeld")
    exec(block("python farbfeld"), vars(plugin))
    plugin_manager().register(plugin)
    try:
        written = tmp_path / "a.ff"
        values = np.random.default_rng(0).integers(0, 65536, (6, 8, 4), np.uint16)
        styleplug.write_image(values, written)
        found = styleplug.read_image(written)
        layers = np.dstack([found.pixels, found.alpha])
        np.testing.assert_array_equal(np.rint(layers * 65535), values)
        assert "farbfeld" in {format.name for format in styleplug.list_formats()}
    finally:
        plugin_manager().unregister(plugin)


@pytest.mark.parametrize("info", ["python host", "python observer"])
def test_the_host_runs(
    info: str, small_network: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    before = plugin_manager().get_plugins()
    exec(block(info), namespace)
    for plugin in plugin_manager().get_plugins() - before:
        plugin_manager().unregister(plugin)
    if "result" in namespace:
        with Image.open(tmp_path / "painted.png") as painted:
            assert np.asarray(painted).shape == (64, 64, 3)
