"""Packages to put in the place of real ones, sound or broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules and packages come before all that are installed."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    return site


@pytest.fixture
def distribution(site: Path) -> Callable[..., None]:
    """Installs the metadata of a package; `files` are what it is said to have brought."""

    def install(name: str, version: str, files: str, entry_points: str = "") -> None:
        folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}")
        (folder / "RECORD").write_text(f"{files},,\n")
        (site / files).parent.mkdir(exist_ok=True)
        (site / files).touch()
        (folder / "entry_points.txt").write_text(entry_points)

    return install
