"""The extension for Nautilus in the Python that Nautilus would load it with."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from styleplug import Filter
from styleplug.hosts import install_host
from styleplug.hosts.menu import menu_entries

from .conftest import missing

PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("nautilus_menu.py")
HAS_NAUTILUS = "import gi; gi.require_version('Nautilus', '4.0')"


@pytest.fixture
def menu(need: Callable[..., None], home: Path, filters: list[Filter]) -> Callable[..., Any]:
    """Asks the installed extension for its menu; the first entry is clicked."""
    need(PYTHON)
    if subprocess.run([PYTHON, "-c", HAS_NAUTILUS], capture_output=True).returncode:
        missing("the system's Python has no Nautilus (python3-nautilus)")
    (home / ".local/share/nautilus-python").mkdir(parents=True)
    [host] = install_host("nautilus")
    assert host.adapter is not None
    extension = host.adapter / "style-transfer.py"

    def ask(kind: str, *files: Path | str) -> Any:
        command = [PYTHON, SCRIPT, extension, kind, *files]
        return json.loads(subprocess.check_output(command))

    return ask


def test_photographs_have_our_menu(
    menu: Callable[..., Any], photographs: list[Path], copying_styleplug: Path
) -> None:
    tops, labels = menu("image/jpeg", *photographs)
    assert tops == ["Style transfer"]
    assert labels == [entry.label for entry in menu_entries("python")]
    results = [path.with_name(f"{path.stem}-ink.jpg") for path in photographs]
    until = time.monotonic() + 60
    while not all(path.exists() for path in results) and time.monotonic() < until:
        time.sleep(0.05)
    assert [path.read_bytes() for path in results] == [path.read_bytes() for path in photographs]


def test_nothing_else_has(menu: Callable[..., Any], photographs: list[Path]) -> None:
    assert menu("text/plain", *photographs) == [[], []]
    assert menu("image/jpeg", photographs[0], "smb://server/photo.jpg") == [[], []]
    assert menu("image/jpeg") == [[], []]
