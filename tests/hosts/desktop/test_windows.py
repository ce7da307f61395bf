"""Thunar and Geeqie themselves: photographs chosen, the entry clicked, the results beside them, or
the studio opened."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from styleplug import Filter
from styleplug.hosts import find_hosts, install_host

pytestmark = pytest.mark.slow


def results(photographs: list[Path]) -> list[Path]:
    return [path.with_name(f"{path.stem}-ink.jpg") for path in photographs]


def test_thunar(
    need: Callable[..., None],
    use: Callable[[str], None],
    filters: list[Filter],
    photographs: list[Path],
    copying_styleplug: Path,
) -> None:
    need("thunar")
    install_host("thunar")
    folder = photographs[0].parent
    # The menu is the last but one, above Properties; its first entry is the filter.
    use(
        f"""
        thunar '{folder}' &
        focus thunar
        xdotool key ctrl+a; sleep 1
        xdotool key shift+F10; sleep 2
        xdotool key Up; sleep 0.5; xdotool key Up; sleep 0.5
        xdotool key Right; sleep 0.5; xdotool key Return
        wait_for holds '{folder}' 4
        """
    )
    for before, after in zip(photographs, results(photographs), strict=True):
        assert after.read_bytes() == before.read_bytes()


def test_thunar_keeps_our_actions_when_it_writes_them_anew(
    need: Callable[..., None],
    use: Callable[[str], None],
    filters: list[Filter],
    home: Path,
) -> None:
    need("thunar")
    path = home / ".config/Thunar/uca.xml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "<actions><action><name>Mine</name><unique-id>1-1</unique-id>"
        "<command>true</command><patterns>*</patterns><image-files/></action></actions>"
    )
    install_host("thunar")
    before = path.read_text()
    # Edit ▸ Configure custom actions, where the first one is moved down.
    use(
        f"""
        thunar '{home}' &
        focus thunar
        xdotool key alt+e; sleep 1; xdotool key u; sleep 3
        dialog=$(xdotool search --onlyvisible --name 'Custom Actions' | tail -n 1)
        xdotool mousemove --window "$dialog" 469 267 click 1
        rewritten() {{ grep -q '<name>Mine</name>$' '{path}'; }}
        wait_for rewritten
        """
    )
    after = path.read_text()
    assert before.index("Mine") < before.index("Ink")
    assert after.index("Mine") > after.index("Ink")
    [host] = [host for host in find_hosts() if host.name == "thunar"]
    assert host.state == "installed"


def test_geeqie(
    need: Callable[..., None],
    use: Callable[[str], None],
    filters: list[Filter],
    photographs: list[Path],
    copying_styleplug: Path,
    home: Path,
) -> None:
    need("geeqie")
    install_host("geeqie")
    entry = home / ".config/geeqie/applications/style-transfer-filter-ink.desktop"
    # Which place an entry has in the menu depends on what else is installed; a key does not.
    entry.write_text(entry.read_text("utf-8") + "X-Geeqie-Hotkey=F9\n", "utf-8")
    folder = photographs[0].parent
    use(
        f"""
        geeqie '{folder}' &
        focus geeqie
        xdotool key ctrl+a; sleep 1
        xdotool key F9
        wait_for holds '{folder}' 4
        """
    )
    for before, after in zip(photographs, results(photographs), strict=True):
        assert after.read_bytes() == before.read_bytes()


def test_thunar_opens_the_studio(
    need: Callable[..., None],
    use: Callable[[str], None],
    photograph: Path,
    copying_styleplug: Path,
) -> None:
    """The menu Open With is the second entry, below the program that opens such files anyway, and
    first in it are the user's own."""
    need("thunar", "update-desktop-database", "gio", "geeqie")
    install_host("open-with")
    use(
        f"""
        thunar '{photograph.parent}' &
        focus thunar
        xdotool key ctrl+a; sleep 1
        xdotool key shift+F10; sleep 2
        xdotool key Down; sleep 0.5; xdotool key Down; sleep 0.5
        xdotool key Right; sleep 0.5; xdotool key Return
        wait_for test -s '{copying_styleplug}'
        """
    )
    assert opened(copying_styleplug) == [str(photograph)]


def test_geeqie_opens_the_studio(
    need: Callable[..., None],
    use: Callable[[str], None],
    photograph: Path,
    copying_styleplug: Path,
    home: Path,
) -> None:
    need("geeqie", "update-desktop-database")
    [host] = install_host("open-with")
    assert host.adapter is not None
    entry = host.adapter / "styleplug-studio.desktop"
    entry.write_text(entry.read_text("utf-8") + "X-Geeqie-Hotkey=F9\n", "utf-8")
    use(
        f"""
        geeqie '{photograph.parent}' &
        focus geeqie
        xdotool key ctrl+a; sleep 1
        xdotool key F9
        wait_for test -s '{copying_styleplug}'
        """
    )
    assert opened(copying_styleplug) == [str(photograph)]


def opened(told: Path) -> list[str]:
    """The files that the studio was asked to open, once."""
    [line] = told.read_text("utf-8").splitlines()
    command, option, minutes, *files = json.loads(line)
    assert (command, option, float(minutes) > 0) == ("studio", "--end-when-idle", True)
    return files
