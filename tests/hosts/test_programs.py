"""Programs of a desktop: found by their names or folders, and those in a sandbox explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from styleplug.errors import HostError
from styleplug.hosts import ADAPTERS
from styleplug.hosts.catalogue import install_host

PROGRAMS = {
    "digikam": ("digikam", ".local/share/digikam"),
    "geeqie": ("geeqie", ".config/geeqie"),
    "kde": ("dolphin", ".local/share/kio"),
    "nautilus": ("nautilus", ".local/share/nautilus-python"),
    "thunar": ("thunar", ".config/Thunar"),
}


@pytest.mark.parametrize("host", PROGRAMS)
def test_found_by_program_or_folder(host: str, home: Path, program: Callable[[str], Path]) -> None:
    name, folder = PROGRAMS[host]
    assert ADAPTERS[host].find() == ()
    path = program(name)
    [place] = ADAPTERS[host].find()
    assert (place.folder, place.state) == (home / folder, "found")
    path.unlink()
    place.folder.mkdir(parents=True)
    assert ADAPTERS[host].find() == (place,)


@pytest.mark.parametrize(
    ("variable", "host"), [("XDG_CONFIG_HOME", "thunar"), ("XDG_DATA_HOME", "kde")]
)
def test_the_folders_of_settings_and_data_can_be_elsewhere(
    variable: str, host: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / "elsewhere" / Path(PROGRAMS[host][1]).name
    folder.mkdir(parents=True)
    monkeypatch.setenv(variable, str(folder.parent))
    [place] = ADAPTERS[host].find()
    assert place.folder == folder


def test_a_sandbox_is_explained(home: Path) -> None:
    (home / ".var/app/org.kde.digikam").mkdir(parents=True)
    with pytest.raises(HostError, match="its sandbox can't start styleplug's Python"):
        install_host("digikam")


def test_a_folder_that_is_not_there(home: Path) -> None:
    with pytest.raises(HostError, match=r"there is no folder .*missing; make it"):
        install_host("thunar", home / "missing")
