"""A home folder of one's own, with or without GIMP in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with nothing in it, on Linux."""
    folder = tmp_path / "home"
    folder.mkdir()
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(folder))
    for variable in ("APPDATA", "GIMP3_DIRECTORY", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    return folder


@pytest.fixture
def gimp(home: Path) -> Callable[..., Path]:
    """Makes GIMP's configuration folder of a version, as GIMP does when it starts."""

    def make(version: str = "3.0") -> Path:
        folder = home / ".config/GIMP" / version
        folder.mkdir(parents=True)
        return folder

    return make
