"""What others say of the files that are installed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from styleplug import Filter
from styleplug.hosts import install_host


def complaints(files: list[Path]) -> list[str]:
    done = subprocess.run(["desktop-file-validate", *files], capture_output=True, text=True)
    return (done.stdout + done.stderr).splitlines()


def test_geeqies_entries(need: Callable[..., None], home: Path, filters: list[Filter]) -> None:
    need("desktop-file-validate")
    (home / ".config/geeqie").mkdir(parents=True)
    [host] = install_host("geeqie")
    assert host.adapter is not None
    files = list(host.adapter.glob("*.desktop"))
    assert files
    assert complaints(files) == []


def test_the_entry_for_open_with(need: Callable[..., None], home: Path) -> None:
    """GIO, by which GTK's programs find what opens a file, lists it, and keeps what opened it."""
    need("desktop-file-validate", "update-desktop-database", "gio")
    before = {type: registered(type) for type in ("image/png", "image/x-adobe-dng")}
    [host] = install_host("open-with")
    assert host.adapter is not None
    assert complaints([host.adapter / "styleplug-studio.desktop"]) == []
    for type, others in before.items():
        now = registered(type)
        assert "styleplug-studio.desktop" in now
        assert now[0] == (others or now)[0], "it has become the default"


def registered(type: str) -> list[str]:
    """The entries for a type, the default first."""
    done = subprocess.run(["gio", "mime", type], capture_output=True, text=True)
    return list(
        dict.fromkeys(line.strip() for line in done.stdout.splitlines() if line.startswith("\t"))
    )


def test_kdes_service_menu(need: Callable[..., None], home: Path, filters: list[Filter]) -> None:
    """Types of KDE's own aren't known to the validator, which then finds keys out of place."""
    need("desktop-file-validate")
    (home / ".local/share/kio").mkdir(parents=True)
    [host] = install_host("kde")
    assert host.adapter is not None
    found = complaints([host.adapter / "style-transfer.desktop"])
    assert len(found) == 2
    assert all('the type is "Service" while this key is only valid' in line for line in found)


def test_thunars_actions(need: Callable[..., None], home: Path, filters: list[Filter]) -> None:
    need("xmllint")
    (home / ".config/Thunar").mkdir(parents=True)
    [host] = install_host("thunar")
    assert host.folder is not None
    subprocess.run(["xmllint", "--noout", host.folder / "uca.xml"], check=True)
