"""Importing styleplug, and asking it for help, costs next to nothing and leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from PIL import Image

HEAVY = ("PIL", "av", "cv2", "distributed", "imagecodecs", "numpy", "onnx", "onnxruntime", "torch")
REPORT = f"print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
COMMAND = """
from styleplug.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end
"""


def run(code: str, *arguments: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run(
        [sys.executable, "-c", f"import json, sys\n{code}\n{REPORT}", *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    ).stdout


def heavy_modules(output: str) -> list[str]:
    return json.loads(output.splitlines()[-1])


@pytest.fixture(autouse=True)
def empty_home(tmp_path, monkeypatch):
    """A place where anything that an import wrote would show."""
    for variable in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_import_is_light(empty_home):
    output = run("import styleplug")
    assert heavy_modules(output) == []
    assert len(output.splitlines()) == 1, "an import prints nothing"
    assert os.listdir(empty_home) == []


@pytest.mark.parametrize(
    "arguments",
    [
        *(["--help"], ["--version"], ["stylize", "--help"], ["batch", "--help"]),
        *(["styles", "list"], ["hosts", "list"], ["filters", "--help"]),
        *(["studio", "--help"], ["serve", "--help"], ["video", "--help"]),
    ],
)
def test_asking_is_light(arguments, empty_home):
    output = run(COMMAND, *arguments)
    assert heavy_modules(output) == []
    assert len(output.splitlines()) > 1, "the answer itself"
    assert os.listdir(empty_home) == []


@pytest.mark.parametrize("command", ["stylize", "filter", "batch", "video"])
def test_the_line_of_a_command_is_read_before_what_its_work_needs(command):
    run(
        f"import importlib; importlib.import_module('styleplug.cli.commands.{command}')\n"
        "slow = {'decimal', 'hashlib', 'importlib.metadata', 'xml.etree', 'styleplug.transfer'}\n"
        "assert not slow & {*sys.modules}, slow & {*sys.modules}"
    )


@pytest.mark.slow
def test_no_command_but_the_studios_loads_a_server():
    run(
        "import importlib, pkgutil\n"
        "from styleplug.cli.main import COMMANDS\n"
        "for name in {*COMMANDS} - {'studio', 'serve'}:\n"
        "    importlib.import_module(f'styleplug.cli.commands.{name}')\n"
        "import styleplug\n"
        "for part in pkgutil.walk_packages(styleplug.__path__, 'styleplug.'):\n"
        "    if '.studio' not in part.name and not part.name.endswith('.__main__'):\n"
        "        importlib.import_module(part.name)\n"
        "server = {'starlette', 'uvicorn', 'python_multipart', 'styleplug.studio.app'}\n"
        "assert not server & {*sys.modules}, server & {*sys.modules}"
    )


def test_filters_are_listed_from_the_network_but_it_isnt_started():
    assert heavy_modules(run(COMMAND, "filters")) == ["numpy"]


def test_a_filter_loads_no_more_than_it_needs():
    Image.new("RGB", (64, 48)).save("photo.png")
    code = COMMAND + "\nassert not {'psutil', 'urllib.request'} & {*sys.modules}"
    output = run(code, "filter", "photo.png", "--filter", "starry-night", "-o", "out.png")
    assert heavy_modules(output) == ["PIL", "imagecodecs", "numpy", "onnxruntime"]


def test_heavy_modules_would_be_seen():
    assert heavy_modules(run(f"sys.modules.update(dict.fromkeys({HEAVY}, sys))")) == list(HEAVY)


@pytest.mark.slow
def test_every_module_imports_without_a_trace(empty_home):
    """No folders, no downloads, no output, no threads left over: importing does nothing."""
    output = run(
        "import importlib, pkgutil, threading, styleplug\n"
        "for module in pkgutil.walk_packages(styleplug.__path__, 'styleplug.'):\n"
        "    if not module.name.endswith('.__main__'):\n"
        "        importlib.import_module(module.name)\n"
        "assert threading.active_count() == 1"
    )
    assert len(output.splitlines()) == 1
    assert os.listdir(empty_home) == []
